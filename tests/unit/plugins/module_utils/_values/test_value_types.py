# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is true of the values that carry no logic of their own: equal by content, and silent about secrets."""

from __future__ import annotations

from typing import Callable

import pytest

from ansible_collections.community.containerd.plugins.module_utils._values.container import (
    Container,
    Creation,
    SpecWish,
)
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.plugins.module_utils._values.execution import Command
from ansible_collections.community.containerd.plugins.module_utils._values.plan import Plan, Step
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.plugins.module_utils._values.task import Exit, Stdio, Task

MAKE = [
    lambda: Endpoint("/run/a.sock", "default", 60.0),
    lambda: Task("web", 1, "running", Stdio(), Exit(0, "")),
    lambda: Plan((Step("start", ("web",), ("started",)),), None),
    lambda: Command(("true",)),
    lambda: Container("web", "nginx", {}, "runc", "overlayfs", "web", {}),
    lambda: Creation("web", "nginx", SpecWish(), {}, None, None),
]


@pytest.mark.parametrize("make", MAKE)
def test_values_are_equal_by_content_and_never_change(make: Callable[[], object]) -> None:
    value = make()
    assert value == make()
    assert value != make
    with pytest.raises(AttributeError):
        value.anything = 1  # type: ignore[attr-defined]


def test_values_of_other_content_are_others() -> None:
    assert Exit(0, "") != Exit(1, "")
    assert Task("web", 1, "running", Stdio(), Exit(0, "")) != Task("web", 1, "paused", Stdio(), Exit(0, ""))


def test_a_value_lacks_no_field_and_has_no_other() -> None:
    with pytest.raises((TypeError, AttributeError)):
        Exit(0)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Exit(0, "", 1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Exit(0, "", colour="red")  # type: ignore[call-arg]


def test_a_wish_of_nothing_says_nothing() -> None:
    names = list(SpecWish.__annotations__)
    assert not any(getattr(SpecWish(), name) for name in names)


def test_a_step_is_no_event_unless_it_says_so() -> None:
    assert not Step("start", (), ()).is_event


@pytest.mark.parametrize("form", [repr, str, "{}".format, lambda a: "%s" % (a,)])
def test_no_print_of_registry_access_shows_the_password(form: object) -> None:
    access = RegistryAccess(username="ann", password="s3cret")
    assert callable(form)
    assert "s3cret" not in form(access)
    assert "ann" in form(access)


def test_not_even_inside_a_plan() -> None:
    plan = Plan((Step("pull", ((), RegistryAccess(password="s3cret")), ()),), None)
    assert "s3cret" not in repr(plan)
