# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In the CRI's namespace its own record goes with the last name of an image, not sooner."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import image as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.verbs import ImageVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.images import ImageRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, plan_of, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.world import Build, ImageWorld

ONE, TWO = Build("1"), Build("2")
TAG, OTHER = "docker.io/library/nginx:1", "docker.io/library/nginx:stable"
BY_DIGEST = "docker.io/library/nginx@" + ONE.target.digest
ID = ONE.config.digest
STRANGER = TWO.config.digest


def world(*names: str) -> ImageWorld:
    made = ImageWorld(ONE, TWO)
    for name in names:
        made.put(name, ONE)
    made.put(STRANGER, TWO)
    return made


def wish(*names: str, **said: Any) -> dict[str, Any]:
    return params("ctr_image", **{"name": [*names], "state": "absent", "namespace": "k8s.io", **said})


def play(there: tuple[str, ...], *names: str, **said: Any) -> Played:
    return rehearse(
        decision, lambda: world(*there), wish(*names, **said), runtime=ImageRuntime, verbs=ImageVerbs
    )


@pytest.mark.parametrize(
    ("there", "named", "left"),
    [
        ((TAG, ID), (TAG,), ()),
        ((TAG, OTHER, ID), (TAG,), (OTHER, ID)),
        ((TAG, OTHER, ID), (TAG, OTHER), ()),
        ((TAG, BY_DIGEST, ID), (TAG,), (BY_DIGEST, ID)),
        ((TAG, BY_DIGEST, ID), (TAG, BY_DIGEST), ()),
        ((TAG,), (TAG,), ()),
        ((ID,), (ID,), ()),
        ((TAG, ID), (TAG, ID), ()),
    ],
)
def test_the_record_of_the_cri_goes_with_the_last_name(
    there: tuple[str, ...], named: tuple[str, ...], left: tuple[str, ...]
) -> None:
    played = play(there, *named)
    assert set(played.world.here) == {*left, STRANGER}
    assert [entry["name"] for entry in played.real.values["images"]] == list(named)
    if ID in there and ID not in named and ID not in left:
        assert played.real.actions[-1] == "removed image %s, which the CRI keeps beside it" % ID
        assert ID in played.real.before and ID not in played.real.after


def test_in_other_namespaces_nothing_goes_but_what_is_named() -> None:
    played = play((TAG, ID), TAG, namespace="default")
    assert set(played.world.here) == {ID, STRANGER}


@pytest.mark.parametrize("force", [False, True])
def test_the_record_of_the_cri_is_not_taken_from_an_image_that_has_a_name(force: bool) -> None:
    if force:
        assert set(play((TAG, ID), ID, force=True).world.here) == {TAG, STRANGER}
        return
    with pytest.raises(Refused, match="is the CRI's own record of " + TAG) as caught:
        plan_of(decision, world(TAG, ID), wish(ID))
    assert "force=true" in caught.value.remedy


def test_a_container_of_the_record_counts_as_a_user_of_the_image() -> None:
    made = world(TAG, ID)
    made.containers_of[ID] = ["pod"]
    with pytest.raises(Refused, match="used by container pod"):
        plan_of(decision, made, wish(TAG))
