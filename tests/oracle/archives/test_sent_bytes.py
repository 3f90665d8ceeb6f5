# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What travels of an archive on the controller: counted by the connection, which knows nothing of archives."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.tests.faults import modules
from ansible_collections.community.containerd.tests.lab import archives, images, layers
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.standard_images import ARCHITECTURE

KIB = 1 << 10
LAYER = 1536 * KIB
IMAGES = 10
DOCUMENTS = 8 * KIB  # that an image has at most, with the blocks of tar around them
PLUGINS = Path(__file__).parent / "connection"
ANSWER = re.compile(r"^host \| (?P<verdict>[A-Z]+)!? => (?P<result>\{.*\})", re.DOTALL | re.MULTILINE)


def image(number: int) -> tuple[images.Image, dict[str, str]]:
    part = layers.layer({"data": random.Random(number).randbytes(LAYER)}, compression="none")
    return images.image([part], architecture=ARCHITECTURE), archives.named(f"registry.example/app:{number}")


class Controller:
    """Runs tasks on a host that is this machine, over the connection that counts."""

    def __init__(self, place: Path, daemon: Daemon, namespace: str) -> None:
        self._place, self._counted = place, place / "counted"
        self._where = f"address={daemon.address} namespace={namespace}"
        self.remote_tmp = place / "remote"

    def bring(self, src: Path, *options: str) -> dict[str, Any]:
        """The answer of the module, and what has gone to the host: archives, and all together."""
        self._counted.write_text("")
        arguments = f"src={src} {self._where}"
        command = ["ansible", "host", "-i", "host,", "-c", "counting", "-a", arguments, *options]
        env = {
            **os.environ,
            "COUNTED_TO": str(self._counted),
            "ANSIBLE_CONNECTION_PLUGINS": str(PLUGINS),
            "ANSIBLE_REMOTE_TEMP": str(self.remote_tmp),
            "ANSIBLE_LOCAL_TEMP": str(self._place / "local"),
        }
        command += ["-m", "community.containerd.ctr_image_import"]
        command += ["-e", f"ansible_python_interpreter={sys.executable}"]
        done = subprocess.run(
            command, cwd=self._place, env=env, capture_output=True, text=True, check=False, timeout=120
        )
        found = ANSWER.search(done.stdout)
        assert found and done.returncode == 0, done.stdout + done.stderr
        sent = [json.loads(line) for line in self._counted.read_text().splitlines()]
        moved = sum(size for path, size in sent if path and not Path(path).name.startswith("AnsiballZ_"))
        assert len(sent) > 1, "the connection has counted nothing"
        return {**json.loads(found["result"]), "archives": moved, "all": sum(size for _path, size in sent)}


@pytest.mark.parametrize("options", [(), ("--become", "--become-method", "su")], ids=["as-it-is", "become"])
def test_of_ten_images_the_one_that_the_host_lacks_travels_and_it_travels_once(
    newest: Daemon, newest_namespace: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    things = [image(number) for number in range(IMAGES)]
    nine = archives.write(tmp_path / "nine.tar", archives.oci_members(things[1:]))
    ten = archives.write(tmp_path / "ten.tar", archives.oci_members(things))
    modules.done(modules.run("ctr_image_import", newest, newest_namespace, path=str(nine)))
    controller = Controller(tmp_path, newest, newest_namespace)

    told = controller.bring(ten, "--check", *options)
    assert told["changed"] and told["archives"] < IMAGES * DOCUMENTS
    done = controller.bring(ten, *options)
    assert done["changed"] and len(done["images"]) == IMAGES
    assert LAYER < done["archives"] < LAYER + 2 * IMAGES * DOCUMENTS
    again = controller.bring(ten, *options)
    assert not again["changed"] and again["archives"] < IMAGES * DOCUMENTS
    for each in (told, done, again):
        assert each["bytes_sent"] == each["archives"]
        assert each["all"] < each["archives"] + LAYER // 2, "the modules are no layer in disguise"
    assert list(controller.remote_tmp.iterdir()) == []
