# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide how a container comes to be what is wanted, once it is known not to be that yet.

Knows which change needs the container to be made anew, and from what; never how it is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values import labels
from .._values.container import NO_IMAGE, Container, Creation, Identity, ImageFacts
from .._values.errors import NotFound, Refused
from .._values.image import Extent, ImageState, LookUp
from .._values.manifest import chain_of, parse_config
from .._values.plan import Plan, Step
from .._values.platform import host_platform
from .._values.signals import parse_signal
from .._values.task import Exit, Stdio, Task
from .completion import check_never, pull_of, sentence_of
from .container import ContainerState, read_differences
from .drift import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._values.container import SpecWish
    from .._values.image import Remote
    from .container_options import DesiredContainer
    from .verbs import ContainerVerbs

_STATUS = {"started": "running", "stopped": "stopped"}


def read_all(verbs: ContainerVerbs, desired: DesiredContainer, state: ContainerState) -> ContainerState:
    """All that a change may need: what is here of the image, or in a registry, and every difference."""
    record = state.record
    if desired.wish.rootfs:
        verbs.check_directory(desired.wish.rootfs)
    elif desired.image is None and record is None:
        raise Refused(
            "container %s does not exist and no image is named" % desired.id, "set image, or rootfs"
        )
    snapshotter = record.snapshotter if record else ""
    if (desired.snapshotter or not snapshotter) and not desired.wish.rootfs:
        snapshotter = verbs.snapshotter(desired.snapshotter)
    state = _read_image(verbs, desired, state.replace(extent=Extent((host_platform(),), True, snapshotter)))
    if record is None:
        if desired.restart_policy is not None:
            from .restart_policy import check_policy

            check_policy(verbs, desired.restart_policy)
        return state
    config = state.facts.config if state.facts else {}
    differences = (
        *(() if desired.ignores("image") or desired.wish.rootfs else _image_difference(verbs, record, state)),
        *read_differences(verbs, desired, state.wish, record, config),
    )
    return state.replace(differences=differences)


def _read_image(verbs: ContainerVerbs, desired: DesiredContainer, state: ContainerState) -> ContainerState:
    """What is here of the wanted image; a registry is asked when there is nothing to make the container from."""
    if desired.wish.rootfs:
        return state.replace(facts=NO_IMAGE)
    if desired.image is None or desired.reference is None or state.extent is None:
        return state
    full = str(desired.reference)
    records = verbs.records(list(dict.fromkeys((desired.image, full))))
    name = desired.image if desired.image in records else full
    image = records.get(name)
    stored = verbs.inspect([image], state.extent)[name] if image is not None else None
    is_whole = stored is not None and stored.is_complete
    is_gone_unchanged = image is None and state.record is not None and state.record.image == name
    remote = None
    if desired.pull == "always" or (desired.pull == "missing" and not is_whole and not is_gone_unchanged):
        question = LookUp(name, desired.reference, stored, stored is not None and desired.pull != "always")
        remote = verbs.look_up([question], state.extent, desired.access)[name]
    facts = _facts_of(remote, name) or (verbs.image_facts(image) if image is not None else None)
    return state.replace(image=name, stored=stored, remote=remote, facts=facts)


def _facts_of(remote: Remote | None, name: str) -> ImageFacts | None:
    if remote is None or not remote.graph.manifests:
        return None
    config = remote.graph.manifests[0][1].config
    document = remote.configs[config.digest]
    chain = chain_of(document, config)
    return ImageFacts(name, {}, parse_config(document, config), chain[-1] if chain else "")


def _image_difference(
    verbs: ContainerVerbs, record: Container, state: ContainerState
) -> Iterator[Difference]:
    """Another name, or the same name that stands for other layers by now."""
    if state.image and record.image != state.image:
        yield Difference("image", state.image, record.image)
    elif state.facts is not None:
        parent = verbs.parent(record)
        if parent != state.facts.chain_id:
            yield Difference("image", _build(state.image, state.facts.chain_id), _build(record.image, parent))


def _build(image: str, chain_id: str | None) -> str:
    return "%s (layers %s)" % (image, chain_id or "lost")


def plan_change(desired: DesiredContainer, current: ContainerState) -> Plan:
    if desired.state == "absent":
        return _plan_absent(desired, current)
    is_new = current.record is None or desired.recreate or _needs_new(current)
    steps = _pull(desired, current, is_new)
    if is_new and current.record is not None:
        steps.append(_replace(desired, current))
    elif is_new:
        steps.append(_create(desired, current))
        steps += _run(desired, current, None) if desired.state == "started" else []
    else:
        steps += [*_relabel(desired, current), *_limit(desired, current)]
        steps += _keep(desired, current)
    return Plan(tuple(steps), _after(desired, current, is_new))


