# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files through the root of a process: whole, by that user's rights, and never outside of that root."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.container_files import (
    ContainerRoot,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.inside import InsideRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.container import (
    Container,
    Identity,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import NotFound, Refused
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import PAUSED, STOPPED, Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd

ROOT = Identity(0, 0, (0,))
APP = Identity(1000, 1001, (1001, 29))


@pytest.fixture
def confined(tmp_path: Path) -> Iterator[int]:
    """A process whose root is ``tmp_path``."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to confine a process and to become other users")
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.chroot(str(tmp_path))
        os.chdir("/")
        os.write(tell, b"x")
        signal.pause()
        os._exit(0)
    os.read(ready, 1)
    yield pid
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(ready)
    os.close(tell)


def write(pid: int, path: str, data: bytes, identity: Identity = ROOT) -> None:
    with ContainerRoot(pid) as root:
        root.write(path, io.BytesIO(data), identity)


def read(pid: int, path: str, identity: Identity = ROOT) -> bytes:
    sink = io.BytesIO()
    with ContainerRoot(pid) as root:
        root.read(path, sink, identity)
    return sink.getvalue()


@pytest.mark.parametrize("size", [0, 1, 3_000_001])
def test_a_file_comes_back_as_it_went(confined: int, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    write(confined, "/file", data)
    assert (tmp_path / "file").read_bytes() == data
    assert read(confined, "/file") == data


def test_a_shorter_file_leaves_nothing_of_a_longer_one(confined: int, tmp_path: Path) -> None:
    write(confined, "/file", b"a long text")
    write(confined, "/file", b"short")
    assert (tmp_path / "file").read_bytes() == b"short"


def test_a_new_file_belongs_to_its_user_alone(confined: int, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "home").mkdir()
    os.chown(tmp_path / "home", 1000, 1001)
    write(confined, "/home/file", b"x", APP)
    found = (tmp_path / "home/file").stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (1000, 1001, 0o600)


def test_nobody_writes_or_reads_what_is_not_his(confined: int, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "secret").chmod(0o600)
    with pytest.raises(
        Refused, match="cannot write /new in the container: Permission denied; set remote_user"
    ):
        write(confined, "/new", b"x", APP)
    with pytest.raises(Refused, match="cannot read /secret in the container: Permission denied"):
        read(confined, "/secret", APP)
    assert not (tmp_path / "new").exists()
    assert os.geteuid() == 0


def test_what_a_group_may_a_member_may(confined: int, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "shared").write_bytes(b"x")
    os.chown(tmp_path / "shared", 0, 29)
    (tmp_path / "shared").chmod(0o640)
    assert read(confined, "/shared", APP) == b"x"


@pytest.mark.parametrize("target", ["{outside}", "../../../../../../{outside}"])
def test_no_link_leads_outside(confined: int, tmp_path: Path, target: str) -> None:
    outside = tmp_path.parent / "outside"
    outside.write_bytes(b"of the host")
    (tmp_path / "link").symlink_to(target.format(outside=outside))
    with pytest.raises(NotFound, match="cannot read /link in the container: No such file"):
        read(confined, "/link")
    with pytest.raises(NotFound):
        write(confined, "/link", b"overwritten")
    assert outside.read_bytes() == b"of the host"


def test_a_link_inside_is_followed(confined: int, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/file")
    write(confined, "/link", b"x")
    assert (tmp_path / "file").read_bytes() == b"x"


@pytest.mark.parametrize("kind", ["fifo", "directory"])
def test_what_is_no_file_is_refused_and_not_waited_for(confined: int, tmp_path: Path, kind: str) -> None:
    if kind == "fifo":
        os.mkfifo(str(tmp_path / "it"))
    else:
        (tmp_path / "it").mkdir()
    with pytest.raises(Refused):
        read(confined, "/it")
    with pytest.raises(Refused):
        write(confined, "/it", b"x")


def test_a_source_that_fails_leaves_no_part(confined: int, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(4)

    with ContainerRoot(confined) as root, pytest.raises(Refused, match="cannot write /file"):
        root.write("/file", Broken(b"a part of it"), ROOT)
    assert (tmp_path / "file").read_bytes() == b""


def test_a_user_that_the_kernel_does_not_know_there_is_refused(confined: int) -> None:
    with pytest.raises(Refused, match="the container has no user or group 4294967295"):
        read(confined, "/file", Identity(2**32 - 1, 0))


def test_a_process_that_has_ended_is_said_to_have() -> None:
    with pytest.raises(NotFound, match="has ended"):
        ContainerRoot(2**22 + 1)


class TestInside:
    """The same through containerd: of whom the files are, and whether the process is still that one."""

    @pytest.fixture
    def verbs(self, fake: FakeContainerd, store: Store, confined: int) -> InsideRuntime:
        store.process("web").pid = confined
        return InsideRuntime(fake.endpoint())

    @staticmethod
    def container(**process: Any) -> Container:
        return Container(
            "web", "nginx", {}, "runc", "overlayfs", "web", {"process": process} if process else {}
        )

    def test_files_belong_to_the_user_of_the_container(self, verbs: InsideRuntime, tmp_path: Path) -> None:
        tmp_path.chmod(0o777)
        web = self.container(user={"uid": 1000, "gid": 1001, "additionalGids": [29]}, cwd="/")
        verbs.write_file(web, None, "file", io.BytesIO(b"x"))
        assert (tmp_path / "file").stat().st_uid == 1000
        sink = io.BytesIO()
        verbs.read_file(web, None, "/file", sink)
        assert sink.getvalue() == b"x"

    def test_a_container_without_a_process_section_is_roots(
        self, verbs: InsideRuntime, tmp_path: Path
    ) -> None:
        verbs.write_file(self.container(), None, "file", io.BytesIO(b"x"))
        assert (tmp_path / "file").stat().st_uid == 0
        verbs.close()

    def test_a_container_that_has_ended_takes_no_file(self, verbs: InsideRuntime, store: Store) -> None:
        store.process("web", status=STOPPED)
        with pytest.raises(Refused, match="container web has ended"):
            verbs.write_file(self.container(), None, "/file", io.BytesIO(b"x"))

    def test_a_process_that_ends_meanwhile_takes_no_file(
        self, verbs: InsideRuntime, fake: FakeContainerd, store: Store, tmp_path: Path
    ) -> None:
        class Ending(InsideRuntime):
            """The process ends, and another begins, once somebody has looked."""

            def task(self, container_id: str) -> Any:
                seen = super().task(container_id)
                store.process("web", status=PAUSED)
                return seen

        with pytest.raises(Refused, match="ended just now"):
            Ending(fake.endpoint()).write_file(self.container(), None, "/file", io.BytesIO(b"x"))
        assert not (tmp_path / "file").exists()
