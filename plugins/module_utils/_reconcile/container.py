# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about containers: whether one is declared, from what, how, and whether its process runs.

Knows what the options mean together and which change needs the container to be made anew; never how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._spec.view import view_spec
from .._values.container import Container, Creation, Identity, ImageFacts, SpecWish
from .._values.descriptor import chain_of, parse_config
from .._values.errors import NotFound, Refused
from .._values.image import Extent, LookUp, Remote, Stored
from .._values.plan import Plan, Step
from .._values.platform import host_platform
from .._values.signals import parse_signal
from .._values.task import Exit, Stdio, Task
from .._values.value import Value
from .completion import ImageState, check_never, pull_of, sentence_of
from .container_options import DesiredContainer, want_container
from .drift import Difference, compare_spec, compare_subset
from .facts import container_facts
from .task import STOP_SIGNAL_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .verbs import ContainerVerbs

LOG_URI_LABEL = "containerd.io/restart.loguri"  # containerd's own place for where output goes


class ContainerState(Value):
    """The container as it is, what it should come from, and where the two differ."""

    record: Container | None
    task: Task | None
    image: str  # the name of the wanted image's record; '' when the user named none
    stored: Stored | None  # of the wanted image
    remote: Remote | None
    extent: Extent
    facts: ImageFacts | None  # of the wanted image, as it is here or, before a pull, in the registry
    differences: tuple[Difference, ...] = ()

    @property
    def is_running(self) -> bool:
        return self.task is not None and self.task.status in ("running", "paused", "pausing")


def want(params: Mapping[str, Any]) -> DesiredContainer:
    return want_container(params)


def read(verbs: ContainerVerbs, desired: DesiredContainer) -> ContainerState:
    record, task = verbs.container(desired.id), verbs.task(desired.id)
    extent = Extent((host_platform(),), True, record.snapshotter if record else "")
    if desired.state == "absent":
        return ContainerState(record, task, "", None, None, extent, None)
    if desired.image is None and record is None:
        raise Refused("container %s does not exist and no image is named" % desired.id, "set image")
    if record is None or desired.snapshotter:
        extent = extent.replace(snapshotter=verbs.snapshotter(desired.snapshotter))
    state = _read_image(verbs, desired, ContainerState(record, task, "", None, None, extent, None))
    if record is None:
        return state
    return state.replace(differences=tuple(_differences(verbs, desired, record, state)))


def _read_image(verbs: ContainerVerbs, desired: DesiredContainer, state: ContainerState) -> ContainerState:
    """What is here of the wanted image; a registry is asked when there is nothing to make the container from."""
    if desired.image is None or desired.reference is None:
        return state
    full = str(desired.reference)
    records = verbs.records(list(dict.fromkeys((desired.image, full))))
    name = desired.image if desired.image in records else full
    state = state.replace(image=name)
    image = records.get(name)
    if image is not None and state.record is not None and desired.pull != "always":
        return state.replace(facts=verbs.image_facts(image))
    stored = verbs.inspect([image], state.extent)[name] if image is not None else None
    is_whole = stored is not None and stored.is_complete
    remote = None
    if desired.pull == "always" or (desired.pull == "missing" and state.record is None and not is_whole):
        question = LookUp(name, desired.reference, stored, stored is not None and desired.pull != "always")
        remote = verbs.look_up([question], state.extent, desired.access)[name]
    facts = _facts_of(remote, name) or (verbs.image_facts(image) if image is not None else None)
    return state.replace(stored=stored, remote=remote, facts=facts)


def _facts_of(remote: Remote | None, name: str) -> ImageFacts | None:
    if remote is None or not remote.graph.manifests:
        return None
    config = remote.graph.manifests[0][1].config
    document = remote.configs[config.digest]
    chain = chain_of(document, config)
    return ImageFacts(name, {}, parse_config(document, config), chain[-1] if chain else "")


def _differences(
    verbs: ContainerVerbs, desired: DesiredContainer, record: Container, state: ContainerState
) -> Iterator[Difference]:
    if state.image and record.image != state.image:
        yield Difference("image", state.image, record.image)
    elif state.facts is not None:
        parent = verbs.parent(record)
        if parent != state.facts.chain_id:
            yield Difference("image", _build(state.image, state.facts.chain_id), _build(record.image, parent))
    for option in ("runtime", "snapshotter"):
        wanted = getattr(desired, option)
        if wanted and wanted != getattr(record, option):
            yield Difference(option, wanted, getattr(record, option))
    yield from _label_differences(desired, record)
    config = state.facts.config if state.facts else {}
    identity = _identity(verbs, record, desired.wish)
    view = view_spec(record.spec, record.labels)
    yield from compare_spec(desired.wish, identity, config, record.spec, view)