def _keep(desired: DesiredContainer, current: ContainerState) -> list[Step]:
    """The process of a container that stays: to run, to rest, or to be started again."""
    is_alive = current.task is not None and current.task.is_alive
    if desired.state == "started":
        return _run(desired, current, current.task)
    if desired.state == "stopped" and is_alive:
        return [_stop(desired, current)]
    return _run(desired, current, current.task) if desired.restart and is_alive else []


def _plan_absent(desired: DesiredContainer, current: ContainerState) -> Plan:
    after = current.replace(record=None, task=None)
    args = (desired.id, *_stopping(desired, current))
    return Plan((Step("remove", args, ("removed container %s" % desired.id,)),), after)


def _needs_new(current: ContainerState) -> bool:
    return any(not difference.is_in_place for difference in current.differences)


def _pull(desired: DesiredContainer, current: ContainerState, is_new: bool) -> list[Step]:
    """What is lacking of the image: when a container is to be made of it, or its tag has moved."""
    if not current.image or current.extent is None or not (is_new or current.remote):
        return []
    image = ImageState(current.image, desired.reference, current.stored, current.remote)
    if is_new and desired.pull == "never":
        check_never(image)
    sentence = sentence_of(image, current.extent)
    if not sentence:
        return []
    return [Step("pull", ((pull_of(image, current.extent),), desired.access), (sentence,))]


def _creation(desired: DesiredContainer, current: ContainerState) -> tuple[Creation, str]:
    """What to make, and by which snapshotter. A wish that cannot be granted is refused while an old one lives."""
    if not (current.image or desired.wish.rootfs):
        raise Refused(
            "container %s has to be made anew and no image is named" % desired.id, "set image, or rootfs"
        )
    if current.facts is None or current.extent is None:
        raise NotFound("image %s is not complete here" % current.image, "set pull=missing")
    spec_to_be(desired, current.wish, current.facts.config)
    creation = Creation(
        desired.id,
        current.image,
        current.wish,
        _labels(desired),
        desired.runtime,
        desired.stop_signal,
        desired.runtime_options,
    )
    return creation, current.extent.snapshotter


def _create(desired: DesiredContainer, current: ContainerState) -> Step:
    return Step("create", _creation(desired, current), (_created(desired, current),))


def _created(desired: DesiredContainer, current: ContainerState) -> str:
    if desired.wish.rootfs:
        return "created container %s on directory %s" % (desired.id, desired.wish.rootfs)
    return "created container %s from image %s" % (desired.id, current.image)


def _replace(desired: DesiredContainer, current: ContainerState) -> Step:
    """In one step, since the old container is given up only when the new one stands."""
    starts = desired.state == "started" or (desired.state == "present" and current.is_running)
    how = (*_stopping(desired, current), starts)
    why = ", ".join(each.option for each in current.differences if not each.is_in_place)
    creation, snapshotter = _creation(desired, current)
    says = (
        "removed container %s to make it anew: %s" % (desired.id, why or "recreate is set"),
        _created(desired, current),
        *(("started container %s" % desired.id,) if starts else ()),
    )
    return Step("replace", (creation, snapshotter, *how), says, is_event=desired.recreate)


def _labels(desired: DesiredContainer) -> dict[str, str]:
    """The user's labels, where the output goes, and when to start again, which counts from the first start on."""
    made = {**(desired.labels or {}), **({labels.LOG_URI: desired.log_uri} if desired.log_uri else {})}
    if desired.stop_timeout_s is not None:
        made[labels.STOP_TIMEOUT] = "%d" % desired.stop_timeout_s
    if desired.restart_policy is not None:
        from .restart_policy import policy_labels

        said = policy_labels(desired.restart_policy, runs=False)
        made.update((key, value) for key, value in said.items() if value)
    return made


def spec_to_be(desired: DesiredContainer, wish: SpecWish, config: Mapping[str, Any]) -> dict[str, Any]:
    """The spec to be, but for the user: who that is, the unpacked image tells when the container is made."""
    from .._spec.builder import build_spec

    nobody_yet = Identity(0, 0)
    spec = build_spec(wish, config, nobody_yet, namespace=desired.namespace, container_id=desired.id)
    spec["process"].pop("user", None)
    return spec


