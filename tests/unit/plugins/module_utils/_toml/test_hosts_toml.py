# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hosts.toml, key by key, with containerd's meaning; what containerd would pass over is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._toml.hosts import hosts_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.plugins.module_utils._values.registry import Host

PATH = "/etc/containerd/certs.d/reg.example/hosts.toml"
OWN = Host(base="https://reg.example/v2", ca_files=("/own.crt",))
MIRROR = "https://m.example"


def hosts(**document: Any) -> list[Host]:
    return hosts_of(document, PATH, OWN)


def mirror(url: str = MIRROR, **table: Any) -> Host:
    return hosts(host={url: table})[0]


def test_the_hosts_come_in_their_order_and_the_registry_itself_last() -> None:
    found = hosts(host={"https://b.example": {}, "https://a.example": {}})
    assert [host.name for host in found] == ["b.example", "a.example", "reg.example"]


def test_server_takes_the_place_of_the_registry_itself() -> None:
    found = hosts(server="https://s.example:5000", capabilities=["push"], skip_verify=True)
    assert found == [Host(base="https://s.example:5000/v2", capabilities=("push",), verify="never")]


def test_keys_at_the_root_shape_the_registry_itself_which_may_do_all() -> None:
    (own,) = hosts(capabilities=["pull"], ca="a.crt", header={"a": "b"}, dial_timeout="2s")
    assert own == OWN.replace(
        ca_files=("/own.crt", "/etc/containerd/certs.d/reg.example/a.crt"),
        headers=(("a", "b"),),
        connect_timeout_s=2.0,
    )


def test_an_empty_document_leaves_the_registry_itself() -> None:
    assert hosts() == hosts(host={}) == hosts(server="") == [OWN]


@pytest.mark.parametrize(
    ("url", "override", "base"),
    [
        ("https://m.example", False, "https://m.example/v2"),
        ("m.example:5000", False, "https://m.example:5000/v2"),
        ("http://m.example", False, "http://m.example/v2"),
        ("https://m.example/", False, "https://m.example/v2"),
        ("https://m.example/v2", False, "https://m.example/v2"),
        ("https://m.example/v2/", False, "https://m.example/v2"),
        ("https://m.example/hub", False, "https://m.example/hub/v2"),
        ("https://m.example/a/../v2/hub/", False, "https://m.example/v2/hub/v2"),
        ("https://m.example/v2/hub", True, "https://m.example/v2/hub"),
        ("https://m.example/hub/", True, "https://m.example/hub"),
        ("https://m.example", True, "https://m.example"),
        ("https://[::1]:5000", False, "https://[::1]:5000/v2"),
    ],
)
def test_an_address_becomes_the_root_of_an_api(url: str, override: bool, base: str) -> None:
    assert mirror(url, override_path=override).base == base


