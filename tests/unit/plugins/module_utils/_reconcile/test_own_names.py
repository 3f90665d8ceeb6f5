# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that a container resolves: what is said, what the host adds, and what the mounted files say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import container as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.own_names import (
    BEHIND_THE_STUB,
    HOSTS,
    RESOLVER,
    parse_hosts,
    parse_resolver,
    want_own_names,
    with_own_files,
)
from ansible_collections.community.containerd.plugins.module_utils._reconcile.verbs import ContainerVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import (
    ContainerRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import Mount, SpecWish
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, plan_of, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.world import Build, ContainerWorld, ImageWorld

NAME = "docker.io/library/nginx:1"
SAID: dict[str, Any] = {
    "dns_servers": ["192.0.2.53", "2001:DB8:0::53"],
    "dns_search_domains": ["a.example", "b.example"],
    "dns_opts": ["ndots:2"],
    "etc_hosts": {"db.example": "192.0.2.7"},
}
RESOLVED = "nameserver 192.0.2.53\nnameserver 2001:db8::53\nsearch a.example b.example\noptions ndots:2\n"


def world() -> ContainerWorld:
    images = ImageWorld(Build("1"))
    images.put(NAME, Build("1"))
    return ContainerWorld(images)


def made(**said: Any) -> Callable[[], ContainerWorld]:
    """A world with a container that was made so."""

    def make() -> ContainerWorld:
        there = world()
        plan = plan_of(decision, there, said_of(**said))
        there.create(*plan.steps[-1].args)
        there.applied.clear()
        return there

    return make


def said_of(**said: Any) -> dict[str, Any]:
    return params("ctr_container", name="web", **{"state": "present", "image": NAME, **said})


def texts(wish: SpecWish, there: ContainerWorld | None = None) -> dict[str, str]:
    files = with_own_files(there or world(), "web", wish).files
    return {mount.destination: text for mount, text in files}


def wish(**said: Any) -> SpecWish:
    return SpecWish(names=want_own_names(said))


def play(there: Callable[[], ContainerWorld], **said: Any) -> Played:
    return rehearse(decision, there, said_of(**said), runtime=ContainerRuntime, verbs=ContainerVerbs)


# What is said


def test_addresses_have_one_spelling() -> None:
    names = want_own_names({"dns_servers": ["2001:DB8:0::53", "fe80::1%eth0"], "etc_hosts": {"a": "::0001"}})
    assert names == {"dns_servers": ["2001:db8::53", "fe80::1%eth0"], "etc_hosts": {"a": "::1"}}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"dns_servers": ["resolver"]}, "dns_servers: 'resolver' is no IP address; write one such as"),
        ({"dns_search_domains": ["a b"]}, "dns_search_domains: 'a b' is not one word"),
        ({"dns_opts": [""]}, "dns_opts: '' is not one word"),
        ({"etc_hosts": {"a\nb": "::1"}}, "is not one word"),
        ({"etc_hosts": {"#a": "::1"}}, "is not one word"),
        ({"etc_hosts": {"a": None}}, "etc_hosts.a: None is no IP address"),
        ({"etc_hosts": {"a": "host-gateway"}}, "no gateway of its own; write the address of this host"),
    ],
)
def test_what_no_file_can_say_is_refused(said: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        want_own_names(said)


# The files


def test_what_is_said_is_written() -> None:
    found = texts(wish(**SAID))
    assert found[RESOLVER] == RESOLVED
    assert parse_hosts(found[HOSTS]) == {
        "localhost": "127.0.0.1",
        "ip6-localhost": "::1",
        "ip6-loopback": "::1",
        "ip6-allnodes": "ff02::1",
        "ip6-allrouters": "ff02::2",
        "db.example": "192.0.2.7",
    }


@pytest.mark.parametrize(
    ("hostname", "names", "address"),
    [
        ("box.example", {}, "127.0.1.1"),
        ("box.example", {"box.example": "192.0.2.9"}, "192.0.2.9"),
        (None, {}, None),
    ],
)
def test_a_container_finds_itself_by_its_host_name(
    hostname: str | None, names: dict[str, str], address: str | None
) -> None:
    found = texts(wish(etc_hosts=names).replace(hostname=hostname))
    assert parse_hosts(found[HOSTS]).get("box.example") == address


@pytest.mark.parametrize(
    ("mode", "host", "behind", "servers"),
    [
        (None, "nameserver 192.0.2.1", "", ["192.0.2.1"]),
        (None, "nameserver 127.0.0.53", "nameserver 192.0.2.2", ["192.0.2.2"]),
        ("host", "nameserver 127.0.0.53", "nameserver 192.0.2.2", ["127.0.0.53"]),
        (None, "nameserver ::1\nnameserver 192.0.2.1", "nameserver 192.0.2.2", ["192.0.2.1"]),
        (None, "nameserver 127.0.0.1", "", []),
        (None, "", "", []),
    ],
)
def test_what_is_not_said_comes_from_the_host_as_far_as_it_answers_there(
    mode: str | None, host: str, behind: str, servers: list[str]
) -> None:
    there = world()
    there.own_files = {RESOLVER: host + "\nsearch host.example\n", BEHIND_THE_STUB: behind}
    found = parse_resolver(texts(wish(dns_opts=["edns0"]).replace(network_mode=mode), there)[RESOLVER])
    assert found == {"dns_servers": servers, "dns_search_domains": ["host.example"], "dns_opts": ["edns0"]}


def test_the_last_search_list_counts_and_options_add_up() -> None:
    text = "# x\n\ndomain a\nsearch b c\noptions x\noptions y z\nnameserver\nnameserver 192.0.2.1 more\n"
    assert parse_resolver(text) == {
        "dns_servers": ["192.0.2.1"],
        "dns_search_domains": ["b", "c"],
        "dns_opts": ["x", "y", "z"],
    }


def test_the_first_line_with_a_name_counts() -> None:
    assert parse_hosts("192.0.2.1 a b # c\nname a\nnot-an-address d\n") == {
        "a": "192.0.2.1",
        "b": "192.0.2.1",
        "d": "not-an-address",
    }


def test_other_words_are_another_file() -> None:
    files = [
        with_own_files(world(), "web", wish(etc_hosts={"a": address})).files[0]
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.1")
    ]
    assert files[0] == files[2] != files[1]
    sources = [mount.source for mount, _text in files]
    assert sources[0].startswith("/own/web/hosts-") and sources[0] != sources[1]


@pytest.mark.parametrize(
    "mounts",
    [
        {"mounts": (Mount("/etc//hosts", "bind", "/x"),)},
        {"extra_mounts": {"tmpfs": (Mount("/etc/hosts", "tmpfs", ""),)}},
    ],
)
def test_a_mount_in_the_same_place_is_refused(mounts: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="something is mounted at /etc/hosts"):
        with_own_files(world(), "web", wish(etc_hosts={"a": "::1"}).replace(**mounts))


# Compared


def test_a_container_with_names_is_made_once() -> None:
    played = play(world, **SAID)
    assert (played.real.changed, played.applied) == (True, ["create"])
    assert played.real.after["dns_servers"] == ["192.0.2.53", "2001:db8::53"]
    assert not play(made(**SAID), **SAID).real.changed
    assert not play(made(**SAID), comparisons={"mounts": "strict"}, mounts=[], **SAID).real.changed


@pytest.mark.parametrize(
    ("option", "other"),
    [
        ("dns_servers", ["192.0.2.54"]),
        ("dns_servers", []),
        ("dns_search_domains", ["b.example", "a.example"]),
        ("dns_opts", ["ndots:3"]),
        ("etc_hosts", {"db.example": "192.0.2.8"}),
        ("etc_hosts", {"other.example": "192.0.2.7"}),
    ],
)
def test_another_value_is_the_one_difference(option: str, other: Any) -> None:
    played = play(made(**SAID), **{option: other})
    assert played.applied == ["replace 15 10"]
    before, after = played.real.before, played.real.after
    assert [key for key in after if before.get(key) != after[key]] == [option]


def test_what_is_not_said_any_more_is_left_alone() -> None:
    assert not play(made(**SAID)).real.changed
    assert not play(made(**SAID), dns_opts=["ndots:2"], etc_hosts={}).real.changed


def test_a_file_that_somebody_changed_or_lost_is_a_difference() -> None:
    def lost() -> ContainerWorld:
        there = made(**SAID)()
        there.own_files = {path: "" for path in there.own_files}
        return there

    played = play(lost, dns_opts=["ndots:2"])
    assert (played.real.before["dns_opts"], played.real.after["dns_opts"]) == ([], ["ndots:2"])


def test_a_difference_can_be_ignored() -> None:
    assert not play(made(), comparisons={"etc_hosts": "ignore"}, etc_hosts={"a": "::1"}).real.changed


def test_files_that_others_mount_are_compared_too() -> None:
    def theirs() -> ContainerWorld:
        mount = {"target": RESOLVER, "source": "/var/lib/nerdctl/resolv.conf", "type": "bind"}
        mount.update(dict.fromkeys(("options", "propagation")), read_only=True)
        there = made(mounts=[mount])()
        there.own_files["/var/lib/nerdctl/resolv.conf"] = "nameserver 192.0.2.53\n"
        return there

    assert not play(theirs, dns_servers=["192.0.2.53"]).real.changed
    assert play(theirs, dns_servers=["192.0.2.54"]).real.changed