def _relabel(desired: DesiredContainer, current: ContainerState) -> list[Step]:
    changed = _changed_labels(current)
    if not changed:
        return []
    says = [
        "set %s of container %s to %s" % (each.option, desired.id, each.wanted)
        for each in current.differences
        if each.option in ("restart_policy", "stop_signal", "stop_timeout")
    ]
    own = sorted(key for each in current.differences if each.option == "labels" for key in each.wanted)
    if own:
        says.insert(0, "changed labels of container %s: %s" % (desired.id, ", ".join(own)))
    return [Step("relabel", (desired.id, changed), tuple(says))]


def _changed_labels(current: ContainerState) -> dict[str, str]:
    changed: dict[str, str] = {}
    for difference in current.differences:
        if difference.option == "labels":
            changed.update(difference.wanted)
        elif difference.option == "stop_signal":
            changed[labels.STOP_SIGNAL] = difference.wanted
        elif difference.option == "stop_timeout":
            changed[labels.STOP_TIMEOUT] = str(difference.wanted)
        elif difference.option == "restart_policy":
            from .restart_policy import policy_labels

            changed.update(policy_labels(difference.wanted, runs=current.is_running))
    return changed


def _limit(desired: DesiredContainer, current: ContainerState) -> list[Step]:
    """Other limits, for the process and on record."""
    spec = _limited(current)
    if current.record is None or spec is None:
        return []
    from .further import changed_limits

    options = ", ".join(_limits(current))
    says = "changed limits of container %s: %s" % (desired.id, options)
    return [Step("limit", (desired.id, changed_limits(current.record.spec, spec)), (says,))]


def _limits(current: ContainerState) -> list[str]:
    return [each.option for each in current.differences if each.option in current.wish.further]


def _limited(current: ContainerState) -> dict[str, Any] | None:
    """The spec of a container that stays, with its new limits; None when they are as they were."""
    names = _limits(current)
    if current.record is None or not names:
        return None
    from .further import with_limits

    return with_limits(current.record.spec, current.wish.further, names)


def _run(desired: DesiredContainer, current: ContainerState, task: Task | None) -> list[Step]:
    """The process running: unless it is, or when it is to be started again."""
    is_paused = task is not None and task.status == "paused"
    says = "%s container %s" % ("resumed" if is_paused else "started", desired.id)
    if task is None or not task.is_alive or (is_paused and not desired.restart):
        return [Step("start", (desired.id, None), (says,))]
    if not desired.restart:
        return []
    starting = Step("start", (desired.id, None), ("started container %s" % desired.id,), is_event=True)
    return [_stop(desired, current), starting]


def _stop(desired: DesiredContainer, current: ContainerState) -> Step:
    args = (desired.id, *_stopping(desired, current))
    return Step("stop", args, ("stopped container %s" % desired.id,))


def _stopping(desired: DesiredContainer, current: ContainerState) -> tuple[int, float]:
    """The signal to stop with, and the seconds before KILL: as said, else as the container has them on record."""
    kept: Mapping[str, str] = current.record.labels if current.record else {}
    number = parse_signal(desired.stop_signal or kept.get(labels.STOP_SIGNAL) or "SIGTERM")
    said = desired.stop_timeout_s
    return number, labels.stop_timeout_of(kept) if said is None else said


def _after(desired: DesiredContainer, current: ContainerState, is_new: bool) -> ContainerState:
    """What a read will find; pid and times are the kernel's to give."""
    record, task = current.record, current.task
    if is_new and current.facts is not None and current.extent is not None:
        task = None
        record = Container(
            desired.id,
            current.image,
            _labels(desired),
            desired.runtime or (record.runtime if record else ""),
            "" if desired.wish.rootfs else current.extent.snapshotter,
            "" if desired.wish.rootfs else desired.id,
            spec_to_be(desired, current.wish, current.facts.config),
        )
    elif record is not None:
        spec = _limited(current) or record.spec
        changed = {**record.labels, **_changed_labels(current)}
        record = record.replace(labels={key: value for key, value in changed.items() if value}, spec=spec)
    status = _STATUS.get(desired.state) or (current.task.status if current.task else "")
    if status == "running" and not (task and task.status == "running"):
        task = Task(desired.id, task.pid if task else 0, "running", Stdio(), Exit(0, ""))
    elif status == "stopped" and task is not None:
        task = task.replace(status="stopped")
    return current.replace(record=record, task=task, differences=())
