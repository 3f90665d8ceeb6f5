# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values: frozen records of the fields that a class annotates, as dataclasses are, at a hundredth of their cost.

Each class that a task defines is paid for at every run on every host; a frozen dataclass costs a third of a
millisecond there, since it writes and compiles its methods anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_kwargs):
        return lambda cls: cls


V = TypeVar("V", bound="Value")


@dataclass_transform(frozen_default=True)
class Value:
    """Made by position or by name, compared by its fields, never changed; ``replace`` makes another one."""

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        values = dict(zip(self._fields, args), **kwargs)
        for name in self._fields[len(args) :]:
            if name not in values:
                values[name] = getattr(type(self), name)  # the default; AttributeError names what is missing
        if len(args) > len(self._fields) or len(values) != len(self._fields):
            raise TypeError("%s takes %s" % (type(self).__name__, ", ".join(self._fields)))
        self.__dict__.update(values)

    def __setattr__(self, name: str, _value: object) -> None:
        raise AttributeError("%s.%s cannot be changed" % (type(self).__name__, name))

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        fields = ", ".join("%s=%r" % (name, getattr(self, name)) for name in self._fields)
        return "%s(%s)" % (type(self).__name__, fields)

    def replace(self: V, **changes: Any) -> V:
        """The same value with other ``changes`` in it."""
        return type(self)(**{**self.__dict__, **changes})
