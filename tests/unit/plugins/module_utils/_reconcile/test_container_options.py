# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of containers, logs and registries: what they become, and what is refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile.container_options import (
    check_id,
    want_container,
)
from ansible_collections.community.containerd.plugins.module_utils._reconcile.logs import log_uri
from ansible_collections.community.containerd.plugins.module_utils._reconcile.registry_access import (
    want_access,
    want_pull,
)
from ansible_collections.community.containerd.plugins.module_utils._reconcile.words import texts, words
from ansible_collections.community.containerd.plugins.module_utils._values.container import Mount
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.tests.unit.fakes.params import params


def mount(**said: Any) -> dict[str, Any]:
    """As AnsibleModule fills in the suboptions."""
    return {
        "target": "/data",
        "source": None,
        "type": "bind",
        "options": None,
        "read_only": False,
        "propagation": None,
        **said,
    }


@pytest.mark.parametrize("text", ["web", "a", "web-1", "a.b_c-d", "9", "x" * 76, "A1"])
def test_what_containerd_takes_as_an_id_is_a_name(text: str) -> None:
    assert check_id(text) == text


@pytest.mark.parametrize(
    "text", ["", "-web", "web-", "a..b", "a b", "a/b", "x" * 77, "web\n", "caf\u00e9", "a-_b"]
)
def test_what_containerd_refuses_as_an_id_is_refused_here(text: str) -> None:
    with pytest.raises(Refused, match="is malformed"):
        check_id(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ([], ()),
        ("", ()),
        ("sh -c 'a b'", ("sh", "-c", "a b")),
        (["a", 1, True], ("a", "1", "True")),
        (("a",), ("a",)),
    ],
)
def test_words_are_a_list_or_a_line(value: Any, expected: tuple[str, ...] | None) -> None:
    assert words(value, "command") == expected


@pytest.mark.parametrize("value", ["a 'b", {"a": 1}, 5, [["a"]], [{"a": 1}]])
def test_other_things_are_no_words(value: Any) -> None:
    with pytest.raises(Refused, match="^command "):
        words(value, "command")


def test_texts_are_texts_and_numbers_have_to_be_quoted() -> None:
    assert texts({"env": None}, "env") is None
    assert texts({"env": {"A": "1", 2: "x"}}, "env") == {"A": "1", "2": "x"}
    for value in (1, True, None, 1.5, ["a"]):
        with pytest.raises(Refused, match="env.A is not a string") as caught:
            texts({"env": {"A": value}}, "env")
        assert 'A: "1"' in caught.value.remedy


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"source": "/srv"}, Mount("/data", "bind", "/srv", ("rbind", "rw"))),
        ({"source": "/srv", "read_only": True}, Mount("/data", "bind", "/srv", ("rbind", "ro"))),
        (
            {"source": "/srv", "propagation": "rslave", "options": ["nosuid"]},
            Mount("/data", "bind", "/srv", ("rbind", "nosuid", "rslave", "rw")),
        ),
        ({"type": "tmpfs"}, Mount("/data", "tmpfs", "tmpfs", ("rw",))),
        ({"type": "tmpfs", "options": ["size=1m"]}, Mount("/data", "tmpfs", "tmpfs", ("size=1m", "rw"))),
    ],
)
def test_a_mount_is_written_as_the_runtime_spec_has_it(said: dict[str, Any], expected: Mount) -> None:
    wanted = want_container(params("ctr_container", name="web", mounts=[mount(**said)]))
    assert wanted.wish.mounts == (expected,)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"name": "a b"}, "malformed"),
        ({"image": "Not A Name"}, "Not A Name"),
        ({"stop_signal": "NOSUCH"}, "NOSUCH"),
        ({"stop_timeout": -1}, "negative"),
        ({"env": {"A": 1}}, "env.A"),
        ({"labels": {"a": None}}, "labels.a"),
        ({"annotations": {"a": 1}}, "annotations.a"),
        ({"mounts": [mount()]}, "no absolute source"),
        ({"mounts": [mount(source="relative")]}, "no absolute source"),
        ({"mounts": [mount(type="tmpfs", propagation="shared")]}, "for bind mounts"),
        ({"command": {"a": 1}}, "command is neither"),
        ({"retries": -1}, "retries"),
    ],
)
def test_a_senseless_wish_is_refused(said: dict[str, Any], text: str) -> None:
    with pytest.raises(Refused, match=text):
        want_container(params("ctr_container", **{"name": "web", "image": "nginx", **said}))


