# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No request leaves here that would make containerd dereference a null pointer and die."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services.messages.method import Method
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import NAMES, FakeContainerd

# Sub-messages that containerd was seen to do without, on 1.6, 1.7 and 2.1.
OPTIONAL = {
    "containers.Create container.created_at": "the daemon sets it",
    "containers.Create container.updated_at": "the daemon sets it",
    "containers.Create container.runtime.options": "none means the runtime's defaults",
    "containers.Update container.created_at": "immutable",
    "containers.Update container.updated_at": "the daemon sets it",
    "containers.Update container.runtime.options": "none means the runtime's defaults",
    "containers.Update update_mask": "none means all fields",
    "content.Update info.created_at": "immutable",
    "content.Update info.updated_at": "the daemon sets it",
    "content.Update update_mask": "none means all fields",
    "images.Create image.created_at": "the daemon sets it",
    "images.Create image.updated_at": "the daemon sets it",
    "images.Update image.created_at": "immutable",
    "images.Update image.updated_at": "the daemon sets it",
    "images.Update update_mask": "none means all fields",
    "tasks.Create options": "none means the runtime's defaults",
}


def messages(table: dict[int, Any], path: str = "") -> list[str]:
    """Dotted paths of all fields that hold one message."""
    found = []
    for name, kind in table.values():
        if isinstance(kind, dict):
            found.append(path + name)
            found += messages(kind, path + name + ".")
    return found


def full(table: dict[int, Any]) -> dict[str, Any]:
    """A request in which no message is absent, and each holds something."""
    return {
        name: full(kind) if isinstance(kind, dict) else _sample(kind)
        for _number, (name, kind) in table.items()
    }


def _sample(kind: Any) -> Any:
    if isinstance(kind, list):
        return []
    if isinstance(kind, tuple):
        return {}
    return {"string": "x", "bytes": b"x", "bool": True}.get(kind, 1)


def without(request: dict[str, Any], path: str, replacement: Any) -> dict[str, Any]:
    first, _dot, rest = path.partition(".")
    return {**request, first: without(request[first], rest, replacement) if rest else replacement}


REQUIRED = [(method, need) for method in NAMES.values() for need in method.needs]
PREFIXES = [
    (method, ".".join(need.split(".")[: depth + 1]))
    for method, need in REQUIRED
    for depth in range(need.count(".") + 1)
]


def test_some_methods_need_something() -> None:
    assert len(NAMES) > 30
    assert len(REQUIRED) >= 8


@pytest.mark.parametrize("method", NAMES.values(), ids=lambda method: method.name)
def test_every_message_in_a_request_is_needed_or_known_to_be_optional(method: Method) -> None:
    needed = {
        ".".join(need.split(".")[: depth + 1])
        for need in method.needs
        for depth in range(need.count(".") + 1)
    }
    optional = {line.partition(" ")[2] for line in OPTIONAL if line.startswith(method.name + " ")}
    assert set(messages(method.request)) == needed | optional
    assert not needed & optional


@pytest.mark.parametrize("missing", [None, {}, ()], ids=repr)
@pytest.mark.parametrize(
    ("method", "path"), PREFIXES, ids=["%s-%s" % (method.name, path) for method, path in PREFIXES]
)
def test_a_request_without_what_it_needs_never_reaches_the_wire(
    fake: FakeContainerd, method: Method, path: str, missing: Any
) -> None:
    request = without(full(method.request), path, missing)
    with pytest.raises(ValueError, match="would crash containerd"):
        fake.session().call(method, request)
    with fake.session().open(method) as stream, pytest.raises(ValueError, match="would crash containerd"):
        stream.send(request)
    assert fake.calls == []


@pytest.mark.parametrize("method", [m for m in NAMES.values() if m.needs], ids=lambda method: method.name)
def test_a_request_with_all_it_needs_goes_out(fake: FakeContainerd, method: Method) -> None:
    fake.answer(method.name, {})
    fake.session().call(method, full(method.request))
    assert fake.sequence() == [method.name]


@pytest.mark.parametrize("method", NAMES.values(), ids=lambda method: method.name)
def test_a_path_is_one_of_containerds(method: Method) -> None:
    service, verb = method.name.split(".")
    assert method.path == "/containerd.services.%s.v1.%s/%s" % (service, service.title(), verb)