def _build(image: str, chain_id: str | None) -> str:
    """Which build of an image: the same name can stand for other layers."""
    return "%s (layers %s)" % (image, chain_id or "lost")


def _label_differences(desired: DesiredContainer, record: Container) -> Iterator[Difference]:
    yield from compare_subset("labels", desired.labels, record.labels, is_in_place=True)
    current = record.labels.get(LOG_URI_LABEL, "")
    if desired.log_uri is not None and desired.log_uri != current:
        yield Difference("log_driver", desired.log_uri or "none", current or "none")
    stop_signal = record.labels.get(STOP_SIGNAL_LABEL) or "SIGTERM"
    if desired.stop_signal and parse_signal(desired.stop_signal) != parse_signal(stop_signal):
        yield Difference("stop_signal", desired.stop_signal, stop_signal, is_in_place=True)


def _identity(verbs: ContainerVerbs, record: Container, wish: SpecWish) -> Identity | None:
    """The wish's user in numbers: as they stand, or by the files of the container."""
    if wish.user is None:
        return None
    uid, _colon, gid = wish.user.partition(":")
    if uid.isdecimal() and (gid.isdecimal() or not _colon):
        return Identity(int(uid), int(gid or 0))
    return verbs.identity(record, wish.user)


def plan(desired: DesiredContainer, current: ContainerState) -> Plan:
    if desired.state == "absent":
        return _plan_absent(desired, current)
    is_new = current.record is None or desired.recreate or _needs_new(current)
    steps = _pull(desired, current, is_new)
    steps += _make(desired, current) if is_new else _relabel(desired, current)
    status = "absent" if is_new or current.task is None else current.task.status
    if desired.state == "started" or (desired.state == "present" and is_new and current.is_running):
        steps += _run(desired, current, status)
    elif desired.state == "stopped" and status in _ALIVE:
        steps.append(_stop(desired, current))
    elif desired.restart and status in _ALIVE:
        steps += _run(desired, current, status)
    return Plan(tuple(steps), _after(desired, current, is_new))


def _plan_absent(desired: DesiredContainer, current: ContainerState) -> Plan:
    after = current.replace(record=None, task=None)
    if current.record is None:
        return Plan((), after)
    args = (desired.id, _stop_signal(desired, current), desired.stop_timeout_s)
    return Plan((Step("remove", args, ("removed container %s" % desired.id,)),), after)


def _needs_new(current: ContainerState) -> bool:
    return any(not difference.is_in_place for difference in current.differences)


def _pull(desired: DesiredContainer, current: ContainerState, is_new: bool) -> list[Step]:
    """What is lacking of the image: when a container is to be made of it, or its tag has moved."""
    if not current.image or not (is_new or current.remote):
        return []
    image = _image_state(desired, current)
    if is_new and desired.pull == "never":
        check_never(image)
    sentence = sentence_of(image, current.extent)
    if not sentence:
        return []
    return [Step("pull", ((pull_of(image, current.extent),), desired.access), (sentence,))]


def _image_state(desired: DesiredContainer, current: ContainerState) -> ImageState:
    return ImageState(current.image, desired.reference, current.stored, current.remote)


def _make(desired: DesiredContainer, current: ContainerState) -> list[Step]:
    """Remove what is there, make it new. A wish that cannot be granted is refused while the old one lives."""
    if not current.image:
        raise Refused("container %s has to be made anew and no image is named" % desired.id, "set image")
    if current.facts is None:
        raise NotFound("image %s is not complete here" % current.image, "set pull=missing")
    _spec(desired, current.facts.config)
    steps = []
    if current.record is not None:
        args = (desired.id, _stop_signal(desired, current), desired.stop_timeout_s)
        why = ", ".join(d.option for d in current.differences if not d.is_in_place)
        says = "removed container %s to make it anew: %s" % (desired.id, why or "recreate is set")
        steps.append(Step("remove", args, (says,), is_event=desired.recreate))
    creation = Creation(
        desired.id, current.image, desired.wish, _labels(desired), desired.runtime, desired.stop_signal
    )
    says = "created container %s from image %s" % (desired.id, current.image)
    return [*steps, Step("create", (creation, current.extent.snapshotter), (says,))]


