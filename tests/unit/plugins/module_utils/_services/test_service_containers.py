# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Container records: read, changed and written back with all that we do not know of."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile.runtime_options import (
    want_runtime_options,
)
from ansible_collections.community.containerd.plugins.module_utils._services.containers import (
    SPEC_TYPE,
    Containers,
)
from ansible_collections.community.containerd.plugins.module_utils._services.messages.runtime_options import (
    RUNC_OPTIONS,
    RUNC_OPTIONS_TYPE,
)
from ansible_collections.community.containerd.plugins.module_utils._services.runtime_options import (
    encode_options,
    options_of,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import Container
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    AlreadyExists,
    NotFound,
)
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd

SPEC = {"ociVersion": "1.0.2", "process": {"args": ["true"]}}
UNKNOWN = "(unknown fields)"
WEB = Container("web", "nginx", {"a": "b"}, "io.containerd.runc.v2", "overlayfs", "web-key", SPEC)


def record(**fields: Any) -> dict[str, Any]:
    """As another client left it: with options, extensions, a sandbox, and a field of a later version."""
    return {
        "id": "web",
        "image": "nginx",
        "labels": {"a": "1", "b": "1"},
        "runtime": {
            "name": "io.containerd.kata.v2",
            "options": {"type_url": "kata.Options", "value": b"\x0a\x01x"},
            UNKNOWN: b"\x18\x05",
        },
        "spec": {"type_url": SPEC_TYPE, "value": json.dumps(SPEC).encode()},
        "snapshotter": "overlayfs",
        "snapshot_key": "web-key",
        "extensions": {"ext": {"type_url": "some.Ext", "value": b"\x01"}},
        "sandbox": "pod-1",
        "created_at": {"seconds": 1_700_000_000, "nanos": 1},
        UNKNOWN: b"\xa0\x06\x01",
        **fields,
    }


def test_a_container_comes_back_as_it_was_created(fake: FakeContainerd, store: Store) -> None:
    containers = Containers(fake.session())
    containers.create(WEB)
    found = containers.find("web")
    assert found is not None
    fields = ("id", "image", "labels", "runtime", "snapshotter", "snapshot_key", "spec")
    assert [getattr(found, name) for name in fields] == [getattr(WEB, name) for name in fields]


def test_a_created_record_is_marked_as_containerds_clients_mark_it(
    fake: FakeContainerd, store: Store
) -> None:
    Containers(fake.session()).create(WEB)
    sent = fake.calls[-1].request["container"]
    assert sent["spec"]["type_url"] == SPEC_TYPE
    assert json.loads(sent["spec"]["value"]) == SPEC
    assert sent["runtime"]["name"] == "io.containerd.runc.v2"
    assert sent["runtime"]["options"]["type_url"] == RUNC_OPTIONS_TYPE


def test_no_container_is_none_and_two_of_a_name_are_one_too_many(fake: FakeContainerd, store: Store) -> None:
    containers = Containers(fake.session())
    assert containers.find("web") is None
    containers.create(WEB)
    with pytest.raises(AlreadyExists):
        containers.create(WEB)


def test_a_read_modify_write_loses_nothing_that_we_do_not_know(fake: FakeContainerd, store: Store) -> None:
    there = record()
    store.space().containers["web"] = copy.deepcopy(there)
    containers = Containers(fake.session())
    found = containers.find("web")
    assert found is not None
    containers.update(found, ["labels"])
    sent = fake.calls[-1].request["container"]
    for name in ("runtime", "extensions", "sandbox", "created_at", UNKNOWN):
        assert sent[name] == there[name], name
    assert json.loads(sent["spec"]["value"]) == SPEC


def test_an_update_changes_what_its_mask_names(fake: FakeContainerd, store: Store) -> None:
    store.space().containers["web"] = record()
    changed = Container("web", "other", {"a": "2"}, "runc", "overlayfs", "web-key", SPEC)
    Containers(fake.session()).update(changed, ["labels.a", "labels.b"])
    there = store.space().containers["web"]
    assert (there["labels"], there["image"], there["sandbox"]) == ({"a": "2"}, "nginx", "pod-1")


@pytest.mark.parametrize(
    "spec", [None, {}, {"value": b""}, {"value": b"\xff"}, {"value": b"[1]"}, {"value": b"{"}]
)
def test_a_record_without_a_spec_of_json_reads_as_empty(fake: FakeContainerd, spec: Any) -> None:
    fake.answer("containers.Get", {"container": record(spec=spec)})
    found = Containers(fake.session()).find("web")
    assert found is not None
    assert found.spec == {}


def test_a_record_without_runtime_can_be_read(fake: FakeContainerd) -> None:
    fake.answer("containers.Get", {"container": record(runtime=None)})
    found = Containers(fake.session()).find("web")
    assert found is not None
    assert found.runtime == ""


def test_records_come_one_by_one_and_empty_messages_are_skipped(fake: FakeContainerd) -> None:
    fake.answer("containers.ListStream", {"container": record()}, {}, {"container": record(id="db")})
    found = Containers(fake.session()).iterate("image==nginx")
    assert [container.id for container in found] == ["web", "db"]
    assert fake.calls[-1].request["filters"] == ["image==nginx"]


def test_times_are_text(fake: FakeContainerd) -> None:
    fake.answer("containers.Get", {"container": record()})
    found = Containers(fake.session()).find("web")
    assert found is not None
    assert (found.created_at, found.updated_at) == ("2023-11-14T22:13:20.000000001Z", "")


def test_a_deletion_names_the_record_alone(fake: FakeContainerd, store: Store) -> None:
    containers = Containers(fake.session())
    containers.create(WEB)
    containers.delete("web")
    assert store.space().containers == {}
    with pytest.raises(NotFound):
        containers.delete("web")


def test_runtime_options_are_what_the_shim_reads() -> None:
    packed = encode_options({"binary_name": "crun", "systemd_cgroup": True, "io_uid": 300})
    assert packed["type_url"] == "containerd.runc.v1.Options"
    assert packed["value"] == b"\x20\xac\x02" + b"\x32\x04crun" + b"\x48\x01"


@pytest.mark.parametrize(
    ("packed", "found"),
    [
        (encode_options({"systemd_cgroup": True}), {"systemd_cgroup": True, "binary_name": "", "io_gid": 0}),
        (
            {"type_url": "types.containerd.io/containerd.runc.v1.Options", "value": b"\x32\x04crun"},
            {"systemd_cgroup": False, "binary_name": "crun", "io_gid": 0},
        ),
        ({"type_url": "runtimeoptions.v1.Options", "value": b"\x0a\x01x"}, {}),
        ({}, {}),
    ],
)
def test_runtime_options_are_read_back(packed: dict[str, Any], found: dict[str, Any]) -> None:
    record = Container(
        "web", "", {}, "io.containerd.runc.v2", "", "", {}, extra={"runtime": {"options": packed}}
    )
    options = options_of(record)
    assert {name: options[name] for name in found} == found
    assert bool(options) == bool(found)


@pytest.mark.parametrize(("name", "kind"), RUNC_OPTIONS.values())
def test_the_user_may_say_each_runtime_option_in_its_kind(name: str, kind: str) -> None:
    said = {"bool": "yes", "uint32": "7", "string": "x"}[kind]
    (value,) = want_runtime_options({name: said}, None).values()
    assert encode_options({name: value})["value"]
