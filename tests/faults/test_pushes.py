# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pushes that are killed, refused or lied to: one sentence, nothing left in containerd, and the next one converges."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.lying_registry import Image, LyingRegistry, layer

STALL_S = 30  # longer than a test waits before it kills
DENIED = b'{"errors": [{"code": "DENIED", "message": "requested access is denied"}]}'


@pytest.fixture
def daemon(newest: Daemon) -> Daemon:
    """One of them: a push reads what is here alike from all, and all else is between it and a registry."""
    return newest


@pytest.fixture
def image(daemon: Daemon, namespace: str, liar: LyingRegistry) -> Image:
    """Here, and in the registry under another repository than it will be pushed to."""
    made = liar.add("team/app", "1", layers=(layer({"one": b"1" * 100_000}), layer({"two": b"2"})))
    liar.uploads.mounts = False
    modules.done(modules.run("ctr_image", daemon, namespace, name=liar.host + "/team/app:1"))
    return made


def options(liar: LyingRegistry) -> dict[str, Any]:
    names = {"name": liar.host + "/team/app:1", "repository": liar.host + "/other/app:1"}
    return {**names, "retries": 1, "retry_delay": 0, "timeout": 5}


def pushed(liar: LyingRegistry) -> str:
    found = liar.find("other/app", "manifests", "1")
    return found.digest if found else ""


def converges(daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image) -> None:
    made = modules.run("ctr_image_push", daemon, namespace, **options(liar))
    assert modules.done(made)["changed"]
    assert pushed(liar) == image.manifest.digest
    assert not modules.run("ctr_image_push", daemon, namespace, **options(liar)).changed


@pytest.mark.parametrize("where", ["HEAD .*/blobs/", "POST", "PUT .*/uploads/", "PUT .*/manifests/"])
def test_a_push_that_is_killed_leaves_nothing_here(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image, where: str
) -> None:
    before = inventory.take(daemon, namespace)
    liar.lie(where, delay_s=STALL_S, times=1)
    with modules.running("ctr_image_push", daemon, namespace, **options(liar)) as push:
        modules.wait_until(lambda: liar.calls(where), "the registry is asked")
        push.kill()
    assert pushed(liar) == ""
    assert inventory.take(daemon, namespace) == before
    converges(daemon, namespace, liar, image)


LIES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "no right to push": ("POST", {"status": 403, "body": DENIED}, "refused", "right to push"),
    "read-only": ("POST", {"status": 405}, "refused", "not read-only"),
    "quota": ("PUT .*/uploads/", {"status": 413}, "refused", "free space"),
    "disk full": ("PUT .*/uploads/", {"status": 507}, "refused", "free space"),
    "no such repository": ("POST", {"status": 404}, "not_found", "create the repository"),
    "broken": ("PUT .*/uploads/", {"status": 500}, "unreachable", "log"),
    "hangs up": ("PUT .*/uploads/", {"hang_up": True}, "unreachable", "try again"),
    "half a blob": ("PUT .*/uploads/", {"drop_after": 10}, "unreachable", "try again"),
    "silence": ("PUT .*/manifests/", {"delay_s": 12.0}, "timed_out", "timeout"),
    "another digest of a blob": (
        "PUT .*/uploads/",
        {"headers": {"Docker-Content-Digest": "sha256:" + 64 * "0"}},
        "damaged",
        "distrust",
    ),
    "another digest of the manifest": (
        "PUT .*/manifests/",
        {"headers": {"Docker-Content-Digest": "sha256:" + 64 * "0"}},
        "damaged",
        "distrust",
    ),
    "invalid manifest": ("PUT .*/manifests/", {"status": 400, "body": DENIED}, "refused", "log"),
    "no address": ("POST", {"status": 202, "headers": {"Location": ""}}, "damaged", "log"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_registry_that_does_not_take_an_image_is_told_of_in_one_sentence(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image, lie: str
) -> None:
    pattern, how, kind, remedy = LIES[lie]
    before = inventory.take(daemon, namespace)
    told = liar.lie(pattern, **how)
    message = modules.complaint(modules.run("ctr_image_push", daemon, namespace, **options(liar)), kind)
    assert remedy in message
    assert liar.host in message
    assert inventory.take(daemon, namespace) == before
    assert liar.uploads.left == {} or "PUT" not in pattern
    told.times = 0
    if "digest of the manifest" not in lie and lie != "silence":  # which the registry has taken all the same
        converges(daemon, namespace, liar, image)