def _labels(desired: DesiredContainer) -> dict[str, str]:
    """The user's labels, and where the output goes."""
    log = {LOG_URI_LABEL: desired.log_uri} if desired.log_uri else {}
    return {**(desired.labels or {}), **log}


def _spec(desired: DesiredContainer, config: Mapping[str, Any]) -> dict[str, Any]:
    """The spec to be, but for the user: who that is, the unpacked image tells when the container is made."""
    from .._spec.builder import build_spec

    spec = build_spec(
        desired.wish, config, Identity(0, 0), namespace=desired.namespace, container_id=desired.id
    )
    del spec["process"]["user"]
    return spec


def _relabel(desired: DesiredContainer, current: ContainerState) -> list[Step]:
    labels: dict[str, str] = {}
    for difference in current.differences:
        if difference.option == "labels":
            labels.update(difference.wanted)
        elif difference.option == "stop_signal":
            labels[STOP_SIGNAL_LABEL] = difference.wanted
    if not labels:
        return []
    says = "changed labels of container %s: %s" % (desired.id, ", ".join(sorted(labels)))
    return [Step("relabel", (desired.id, labels), (says,))]


def _run(desired: DesiredContainer, current: ContainerState, status: str) -> list[Step]:
    """The process running: unless it is, or when it is to be started again."""
    says = "%s container %s" % ("resumed" if status == "paused" else "started", desired.id)
    if status not in _ALIVE or (status == "paused" and not desired.restart):
        return [Step("start", (desired.id, None), (says,))]
    if not desired.restart:
        return []
    starting = Step("start", (desired.id, None), ("started container %s" % desired.id,), is_event=True)
    return [_stop(desired, current), starting]


def _stop(desired: DesiredContainer, current: ContainerState) -> Step:
    args = (desired.id, _stop_signal(desired, current), desired.stop_timeout_s)
    return Step("stop", args, ("stopped container %s" % desired.id,))


def _stop_signal(desired: DesiredContainer, current: ContainerState) -> int:
    labels: Mapping[str, str] = current.record.labels if current.record else {}
    return parse_signal(desired.stop_signal or labels.get(STOP_SIGNAL_LABEL) or "SIGTERM")


def _after(desired: DesiredContainer, current: ContainerState, is_new: bool) -> ContainerState:
    """What a read will find; pid and times are the kernel's to give."""
    record, task = current.record, current.task
    if is_new and current.facts is not None:
        task = None
        record = Container(
            desired.id,
            current.image,
            _labels(desired),
            desired.runtime or (record.runtime if record else ""),
            current.extent.snapshotter,
            desired.id,
            _spec(desired, current.facts.config),
        )
    elif record is not None:
        labels = [d.wanted for d in current.differences if d.option == "labels"]
        record = record.replace(labels={**record.labels, **(labels[0] if labels else {})})
    status = _STATUS.get(desired.state) or (current.task.status if current.task else "")
    if status == "running" and not (task and task.status == "running"):
        task = Task(desired.id, task.pid if task else 0, "running", Stdio(), Exit(0, ""))
    elif status == "stopped" and task is not None:
        task = task.replace(status="stopped")
    return current.replace(record=record, task=task, differences=())


_ALIVE = ("running", "paused", "pausing")
_STATUS = {"started": "running", "stopped": "stopped"}


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
    shown.update(_said(desired))
    shown.update((difference.option, difference.current) for difference in state.differences)
    return shown


def _said(desired: DesiredContainer) -> dict[str, Any]:
    """Every option that the user said and that is compared."""
    wish = desired.wish
    said = {
        "image": desired.image,
        "command": wish.command if wish.entrypoint is None else (*wish.entrypoint, *(wish.command or ())),
        "env": wish.env,
        "working_dir": wish.working_dir,
        "user": wish.user,
        "hostname": wish.hostname,
        "network_mode": wish.network_mode,
        "read_only": wish.read_only,
        "mounts": None if wish.mounts is None else [mount.destination for mount in wish.mounts],
        "annotations": wish.annotations,
        "labels": desired.labels,
        "log_driver": None if desired.log_uri is None else desired.log_uri or "none",
        "runtime": desired.runtime,
        "snapshotter": desired.snapshotter,
        "stop_signal": desired.stop_signal,
    }
    return {option: value for option, value in said.items() if value is not None}


def report(desired: DesiredContainer, state: ContainerState, results: Sequence[Any]) -> Mapping[str, Any]:
    if state.record is None:
        return {"container": {"id": desired.id, "state": "absent"}}
    return {"container": {**container_facts(state.record, state.task), "state": "present"}}
