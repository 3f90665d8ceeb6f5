# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about containers: whether one is declared, from what, how, and whether its process runs.

Knows when everything is as wanted; what to do when it is not, ``container_change`` knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._spec.reading import user_of
from .._values import labels
from .._values.container import Identity
from .._values.plan import Plan
from .._values.signals import parse_signal
from .._values.value import Value
from .container_options import want_container
from .drift import Difference, compare_spec, compare_subset, mount_words
from .facts import container_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._values.container import Container, ImageFacts, SpecWish
    from .._values.image import Extent, Remote, Stored
    from .._values.task import Task
    from .container_options import DesiredContainer
    from .verbs import ContainerVerbs


class ContainerState(Value):
    """The container as it is, what it should come from, and where the two differ."""

    record: Container | None
    task: Task | None
    wish: SpecWish  # of the user, in words that need nobody else
    image: str = ""  # the name of the wanted image's record; '' when the user named none
    stored: Stored | None = None  # of the wanted image, as far as it was looked at
    remote: Remote | None = None
    extent: Extent | None = None
    facts: ImageFacts | None = None  # of the wanted image, as it is here or, before a pull, in the registry
    differences: tuple[Difference, ...] = ()

    @property
    def is_running(self) -> bool:
        return self.task is not None and self.task.is_alive


def want(params: Mapping[str, Any]) -> DesiredContainer:
    return want_container(params)


def read(verbs: ContainerVerbs, desired: DesiredContainer) -> ContainerState:
    state = ContainerState(verbs.container(desired.id), verbs.task(desired.id), desired.wish)
    if desired.state == "absent":
        return state
    if desired.is_unresolved:
        from .resolution import resolve

        state = state.replace(wish=resolve(verbs, desired.wish))
    if desired.wish.names:
        from .own_names import with_own_files

        state = state.replace(wish=with_own_files(verbs, desired.id, state.wish))
    known = _read_known(verbs, desired, state)
    if known is not None:
        return known
    from .container_change import read_all

    return read_all(verbs, desired, state)


def _read_known(
    verbs: ContainerVerbs, desired: DesiredContainer, state: ContainerState
) -> ContainerState | None:
    """The state when the container is here and will not be made anew; None when more must be looked at."""
    record = state.record
    if record is None or desired.recreate or desired.pull == "always":
        return None
    config: Mapping[str, Any] | None = {}
    if desired.image is not None and desired.ignores("image"):
        images = verbs.records([record.image])
        config = verbs.image_config(record, images[record.image]) or {} if images else {}
    elif desired.image is not None:
        names = list(dict.fromkeys((desired.image, str(desired.reference))))
        records = verbs.records(names)
        if record.image != (names[0] if names[0] in records else names[-1]):
            return None
        if record.image in records:  # an image that is gone is no reason to touch its container
            config = verbs.image_config(record, records[record.image])
    if config is None:
        return None
    differences = tuple(read_differences(verbs, desired, state.wish, record, config))
    if not all(difference.is_in_place for difference in differences):
        return None
    return state.replace(image=record.image if desired.image else "", differences=differences)


def read_differences(
    verbs: ContainerVerbs,
    desired: DesiredContainer,
    wish: SpecWish,
    record: Container,
    config: Mapping[str, Any],
) -> Iterator[Difference]:
    """Where the container is not as the user said; ``config`` is that of its image."""
    found = _read_differences(verbs, desired, wish, record, config)
    if not desired.comparisons:
        yield from found
        return
    from .comparisons import compared
    from .container_change import spec_to_be

    built = spec_to_be(desired, wish, config) if config or wish.rootfs else None
    yield from compared(desired.comparisons, found, wish, record, built)


