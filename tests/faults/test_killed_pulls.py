# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulls that are killed at any point, and pulls at the same time: the next one converges, and nothing leaks."""

from __future__ import annotations

import os
import random
import re
import subprocess
import threading
import time

import pytest

from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.lab import layers
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.lying_registry import (
    LAYER,
    Blob,
    Image,
    LyingRegistry,
    layer,
)

MIB = 1 << 20
SMALL = layer({"small": random.Random(1).randbytes(200_000)})
LARGE = layer({"large": random.Random(2).randbytes(6 * MIB)})
STALL_S = 30  # longer than a test waits before it kills


@pytest.fixture(scope="module")
def slow_to_unpack() -> Blob:
    """Small on the wire, large on the disk: most of a pull's time goes into unpacking it."""
    made = layers.random_layer(48 * MIB, seed=3, compression="gzip", is_compressible=True)
    assert isinstance(made.source, bytes)
    return Blob(LAYER, made.source)


@pytest.fixture
def image(liar: LyingRegistry) -> Image:
    return liar.add("team/app", "1", layers=(SMALL, LARGE, layer({"top": b"top\n"})))


def options(liar: LyingRegistry) -> dict[str, object]:
    return {"name": liar.host + "/team/app:1", "retries": 1, "retry_delay": 0}


def converges(daemon: Daemon, namespace: str, liar: LyingRegistry) -> None:
    """The same task again completes the image, once more changes nothing, and absent leaves nothing at all."""
    wanted = options(liar)
    done = modules.done(modules.run("ctr_image", daemon, namespace, **wanted))
    assert done["images"][0]["complete"] and done["images"][0]["unpacked"]
    check = daemon.ctr("images", "check", namespace=namespace)
    assert " complete (" in check and check.rstrip().endswith("true")
    here = inventory.take(daemon, namespace)
    assert not here.ingests and not here.leases
    assert not [key for key in here.snapshots if key.startswith("extract-")]
    assert not modules.run("ctr_image", daemon, namespace, **wanted).changed
    modules.done(modules.run("ctr_image", daemon, namespace, state="absent", sync=True, **wanted))
    assert inventory.take(daemon, namespace) == inventory.NOTHING


# Where the registry falls silent, and the module is killed: a path, and how much of its body has been sent.
STALLS = {
    "before-the-manifest": ("GET .*/manifests/", 0),
    "within-the-config": ("CONFIG", 10),
    "before-the-first-layer": ("SMALL", 0),
    "within-the-first-layer": ("SMALL", 100_000),
    "within-the-second-layer": ("LARGE", 3 * MIB),
    "one-byte-short-of-the-second-layer": ("LARGE", len(LARGE.content) - 1),
}


@pytest.mark.parametrize("where", STALLS)
def test_a_pull_killed_while_bytes_come_leaves_nothing_to_repair(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image, where: str
) -> None:
    name, sent = STALLS[where]
    pattern = {"SMALL": SMALL.digest, "LARGE": LARGE.digest, "CONFIG": image.config.digest}.get(name, name)
    liar.lie(pattern, stall_after=sent, delay_s=STALL_S, times=1)
    with modules.running("ctr_image", daemon, namespace, **options(liar)) as pull:
        modules.wait_until(lambda: liar.calls(pattern), "the registry is asked")
        time.sleep(0.2)  # the bytes before the silence are on their way to the daemon
        pull.kill()
    converges(daemon, namespace, liar)


def test_a_killed_pull_goes_on_from_its_byte(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image
) -> None:
    liar.lie(LARGE.digest, stall_after=4 * MIB, delay_s=STALL_S, times=1)
    with modules.running("ctr_image", daemon, namespace, **options(liar)) as pull:
        modules.wait_until(
            lambda: (
                "3." in daemon.ctr("content", "active", namespace=namespace)
                or "4." in daemon.ctr("content", "active", namespace=namespace)
            ),
            "three MiB are stored",
        )
        pull.kill()
    modules.done(modules.run("ctr_image", daemon, namespace, **options(liar)))
    last = liar.calls(LARGE.digest)[-1]
    assert int(last.headers["range"].removeprefix("bytes=").rstrip("-")) >= 3 * MIB


@pytest.mark.parametrize("share", [0.4, 0.6, 0.8, 0.95])
def test_a_pull_killed_at_any_time_leaves_nothing_to_repair(
    daemon: Daemon, namespace: str, liar: LyingRegistry, slow_to_unpack: Blob, share: float
) -> None:
    liar.add("team/app", "1", layers=(SMALL, slow_to_unpack, layer({"top": b"top\n"})))
    began = time.monotonic()
    modules.done(modules.run("ctr_image", daemon, namespace, **options(liar)))
    whole_s = time.monotonic() - began
    modules.done(modules.run("ctr_image", daemon, namespace, state="absent", sync=True, **options(liar)))
    with modules.running("ctr_image", daemon, namespace, **options(liar)) as pull:
        time.sleep(whole_s * share)
        pull.kill()
    converges(daemon, namespace, liar)


def test_a_pull_killed_while_a_layer_is_unpacked_leaves_nothing_to_repair(
    daemon: Daemon, namespace: str, liar: LyingRegistry, slow_to_unpack: Blob
) -> None:
    liar.add("team/app", "1", layers=(slow_to_unpack,))
    with modules.running("ctr_image", daemon, namespace, **options(liar)) as pull:
        modules.wait_until(lambda: _extracting(daemon, namespace), "the layer is being unpacked")
        pull.kill()
    converges(daemon, namespace, liar)


