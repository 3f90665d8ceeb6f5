# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that a container resolves, by files of its own: /etc/resolv.conf and /etc/hosts.

Loaded when one of the options is said. Compared by what the mounted files say, whoever made them.
"""

from __future__ import annotations

import hashlib
import ipaddress
from typing import TYPE_CHECKING, Any

from .._spec.mounts import is_bind, place_of
from .._values.container import Mount
from .._values.errors import Refused
from .drift import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._values.container import SpecWish
    from .verbs import ContainerVerbs

RESOLVER, HOSTS = "/etc/resolv.conf", "/etc/hosts"
BEHIND_THE_STUB = "/run/systemd/resolve/resolv.conf"  # systemd-resolved(8): what its own address leads to
KEYWORDS = {"dns_servers": "nameserver", "dns_search_domains": "search", "dns_opts": "options"}
LOCALHOST = (
    "127.0.0.1 localhost\n"
    "::1 localhost ip6-localhost ip6-loopback\n"
    "ff02::1 ip6-allnodes\n"
    "ff02::2 ip6-allrouters\n"
)
OWN_ADDRESS = "127.0.1.1"  # hosts(5): for a host's own name when no address is sure to stay


def want_own_names(said: Mapping[str, Any]) -> dict[str, Any]:
    """``said`` has no None."""
    names: dict[str, Any] = {}
    for option, value in said.items():
        words = value if option != "etc_hosts" else value.keys()
        for word in words:
            if not word or len(str(word).split()) != 1 or str(word).startswith("#"):
                raise Refused("%s: %r is not one word" % (option, word), "write one name or address in each")
        if option == "dns_servers":
            names[option] = [_address(option, word) for word in value]
        elif option == "etc_hosts":
            names[option] = {str(name): _address("etc_hosts.%s" % name, at) for name, at in value.items()}
        else:
            names[option] = list(value)
    return names


def _address(option: str, text: Any) -> str:
    if text == "host-gateway":
        raise Refused("%s: containerd has no gateway of its own" % option, "write the address of this host")
    try:
        return _normal(str(text))
    except ValueError as exc:
        raise Refused("%s: %r is no IP address" % (option, text), "write one such as 192.0.2.53") from exc


def _normal(text: str) -> str:
    address, zone, name = text.partition("%")
    return str(ipaddress.ip_address(address)) + zone + name


def _in_short(text: str) -> str:
    """An address as it is compared; what is none stands as it is."""
    try:
        return _normal(text)
    except ValueError:
        return text


def with_own_files(verbs: ContainerVerbs, container_id: str, wish: SpecWish) -> SpecWish:
    """The same wish, with the files that a new container gets."""
    texts = {}
    if any(option in wish.names for option in KEYWORDS):
        texts[RESOLVER] = _resolver(verbs, wish)
    if "etc_hosts" in wish.names:
        texts[HOSTS] = _hosts(wish)
    for mount in (*(wish.mounts or ()), *(each for extra in wish.extra_mounts.values() for each in extra)):
        place = place_of({"destination": mount.destination})
        if place in texts:
            raise Refused(
                "something is mounted at %s, and dns_* or etc_hosts make that file" % place,
                "leave out the mount, or these options",
            )
    directory = verbs.own_directory(container_id)
    return wish.replace(files=tuple(_file(directory, place, text) for place, text in texts.items()))


def _file(directory: str, place: str, text: str) -> tuple[Mount, str]:
    """Other words are another file, so that the old one stays for the old container."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    path = "%s/%s-%s" % (directory, place.rpartition("/")[2], digest)
    return Mount(place, "bind", path, ("bind", "ro")), text


def _resolver(verbs: ContainerVerbs, wish: SpecWish) -> str:
    """resolv.conf(5): what the user says, and for the rest what the host says."""
    hosts = {} if all(option in wish.names for option in KEYWORDS) else _resolver_of_host(verbs, wish)
    words = {option: wish.names.get(option, hosts.get(option, ())) for option in KEYWORDS}
    lines = ["nameserver %s\n" % server for server in words["dns_servers"]]
    lines += [
        "%s %s\n" % (KEYWORDS[option], " ".join(words[option]))
        for option in ("dns_search_domains", "dns_opts")
        if words[option]
    ]
    return "".join(lines)


def _resolver_of_host(verbs: ContainerVerbs, wish: SpecWish) -> dict[str, Any]:
    """What is at an address of the host's own network alone answers in that network only."""
    words = parse_resolver(verbs.own_file(RESOLVER))
    if wish.network_mode == "host":
        return words
    if all(_is_loopback(server) for server in words["dns_servers"]):
        words["dns_servers"] = parse_resolver(verbs.own_file(BEHIND_THE_STUB))["dns_servers"]
    words["dns_servers"] = [server for server in words["dns_servers"] if not _is_loopback(server)]
    return words


def _is_loopback(text: str) -> bool:
    return text.startswith("127.") or text == "::1"


def parse_resolver(text: str) -> dict[str, list[str]]:
    """By option. Of several search lists the last one counts; options add up."""
    words: dict[str, list[str]] = {option: [] for option in KEYWORDS}
    for line in text.splitlines():
        keyword, *rest = line.split() or [""]
        if keyword == "nameserver":
            words["dns_servers"] += [_in_short(server) for server in rest[:1]]
        elif keyword in ("search", "domain"):
            words["dns_search_domains"] = rest
        elif keyword == "options":
            words["dns_opts"] += rest
    return words


def _hosts(wish: SpecWish) -> str:
    names: Mapping[str, str] = wish.names["etc_hosts"]
    own = OWN_ADDRESS if wish.hostname and wish.hostname not in names else ""
    lines = ["%s %s\n" % (OWN_ADDRESS, wish.hostname)] if own else []
    return "".join((LOCALHOST, *lines, *("%s %s\n" % (at, name) for name, at in names.items())))


def parse_hosts(text: str) -> dict[str, str]:
    """Address by name; the first line that has a name counts, as it does when one asks."""
    addresses: dict[str, str] = {}
    for line in text.splitlines():
        address, *names = line.partition("#")[0].split() or [""]
        for name in names:
            addresses.setdefault(name, _in_short(address))
    return addresses


def compare_names(
    verbs: ContainerVerbs, names: Mapping[str, Any], mounts: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    """``mounts`` are those of the container's spec."""
    sources = {
        place_of(mount): mount.get("source") or "" for mount in mounts if is_bind(mount.get("options") or ())
    }
    if any(option in names for option in KEYWORDS):
        words = parse_resolver(_text_at(verbs, sources, RESOLVER))
        for option in KEYWORDS:
            if option in names and names[option] != words[option]:
                yield Difference(option, names[option], words[option])
    if "etc_hosts" in names:
        wanted, there = names["etc_hosts"], parse_hosts(_text_at(verbs, sources, HOSTS))
        if any(there.get(name) != address for name, address in wanted.items()):
            yield Difference("etc_hosts", wanted, {name: there[name] for name in wanted if name in there})


def _text_at(verbs: ContainerVerbs, sources: Mapping[str, str], place: str) -> str:
    return verbs.own_file(sources[place]) if place in sources else ""