def _read_differences(
    verbs: ContainerVerbs,
    desired: DesiredContainer,
    wish: SpecWish,
    record: Container,
    config: Mapping[str, Any],
) -> Iterator[Difference]:
    for option in ("runtime", "snapshotter"):
        wanted = getattr(desired, option)
        if wanted and wanted != getattr(record, option):
            yield Difference(option, wanted, getattr(record, option))
    if desired.runtime_options:
        known = verbs.runtime_options(record)
        options = {name: known.get(name) for name in desired.runtime_options}
        if options != desired.runtime_options:
            yield Difference("runtime_options", desired.runtime_options, options)
    yield from compare_subset("labels", desired.labels, record.labels, is_in_place=True)
    log_uri = record.labels.get(labels.LOG_URI, "")
    if desired.log_uri is not None and desired.log_uri != log_uri:
        yield Difference("log_driver", desired.log_uri or "none", log_uri or "none")
    stop_signal = record.labels.get(labels.STOP_SIGNAL) or "SIGTERM"
    if desired.stop_signal and parse_signal(desired.stop_signal) != parse_signal(stop_signal):
        yield Difference("stop_signal", desired.stop_signal, stop_signal, is_in_place=True)
    stop_timeout = labels.stop_timeout_of(record.labels)
    if desired.stop_timeout_s is not None and desired.stop_timeout_s != stop_timeout:
        yield Difference("stop_timeout", int(desired.stop_timeout_s), int(stop_timeout), is_in_place=True)
    if desired.restart_policy is not None:
        from .restart_policy import check_policy, policy_of

        policy = policy_of(record.labels)
        if desired.restart_policy != policy:
            check_policy(verbs, desired.restart_policy)
            yield Difference("restart_policy", desired.restart_policy, policy, is_in_place=True)
    yield from compare_spec(wish, _identity(verbs, record, wish), config, record.spec)
    if wish.names:
        from .own_names import compare_names

        yield from compare_names(verbs, wish.names, record.spec.get("mounts") or ())
    if wish.groups:
        wanted, there = set(verbs.group_ids(record, wish.groups)), user_of(record.spec).additional_gids
        if not wanted <= set(there):
            yield Difference("groups", list(wish.groups), sorted(wanted & set(there)))


def _identity(verbs: ContainerVerbs, record: Container, wish: SpecWish) -> Identity | None:
    """The wish's user in numbers: as they stand, or by the files of the container."""
    if wish.user is None:
        return None
    uid, colon, gid = wish.user.partition(":")
    if uid.isdecimal() and (gid.isdecimal() or not colon):
        return Identity(int(uid), int(gid or 0))
    return verbs.identity(record, wish.user)


def plan(desired: DesiredContainer, current: ContainerState) -> Plan:
    if _is_settled(desired, current):
        return Plan((), current)
    from .container_change import plan_change

    return plan_change(desired, current)


def _is_settled(desired: DesiredContainer, current: ContainerState) -> bool:
    if desired.state == "absent":
        return current.record is None
    if current.record is None or current.remote or current.differences or desired.recreate or desired.restart:
        return False
    if desired.state == "started":
        return current.task is not None and current.task.status == "running"
    return desired.state == "present" or not current.is_running


def view(desired: DesiredContainer, state: ContainerState) -> Mapping[str, Any]:
    """The options that the user said, each as wished, or as it is where that differs."""
    if state.record is None:
        return {"state": "absent"}
    if desired.state == "absent":
        return {"state": "present", "image": state.record.image}
    shown: dict[str, Any] = {"state": "present"}
    if desired.state != "present":
        is_running = state.task is not None and state.task.status == "running"
        shown["state"] = "started" if is_running else "paused" if state.is_running else "stopped"
    shown.update(_said(desired, state.wish))
    shown.update((difference.option, difference.current) for difference in state.differences)
    return shown


def _said(desired: DesiredContainer, wish: SpecWish) -> dict[str, Any]:
    """Every option that the user said and that is compared."""
    said = {
        "image": desired.image,
        "rootfs": wish.rootfs,
        "command": wish.command if wish.entrypoint is None else (*wish.entrypoint, *(wish.command or ())),
        "env": wish.env,
        "working_dir": wish.working_dir,
        "user": wish.user,
        "hostname": wish.hostname,
        "groups": None if wish.groups is None else list(wish.groups),
        "tty": wish.tty,
        "privileged": wish.privileged,
        "network_mode": desired.wish.network_mode,
        "read_only": wish.read_only,
        "mounts": None if wish.mounts is None else mount_words(wish.mounts),
        "cdi_devices": list(wish.cdi_devices) or None,
        "annotations": wish.annotations,
        "labels": desired.labels,
        "log_driver": None if desired.log_uri is None else desired.log_uri or "none",
        "runtime": desired.runtime,
        "runtime_options": desired.runtime_options or None,
        "snapshotter": desired.snapshotter,
        "restart_policy": desired.restart_policy,
        "stop_signal": desired.stop_signal,
        "stop_timeout": None if desired.stop_timeout_s is None else int(desired.stop_timeout_s),
        "spec": None if wish.overlay is None else dict(wish.overlay),
    }
    said.update((option, mount_words(mounts)) for option, mounts in wish.extra_mounts.items())
    said.update(wish.names)
    if wish.further:
        from .further import shown

        said.update(shown(wish.further))
    return {option: value for option, value in said.items() if value is not None}


def report(desired: DesiredContainer, state: ContainerState, results: Sequence[Any]) -> Mapping[str, Any]:
    if state.record is None:
        return {"container": {"id": desired.id, "state": "absent"}}
    return {"container": {**container_facts(state.record, state.task), "state": "present"}}
