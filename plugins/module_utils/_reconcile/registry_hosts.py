# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about the hosts that answer for a registry: which are asked, in which order, and how.

Knows which hosts.toml is wanted, and when the one that is there means the same; never how a file is replaced.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from .._toml.document import parse_toml
from .._toml.hosts_writing import DEFAULT, arranged, entries_of, format_hosts, meaning_of, own_address
from .._toml.masking import masked, masked_address
from .._values.errors import Refused
from .._values.plan import Plan, Step
from .._values.registry import Host
from .._values.value import Value
from .registry_hosts_options import entries_from, parse_host

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._toml.hosts_writing import Entry
    from .._values.registry import HostAnswer
    from .registry_hosts_verbs import RegistryHostsVerbs


class DesiredHosts(Value):
    host: str
    entries: tuple[Entry, ...]  # the mirrors
    server: str  # '': containerd knows where the registry is
    is_own_asked: bool
    is_exclusive: bool
    is_absent: bool
    config_path: str
    config_file: str
    backup: bool
    probe: bool


class CurrentHosts(Value):
    path: str  # of the file that counts
    text: str | None
    complaint: str  # why containerd passes over it
    further: tuple[str, ...]  # files for the same host that do not count; only looked for when all shall go
    candidate: str | None
    hosts: tuple[Host, ...]  # by the candidate
    attributes: Mapping[str, str]
    wanted_attributes: Mapping[str, str]
    warnings: tuple[str, ...]
    is_read: bool | None  # by the containerd of this host; None: not known
    answers: tuple[HostAnswer, ...]


def want(params: Mapping[str, Any]) -> DesiredHosts:
    host, config_path = parse_host(params["host"]), params["config_path"].rstrip("/")
    for option in ("config_path", "config_file"):
        if not params[option].startswith("/"):
            raise Refused("%s %r is relative" % (option, params[option]), "write the whole path, from / on")
    if ":" in config_path:
        raise Refused(
            "config_path %r has a colon, at which containerd would part it" % config_path,
            "name one directory",
        )
    entries, server = entries_from(params, host)
    is_absent = params["state"] == "absent"
    if not (params["fallback"] or entries or is_absent):
        raise Refused("without mirrors and with fallback: false nobody would be asked", "name a mirror")
    return DesiredHosts(
        host=host,
        entries=tuple(entries),
        server=server,
        is_own_asked=params["fallback"],
        is_exclusive=params["exclusive"],
        is_absent=is_absent,
        config_path=config_path,
        config_file=params["config_file"],
        backup=params["backup"],
        probe=params["probe"],
    )


def read(verbs: RegistryHostsVerbs, desired: DesiredHosts) -> CurrentHosts:
    directory, *others = verbs.directories(desired.config_path, desired.host)
    path = posixpath.join(directory, "hosts.toml")
    text = verbs.text(path)
    found, complaint = _understood(text, path, desired)
    candidate, hosts = text if desired.is_absent else None, found
    if not desired.is_absent:
        candidate, hosts = _candidate(desired, path, text, complaint)
        candidate = text if text is not None and not complaint and hosts == found else candidate
    actual, wished = verbs.attributes(path)
    use = None if desired.is_absent else verbs.use_of(desired.config_file, desired.config_path)
    warnings = () if desired.is_absent else _warnings(verbs, desired, directory, hosts)
    further = [posixpath.join(each, "hosts.toml") for each in others] if desired.is_absent else []
    return CurrentHosts(
        path=path,
        text=text,
        complaint=complaint,
        further=tuple(each for each in further if verbs.text(each) is not None),
        candidate=candidate,
        hosts=hosts,
        attributes=actual,
        wanted_attributes={} if desired.is_absent else wished,
        warnings=(*warnings, use.reason) if use and use.reason else warnings,
        is_read=use.is_read if use else None,
        answers=verbs.answers(hosts) if desired.probe else (),
    )


def _understood(text: str | None, path: str, desired: DesiredHosts) -> tuple[tuple[Host, ...], str]:
    """The hosts that containerd asks by the file, and why it passes over it, or over a part of it."""
    if text is None:
        return (), ""
    try:
        document = parse_toml(text, path)
        hosts = tuple(meaning_of(document, path, _own(desired)))
    except Refused as exc:
        return (), exc.message
    if not isinstance(document.get("host"), dict):
        return (), "%s has no table [host]; containerd 1 would ignore the whole file" % path
    return _named(hosts, desired), ""


def _candidate(
    desired: DesiredHosts, path: str, text: str | None, complaint: str
) -> tuple[str, tuple[Host, ...]]:
    """The text that should be there, and the hosts that it has asked; Refused when the options cannot be."""
    entries = list(desired.entries)
    if text and not desired.is_exclusive:
        if complaint:
            raise Refused(
                "with exclusive: false what else is in the file stays, but %s" % masked_address(complaint),
                "correct the file, or leave exclusive out",
            )
        entries += _others(desired, parse_toml(text, path))
    own = own_address(desired.host)
    document = arranged(entries, desired.server, own, desired.is_own_asked)
    candidate = format_hosts(document)
    return candidate, _named(tuple(meaning_of(parse_toml(candidate, path), path, _own(desired))), desired)


