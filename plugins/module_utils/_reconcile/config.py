# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about config.toml: these keys have these values, and the rest is as it was.

Knows which text is wanted and whether it may be written; never how containerd is asked or a file is replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._toml.config import LOGICAL, SUPPORTED, completed, patch_for, removal_of, version_of
from .._toml.document import parse_toml
from .._toml.editing import changes, edited, merged
from .._toml.writing import format_key
from .._values.errors import Refused
from .._values.plan import Plan, Step
from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.config import Verdict
    from .config_verbs import ConfigVerbs

_LOGINS = (
    "Passwords of registries stay in %s, since hosts.toml has no place for them. containerd goes on using them, but"
    " that is deprecated, and keeps containerd 2 from pulling for pods with its transfer service; give them as pull"
    " secrets."
)


class DesiredConfig(Value):
    path: str
    wishes: Mapping[str, Any]  # logical options by name
    settings: tuple[Mapping[str, Any], ...]  # merge patches, in their order
    is_removal: bool
    is_from_default: bool  # not from the file that is there
    migrate: bool
    migrate_mirrors: bool
    version: int | None  # None: that of the file, or for a new one that of the daemon
    allow_unknown: bool
    validate: bool
    backup: bool


class CurrentConfig(Value):
    text: str | None  # None: no file
    carried: Mapping[str, Any]  # what the file holds before the options are put in: as it is, or migrated
    candidate: str | None
    keys: tuple[str, ...]  # that differ between them
    verdict: Verdict | None  # on the candidate; None: not asked, or nothing would change
    is_newer: bool  # than the daemon
    attributes: Mapping[str, str]
    wanted_attributes: Mapping[str, str]
    mirrors: Mirrors


class Mirrors(Value):
    """The hosts.toml files that deprecated tables of the file become. Paths to texts; None: no file."""

    files: Mapping[str, str | None] = {}
    wanted: Mapping[str, str] = {}
    says: Mapping[str, tuple[str, ...]] = {}  # by path
    has_logins: bool = False


def want(params: Mapping[str, Any]) -> DesiredConfig:
    if not params["path"].startswith("/"):
        raise Refused("path %r is relative" % params["path"], "write the whole path, from / on")
    settings = tuple(params[name] for name in ("settings", "secret_settings") if params[name])
    if any("version" in each for each in settings):
        raise Refused(
            "version under settings would give all other keys another meaning", "set config_version"
        )
    version = params["config_version"]
    is_removal = params["state"] == "absent"
    if is_removal and params["base"] == "default":
        raise Refused("base: default and state: absent exclude each other", "set one of them")
    if params["migrate_registry_mirrors"] and params["base"] == "default":
        raise Refused(
            "base: default and migrate_registry_mirrors exclude each other",
            "migrate in a task of its own first",
        )
    return DesiredConfig(
        path=params["path"],
        wishes={name: params[name] for name in LOGICAL if params[name] is not None},
        settings=settings,
        is_removal=is_removal,
        is_from_default=params["base"] == "default",
        migrate=params["migrate"],
        migrate_mirrors=params["migrate_registry_mirrors"],
        version=None if version == "auto" else int(version),
        allow_unknown=params["allow_unknown"],
        validate=params["validate"],
        backup=params["backup"],
    )


def read(verbs: ConfigVerbs, desired: DesiredConfig) -> CurrentConfig:
    path = desired.path
    text = verbs.text(path)
    data = parse_toml(text or "", path)
    start = _start(verbs, desired, text, data)
    mirrors = Mirrors()
    if desired.migrate_mirrors and start:
        from .config_mirrors import without_mirrors

        start, mirrors = without_mirrors(verbs, desired, start)
    candidate = start if start is None else _candidate(desired, start)
    keys = _differences(data, parse_toml(candidate or "", path))
    if text is not None and (not keys or start is None):
        candidate = text
    is_new = candidate != text and candidate is not None
    actual, wished = verbs.attributes(path)
    return CurrentConfig(
        text=text,
        carried=parse_toml(start or "", path),
        candidate=candidate,
        keys=keys,
        verdict=verbs.judge(path, candidate) if is_new and candidate and desired.validate else None,
        is_newer=verbs.is_newer_than_daemon(path),
        attributes=actual,
        wanted_attributes=wished if candidate is not None else {},
        mirrors=mirrors,
    )