def test_a_terminal_goes_to_no_file() -> None:
    said = {"log_driver": "file", "log_options": {"path": "/var/log/web"}}
    with pytest.raises(Refused, match="cannot write a terminal to a file; set log_driver=none"):
        want_container(params("ctr_container", name="web", tty=True, **said))


def test_what_was_not_said_stays_unsaid() -> None:
    wanted = want_container(params("ctr_container", name="web"))
    assert (wanted.image, wanted.reference, wanted.labels, wanted.log_uri) == (None, None, None, None)
    said = [
        name for name in type(wanted.wish).__annotations__ if getattr(wanted.wish, name) not in (None, {}, ())
    ]
    assert said == []


def test_an_empty_list_is_said() -> None:
    wish = want_container(params("ctr_container", name="web", mounts=[], command=[], env={})).wish
    assert (wish.mounts, wish.command, wish.env) == ((), (), {})


# Logs


@pytest.mark.parametrize(
    ("driver", "options", "uri"),
    [
        (None, None, None),
        (None, {}, None),
        ("none", None, ""),
        ("none", {}, ""),
        ("file", {"path": "/var/log/web.log"}, "file:///var/log/web.log"),
        ("file", {"path": "/a b"}, "file:///a b"),
        ("binary", {"path": "/bin/logger"}, "binary:///bin/logger"),
        ("binary", {"path": "/bin/logger", "args": {}}, "binary:///bin/logger"),
        (
            "binary",
            {"path": "/bin/logger", "args": {"--to": "/a b&c", "--id": "\u00e9"}},
            "binary:///bin/logger?--id=%C3%A9&--to=%2Fa+b%26c",
        ),
    ],
)
def test_a_log_is_a_uri(driver: str | None, options: dict[str, Any] | None, uri: str | None) -> None:
    assert log_uri({"log_driver": driver, "log_options": options}) == uri


@pytest.mark.parametrize(
    ("driver", "options", "text"),
    [
        (None, {"path": "/a"}, "without log_driver"),
        ("none", {"path": "/a"}, "do not include path"),
        ("file", {"path": "/a", "size": 1, "age": 2}, "age, size"),
        ("file", {"path": "/a", "args": {}}, "do not include args"),
        ("binary", {"args": {}}, "not a plain absolute path"),
        ("binary", {"path": "/a", "args": ["--to", "/b"]}, "is no mapping"),
        ("binary", {"path": "/a", "args": {"--size": 1}}, "args.--size is not a string"),
        ("file", None, "not a plain absolute path"),
        ("file", {"path": "relative"}, "not a plain absolute path"),
        ("file", {"path": "/a/../b"}, "not a plain absolute path"),
        ("file", {"path": "/a?b"}, "not a plain absolute path"),
        ("file", {"path": "/a#b"}, "not a plain absolute path"),
        ("file", {"path": "/a%20b"}, "not a plain absolute path"),
        ("file", {"path": "/a\nb"}, "not a plain absolute path"),
        ("file", {"path": 5}, "not a plain absolute path"),
    ],
)
def test_a_log_that_would_end_up_elsewhere_is_refused(
    driver: str | None, options: dict[str, Any] | None, text: str
) -> None:
    with pytest.raises(Refused, match=text):
        log_uri({"log_driver": driver, "log_options": options})


# Registries


def test_registry_options_become_one_value() -> None:
    said = {"username": "ann", "password": "s", "plain_http": True, "retries": 0, "timeout": 5}
    access = want_access(params("ctr_image", name=["a"], **said))
    assert (access.username, access.password, access.plain_http) == ("ann", "s", True)
    assert (access.retries, access.timeout_s, access.retry_delay_s) == (0, 5.0, 1.0)
    assert (access.validate_certs, access.max_concurrent_downloads) == (True, 4)


@pytest.mark.parametrize(
    ("said", "means"),
    [("missing", "missing"), ("not_present", "missing"), ("always", "always"), ("never", "never")],
)
def test_pull_has_a_second_word_for_missing(said: str, means: str) -> None:
    assert want_pull({"pull": said}) == means