def _ingested(daemon: Daemon, namespace: str) -> float:
    """MiB of the ingest that is the largest, as far as it is larger than one."""
    found = re.findall(r"([0-9.]+) ?Mi?B", daemon.ctr("content", "active", namespace=namespace))
    return max(map(float, found), default=0.0)


def _extracting(daemon: Daemon, namespace: str) -> bool:
    return "extract-" in daemon.ctr("snapshots", "list", namespace=namespace)


def test_the_lease_of_a_pull_killed_as_its_very_last_act_goes_though_all_is_here(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image
) -> None:
    modules.done(modules.run("ctr_image", daemon, namespace, **options(liar)))
    dead = "%s %s 1 1" % ("0" * 36, os.readlink("/proc/self/ns/pid"))  # of an earlier boot
    daemon.ctr("leases", "create", "--id", "left", "community.containerd/owner=" + dead, namespace=namespace)
    foretold = modules.run("ctr_image", daemon, namespace, _ansible_check_mode=True, **options(liar))
    assert not foretold.changed
    assert inventory.take(daemon, namespace).leases
    converges(daemon, namespace, liar)


def test_what_a_killed_pull_of_a_moved_tag_left_goes_with_the_image(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image
) -> None:
    liar.add("team/app", "1", layers=(SMALL,))
    modules.done(modules.run("ctr_image", daemon, namespace, **options(liar)))
    liar.add("team/app", "1", layers=(SMALL, LARGE))
    liar.lie(LARGE.digest, stall_after=MIB, delay_s=STALL_S, times=1)
    with modules.running("ctr_image", daemon, namespace, pull="always", **options(liar)) as pull:
        modules.wait_until(lambda: inventory.take(daemon, namespace).ingests, "bytes are stored")
        pull.kill()
    modules.done(modules.run("ctr_image", daemon, namespace, state="absent", sync=True, **options(liar)))
    assert inventory.take(daemon, namespace) == inventory.NOTHING


def test_two_pulls_of_one_image_at_once_both_succeed(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image
) -> None:
    liar.lie(LARGE.digest, stall_after=2 * MIB, delay_s=1.0, times=1)
    pulls = [modules.start("ctr_image", daemon, namespace, **options(liar)) for _each in range(2)]
    for result in [pull.wait() for pull in pulls]:
        assert modules.done(result)["images"][0]["complete"]
    assert len(liar.calls("GET .*" + LARGE.digest)) <= 2, "both fetched all of the large layer"
    converges(daemon, namespace, liar)


def test_a_pull_that_waits_for_another_takes_over_when_that_is_killed(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image
) -> None:
    liar.lie(LARGE.digest, stall_after=2 * MIB, delay_s=STALL_S, times=1)
    with modules.running("ctr_image", daemon, namespace, **options(liar)) as first:
        modules.wait_until(lambda: liar.calls(LARGE.digest), "the first pull fetches")
        second = modules.start("ctr_image", daemon, namespace, **options(liar))
        time.sleep(1.0)
        assert second.is_alive
        first.kill()
    assert modules.done(second.wait())["images"][0]["complete"]
    converges(daemon, namespace, liar)


def test_a_pull_that_waits_for_another_takes_over_when_that_fails(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image
) -> None:
    liar.lie(LARGE.digest, stall_after=2 * MIB, delay_s=2.0, times=1)
    with modules.running("ctr_image", daemon, namespace, **{**options(liar), "retries": 0}) as first:
        modules.wait_until(lambda: liar.calls(LARGE.digest), "the first pull fetches")
        second = modules.start("ctr_image", daemon, namespace, **options(liar))
        modules.complaint(first.wait(), "unreachable")
    assert modules.done(second.wait())["images"][0]["complete"]
    converges(daemon, namespace, liar)


@pytest.mark.parametrize("who", ["ctr-first", "module-first"])
def test_a_pull_beside_one_of_ctr_succeeds_and_so_does_that(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image, who: str
) -> None:
    liar.lie(LARGE.digest, stall_after=2 * MIB, delay_s=1.5, times=1)
    name = liar.host + "/team/app:1"
    argv = [str(daemon.ctr_path), "--address", daemon.address, "--namespace", namespace, "images", "pull"]
    stock = Stock([*argv, "--plain-http", name])
    ours = Ours(daemon, namespace, liar)
    pulls = [stock, ours] if who == "ctr-first" else [ours, stock]
    pulls[0].start()
    modules.wait_until(lambda: liar.calls("GET .*" + LARGE.digest), "the first fetches")
    pulls[1].start()
    for pull in pulls:
        pull.join(60)
    assert stock.status == 0, stock.said
    assert ours.result is not None and modules.done(ours.result)["images"][0]["complete"]
    converges(daemon, namespace, liar)


class Stock(threading.Thread):
    """ctr at work."""

    def __init__(self, argv: list[str]) -> None:
        super().__init__(daemon=True)
        self.argv, self.status, self.said = argv, -1, ""

    def run(self) -> None:
        done = subprocess.run(self.argv, capture_output=True, text=True, timeout=60, check=False)
        self.status, self.said = done.returncode, done.stdout + done.stderr


class Ours(threading.Thread):
    """ctr_image at work."""

    def __init__(self, daemon: Daemon, namespace: str, liar: LyingRegistry) -> None:
        super().__init__(daemon=True)
        self.where, self.liar, self.result = (daemon, namespace), liar, None

    def run(self) -> None:
        self.result = modules.run("ctr_image", *self.where, **options(self.liar))  # type: ignore[assignment]