def _others(desired: DesiredHosts, document: Mapping[str, Any]) -> list[Entry]:
    """The hosts of the file that are neither named nor the registry itself."""
    named = dict(desired.entries)
    found = entries_of(document, desired.server or own_address(desired.host))
    return [(address, table) for address, table in found if address not in named]


def _own(desired: DesiredHosts) -> Host:
    return Host((own_address(desired.host) or DEFAULT) + "/v2")


def _named(hosts: tuple[Host, ...], desired: DesiredHosts) -> tuple[Host, ...]:
    """Without the last one where it is each registry for itself, whose addresses nobody knows."""
    return tuple(host for host in hosts if not host.base.startswith(DEFAULT))


def _warnings(
    verbs: RegistryHostsVerbs, desired: DesiredHosts, directory: str, hosts: Sequence[Host]
) -> tuple[str, ...]:
    files = [name for host in hosts for name in (*host.ca_files, *_names(host.clients))]
    found = [
        "There is no file %s, which the hosts of %s are to be trusted by; until it is there, no image is pulled"
        " from them." % (name, desired.host)
        for name in verbs.missing(files)
    ]
    if not files and verbs.certificates(directory):
        found.append(
            "containerd reads no certificate in %s any more, since there is a hosts.toml; name %s under ca or"
            " client of a mirror." % (directory, ", ".join(verbs.certificates(directory)))
        )
    return tuple(found)


def _names(pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [name for pair in pairs for name in pair if name]


def plan(desired: DesiredHosts, current: CurrentHosts) -> Plan:
    after = current.replace(attributes=current.wanted_attributes)
    if desired.is_absent:
        paths = [current.path] if current.text is not None else []
        steps = [_removal(path, desired.backup) for path in (*paths, *current.further)]
        return Plan(tuple(steps), after.replace(text=None, further=(), attributes={}, hosts=(), answers=()))
    if current.text == current.candidate:
        if current.attributes == current.wanted_attributes:
            return Plan((), after)
        sentence = "set %s of %s" % (_attributes(current.wanted_attributes), current.path)
        return Plan((Step("set_attributes", (current.path,), (sentence,)),), after)
    write = Step(
        "write",
        (current.path, current.candidate, desired.backup),
        _sentences(desired, current),
        is_event=True,
    )
    return Plan((write,), after.replace(text=current.candidate, complaint=""))


def _removal(path: str, backup: bool) -> Step:
    says = ("remove %s" % path,)
    return Step("remove", (path, backup), ("keep a copy of %s" % path, *says) if backup else says)


def _sentences(desired: DesiredHosts, current: CurrentHosts) -> tuple[str, ...]:
    names = [host.base for host in current.hosts]
    if desired.is_own_asked and not own_address(desired.host) and not desired.server:
        names.append("the registry itself")
    verb = "write" if current.text is None else "change"
    says = ["%s %s: %s is asked at %s" % (verb, current.path, desired.host, ", then ".join(names))]
    if current.complaint:
        says.insert(0, "replace what containerd passes over: %s" % masked_address(current.complaint))
    if desired.backup and current.text is not None:
        says.insert(0, "keep a copy of %s" % current.path)
    return tuple(says)


def _attributes(attributes: Mapping[str, str]) -> str:
    return ", ".join("%s %s" % pair for pair in attributes.items())


def view(desired: DesiredHosts, state: CurrentHosts) -> str:
    if state.text is None:
        return "".join("# %s\n" % path for path in state.further)
    head = "# %s\n" % _attributes(state.attributes) if state.attributes else ""
    return head + _shown(state.text, state.path) + "".join("# %s\n" % path for path in state.further)


def _shown(text: str, path: str) -> str:
    try:
        parse_toml(text, path)
    except Refused:
        return "# This is not TOML, and is not shown, since nobody can tell what in it is secret.\n"
    return masked(text)


def report(desired: DesiredHosts, state: CurrentHosts, results: Sequence[Any]) -> Mapping[str, Any]:
    backups = [name for name in results if name]
    values: dict[str, Any] = {
        "path": state.path,
        "hosts": [
            {"url": host.base, "capabilities": list(host.capabilities), "verify": host.verify != "never"}
            for host in state.hosts
        ],
        "is_read_by_containerd": state.is_read,
        "warnings": list(state.warnings),
    }
    if desired.probe:
        values["answers"] = [
            {"url": each.url, "answers": each.is_good, "status": each.status, "error": each.error}
            for each in state.answers
        ]
    return {**values, "backup_file": backups[0]} if backups else values