@pytest.mark.parametrize(
    "url",
    [
        "httpbin.example",
        "https://",
        "https://a b",
        "https://u:p@a",
        "https://a?b",
        "https://a#b",
        "https://[",
        "ftp://a",
        "https://a:x",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Refused, match=r'hosts.toml: host\."'):
        mirror(url)
    with pytest.raises(Refused, match="hosts.toml: server is not an address"):
        hosts(server=url)


def test_capabilities_are_read_in_any_case_and_are_all_when_there_are_none() -> None:
    assert mirror(capabilities=["Pull", "RESOLVE"]).capabilities == ("pull", "resolve")
    assert mirror(capabilities=[]).capabilities == mirror().capabilities == ("pull", "resolve", "push")
    assert mirror(capabilities=["pull", "referrers"]).capabilities == ("pull", "referrers")


def test_files_are_found_beside_hosts_toml() -> None:
    beside = "/etc/containerd/certs.d/reg.example/"
    assert mirror(ca="ca.crt").ca_files == (beside + "ca.crt",)
    assert mirror(ca=["ca.crt", "/b.crt"]).ca_files == (beside + "ca.crt", "/b.crt")


def test_client_has_three_forms() -> None:
    beside = "/etc/containerd/certs.d/reg.example/"
    assert mirror(client="both.pem").clients == ((beside + "both.pem", ""),)
    assert mirror(client=["a.pem", "/b.pem"]).clients == ((beside + "a.pem", ""), ("/b.pem", ""))
    assert mirror(client=[["a.cert", "a.key"], ["/b.cert", "/b.key"]]).clients == (
        (beside + "a.cert", beside + "a.key"),
        ("/b.cert", "/b.key"),
    )


def test_the_certificate_is_checked_unless_skip_verify_is_true() -> None:
    assert mirror().verify == mirror(skip_verify=False).verify == "always"
    assert mirror(skip_verify=True).verify == "never"


def test_a_host_in_the_clear_that_has_tls_keys_is_asked_over_tls_first() -> None:
    for keys in ({"skip_verify": False}, {"ca": "/a"}, {"client": "/a"}):
        found = mirror("http://m.example:5000", **keys)
        assert (found.base, found.falls_back) == ("https://m.example:5000/v2", True)
        assert mirror("http://m.example:80", **keys).base == "http://m.example:80/v2"
    plain = mirror("http://m.example:5000")
    assert (plain.base, plain.falls_back) == ("http://m.example:5000/v2", False)


def test_a_header_has_one_value_or_several() -> None:
    assert mirror(header={"X-A": "1", "b": ["2", " 3"]}).headers == (("X-A", "1"), ("b", "2, 3"))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5s", 5.0), ("500ms", 0.5), ("1m30s", 90.0), ("1.5h", 5400.0), (".5s", 0.5), ("2us", 2e-6), ("", 30.0)],
)
def test_dial_timeout_is_a_duration_as_go_writes_it(text: str, seconds: float) -> None:
    assert mirror(dial_timeout=text).connect_timeout_s == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"capabilitys": ["pull"]}, r"capabilitys is not a key that containerd knows"),
        ({"server": "https://a"}, "server is not a key"),
        ({"capabilities": ["pull", "fetch"]}, "capabilities has the unknown word 'fetch'"),
        ({"capabilities": "pull"}, "capabilities is not a list of strings"),
        ({"ca": 1}, "ca is not a list of strings"),
        ({"ca": ""}, "ca has an empty path"),
        ({"client": {}}, "client is neither a path nor a list"),
        ({"client": [["a"]]}, "client has an entry that is no pair"),
        ({"client": [1]}, "client is not a list of strings"),
        ({"client": [["", "a"]]}, "client has an empty path"),
        ({"skip_verify": "true"}, "skip_verify is neither true nor false"),
        ({"override_path": 1}, "override_path is neither true nor false"),
        ({"header": []}, "header is not a table"),
        ({"header": {"a b": "1"}}, "header.a b cannot be sent"),
        ({"header": {"a": "1\n2"}}, "header.a cannot be sent"),
        ({"header": {"a": 1}}, "header.a is not a list of strings"),
        ({"dial_timeout": "5"}, "dial_timeout is not a duration"),
        ({"dial_timeout": "-5s"}, "dial_timeout is not a duration"),
        ({"dial_timeout": "5s x"}, "dial_timeout is not a duration"),
        ({"dial_timeout": 5}, "dial_timeout is not a duration"),
        ({"dial_timeout": "0s"}, "dial_timeout is not a duration"),
    ],
)
def test_what_containerd_would_pass_over_is_refused_by_file_and_key(table: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=r'^%s: host\."https://m.example"\.%s' % (PATH, says)) as caught:
        mirror(**table)
    assert "containerd itself would ignore this without a word" in str(caught.value)
    if "server" not in table:
        with pytest.raises(Refused, match="^%s: %s" % (PATH, says)):
            hosts(**table)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"hosts": {}}, "hosts is not a key"),
        ({"server": 1}, "server is not a string"),
        ({"host": []}, "host is not a table"),
        ({"host": {MIRROR: "x"}}, r'host."https://m.example" is not a table'),
    ],
)
def test_the_root_is_looked_at_as_closely(document: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        hosts(**document)
