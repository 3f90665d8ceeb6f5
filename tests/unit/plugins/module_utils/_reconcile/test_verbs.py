# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs that decisions name in their steps, those that they ask for, and those that the runtimes have."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any, Callable

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import verbs
from ansible_collections.community.containerd.plugins.module_utils._reconcile.daemon_verbs import DaemonVerbs
from ansible_collections.community.containerd.plugins.module_utils._reconcile.export_verbs import ExportVerbs
from ansible_collections.community.containerd.plugins.module_utils._reconcile.mount_verbs import (
    ImageMountVerbs,
)
from ansible_collections.community.containerd.plugins.module_utils._reconcile.namespace_verbs import (
    NamespaceVerbs,
)
from ansible_collections.community.containerd.plugins.module_utils._reconcile.prune_verbs import PruneVerbs
from ansible_collections.community.containerd.plugins.module_utils._reconcile.push_verbs import PushVerbs
from ansible_collections.community.containerd.plugins.module_utils._reconcile.task_listing_verbs import (
    TaskListingVerbs,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.commands import CommandRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import (
    ContainerRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.daemon import DaemonRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.export import ExportRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.image_listing import ImageListing
from ansible_collections.community.containerd.plugins.module_utils._runtime.image_mounts import (
    ImageMountRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.images import ImageRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.listing import ListingRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.namespaces import NamespaceRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.pruning import PruneRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.push import PushRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.task_listing import TaskListing
from ansible_collections.community.containerd.plugins.module_utils._runtime.tasks import TaskRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.tests.unit.fakes.files import Files
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import NOWHERE

PAIRS: list[tuple[str, type, Callable[[Endpoint], Any]]] = [
    ("image", verbs.ImageVerbs, ImageRuntime),
    ("image_info", verbs.ImageListingVerbs, ImageListing),
    ("image_push", PushVerbs, PushRuntime),
    ("image_mount", ImageMountVerbs, ImageMountRuntime),
    ("image_export", ExportVerbs, lambda endpoint: ExportRuntime(endpoint, Files())),
    ("info", DaemonVerbs, DaemonRuntime),
    ("namespace", NamespaceVerbs, NamespaceRuntime),
    ("prune", PruneVerbs, PruneRuntime),
    ("container", verbs.ContainerVerbs, ContainerRuntime),
    ("container_info", verbs.ListingVerbs, ListingRuntime),
    ("task", verbs.TaskVerbs, TaskRuntime),
    ("task_info", TaskListingVerbs, TaskListing),
    ("execution", verbs.CommandVerbs, CommandRuntime),
]
FOLDER = Path(inspect.getfile(verbs)).parent


def verbs_of(protocol: type) -> list[str]:
    return [name for name in dir(protocol) if not name.startswith("_") and callable(getattr(protocol, name))]


def steps_in(source: str) -> set[str]:
    """The first argument of every Step(…) that is made there."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Step"]
    return {ast.literal_eval(name) for name in named}


@pytest.mark.parametrize(
    ("protocol", "runtime", "verb"),
    [(protocol, runtime, verb) for _file, protocol, runtime in PAIRS for verb in verbs_of(protocol)],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_runtime_has_each_verb_with_the_same_parameters(
    protocol: type, runtime: Callable[[Endpoint], Any], verb: str
) -> None:
    _self, *asked = inspect.signature(getattr(protocol, verb)).parameters.values()
    there = inspect.signature(getattr(runtime(NOWHERE), verb)).parameters.values()
    assert [(p.name, p.annotation) for p in asked] == [(p.name, p.annotation) for p in there]


@pytest.mark.parametrize(("file", "protocol"), [(file, protocol) for file, protocol, _runtime in PAIRS])
def test_a_decision_plans_no_verb_that_it_does_not_ask_for(file: str, protocol: type) -> None:
    planned = steps_in((FOLDER / (file + ".py")).read_text(encoding="utf-8"))
    assert planned <= set(verbs_of(protocol))


def test_steps_are_found_where_they_are_made() -> None:
    assert steps_in((FOLDER / "task.py").read_text(encoding="utf-8")) == {
        "start",
        "stop",
        "pause",
        "resume",
        "kill",
        "delete",
        "wait",
    }