def _start(
    verbs: ConfigVerbs, desired: DesiredConfig, text: str | None, data: Mapping[str, Any]
) -> str | None:
    """The text that the options are put into: the file's, migrated if need be, or a new one; None when no file is."""
    if desired.is_from_default:
        return verbs.default_config()
    if not data:
        if desired.is_removal:
            return None
        version = desired.version or _version_of_daemon(verbs)
        if desired.validate and version > _version_of_daemon(verbs):
            raise Refused(
                "this containerd reads files up to version %d, and %s would be of version %d"
                % (_version_of_daemon(verbs), desired.path, version),
                "leave config_version out, or upgrade containerd first",
            )
        return edited(text or "", {"version": version}, desired.path)
    if desired.migrate and text and version_of(data) in (1, 2):
        from .._toml.migration import migrated, with_version

        if version_of(data) == 1 and "plugins" not in data:
            text = with_version(text, desired.path)
        target = desired.version or min(_version_of_daemon(verbs), 3)
        if target == 3 and version_of(parse_toml(text, desired.path)) == 2:
            text = migrated(text, desired.path)
    return text


def _version_of_daemon(verbs: ConfigVerbs) -> int:
    return version_of(parse_toml(verbs.default_config(), "the default configuration"))


def _candidate(desired: DesiredConfig, text: str) -> str:
    """The text that should be there."""
    data = parse_toml(text, desired.path)
    _check_version(desired, data)
    future = data
    for settings in () if desired.is_removal else desired.settings:
        future = merged(future, settings)  # may have runtimes that the wishes are about too
    patch = patch_for(desired.wishes, future)
    for settings in desired.settings:
        patch = _joined(patch, settings)
    patch = removal_of(patch) if desired.is_removal else completed(patch, data)
    return edited(text, patch, desired.path)


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """One patch that does what two do; None stays, since it removes."""
    found = dict(one)
    for key, value in other.items():
        old = found.get(key)
        found[key] = _joined(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return found


def _check_version(desired: DesiredConfig, data: Mapping[str, Any]) -> None:
    version = version_of(data)
    if version not in SUPPORTED:
        raise Refused(
            "%s is of version %s, whose settings containerd 2 drops" % (desired.path, version),
            "set migrate, or if it has plugins write it anew with version = 2 and their long names",
        )
    if desired.version not in (None, version):
        raise Refused(
            "%s is of version %d, not %d" % (desired.path, version, desired.version or 0),
            "set migrate for one of version 2 to become 3, or leave config_version out",
        )


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    removed = _gone(before, after)
    paths = [path for path, value in changes(before, merged(removed, after)) if value is not None]
    paths += [path for path, _value in changes(before, removed)]
    return tuple(dict.fromkeys(format_key(path) for path in paths))


def _gone(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The merge patch that removes what ``after`` lacks."""
    found: dict[str, Any] = {}
    for key, value in before.items():
        if key not in after:
            found[key] = None
        elif isinstance(value, dict) and isinstance(after[key], dict):
            below = _gone(value, after[key])
            found.update({key: below} if below else {})
    return found


def plan(desired: DesiredConfig, current: CurrentConfig) -> Plan:
    if current.candidate is None or current.candidate == current.text:
        after = current.replace(attributes=current.wanted_attributes)
        if current.attributes == current.wanted_attributes:
            return Plan((), after)
        sentence = "set %s of %s" % (_attributes(current.wanted_attributes), desired.path)
        return Plan((Step("set_attributes", (desired.path,), (sentence,)),), after)
    _check(desired, current)
    reasons = tuple("%s changes" % key for key in current.keys)
    verb = "change" if current.text is not None else "write"
    says: tuple[str, ...] = ("%s %s: %s" % (verb, desired.path, ", ".join(current.keys)),)
    if desired.backup and current.text is not None:
        says = ("keep a copy of %s" % desired.path, *says)
    write = Step("write", (desired.path, current.candidate, desired.backup, reasons), says, is_event=True)
    mirrors = current.mirrors
    hosts = [
        Step("write_hosts", (path, text), mirrors.says[path], is_event=True)
        for path, text in mirrors.wanted.items()
        if mirrors.files[path] != text
    ]
    after = current.replace(
        text=current.candidate,
        attributes=current.wanted_attributes,
        mirrors=mirrors.replace(files={**mirrors.files, **mirrors.wanted}),
    )
    # What tells of the mirrors is there before what told of them goes: nothing that ends us in between loses them.
    return Plan((*hosts, write), after)


def _check(desired: DesiredConfig, current: CurrentConfig) -> None:
    """Refused when the candidate must not come into force."""
    from .._toml.config_check import unknown_keys
    from .._toml.config_traps import check_imports, check_snapshotter, check_traps

    candidate, verdict = current.candidate or "", current.verdict
    data = parse_toml(candidate, desired.path)
    check_traps(data, desired.path)
    if verdict is None:
        return
    if verdict.complaint:
        raise Refused(
            "containerd does not start with what %s would be: %s" % (desired.path, verdict.complaint),
            "correct the options (the file is as it was)",
        )
    if version_of(data) > version_of(parse_toml(verdict.default, "the default configuration")):
        raise Refused(
            "%s would be of version %d, which this containerd does not know"
            % (desired.path, version_of(data)),
            "leave config_version out",
        )
    added = changes(current.carried, data)
    check_imports(added, data, desired.path, verdict)
    paths = [path for path, value in added if value is not None and value != {}]
    unknown = [] if desired.allow_unknown else unknown_keys(paths, data, verdict)
    if unknown:
        raise Refused(
            "this containerd knows no %s, and would ignore it without a word" % ", and no ".join(unknown),
            "correct the name, see containerd config default, or set allow_unknown",
        )
    if not desired.allow_unknown:
        check_snapshotter(data, desired.path, verdict)


def _attributes(attributes: Mapping[str, str]) -> str:
    return ", ".join("%s %s" % pair for pair in attributes.items())


def view(desired: DesiredConfig, state: CurrentConfig) -> str:
    from .._toml.masking import masked

    if state.text is None:
        return ""
    files = [(path, text) for path, text in sorted(state.mirrors.files.items()) if text is not None]
    tail = "".join("\n# %s\n%s" % (path, masked(text)) for path, text in files)
    head = "# %s\n" % _attributes(state.attributes) if state.attributes else ""
    return head + masked(state.text) + tail


def report(desired: DesiredConfig, state: CurrentConfig, results: Sequence[Any]) -> Mapping[str, Any]:
    """In a dry run the keys that would change are still at hand; after a real one the step brought them back."""
    backup, reasons = results[-1] if results and results[-1] else ("", ())
    if not results and state.keys:
        reasons = tuple("%s changes" % key for key in state.keys)
    if not reasons and state.is_newer:
        reasons = ("%s has changed since containerd started" % desired.path,)
    values: dict[str, Any] = {
        "path": desired.path,
        "config_version": version_of(parse_toml(state.text, desired.path)) if state.text else None,
        "restart_required": bool(reasons),
        "restart_reasons": list(reasons),
        "warnings_of_containerd": list(state.verdict.warnings) if state.verdict else [],
    }
    if state.mirrors.has_logins:
        values["warnings"] = [_LOGINS % desired.path]
    return {**values, "backup_file": backup} if backup else values
