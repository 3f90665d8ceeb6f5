# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files made for one container: there before its record, gone with it, whatever comes in between."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import (
    ContainerRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.own_files import (
    directory_for,
    directory_of,
    forget,
    keeping,
    read_own_file,
)
from ansible_collections.community.containerd.plugins.module_utils._services.containers import Containers
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._values.container import Container, Mount
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Failure,
    Locked,
    Refused,
)
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd, Status

pytestmark = pytest.mark.usefixtures("store")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "community.containerd"


@pytest.fixture
def session(fake: FakeContainerd) -> Session:
    return Session(fake.endpoint())


def file_of(session: Session, home: Path, text: str = "one", container_id: str = "web") -> Mount:
    directory = directory_for(session, container_id, str(home))
    return Mount("/etc/hosts", "bind", "%s/hosts-%s" % (directory, (text * 16).encode().hex()[:16]))


def record_of(*files: Mount, container_id: str = "web") -> Container:
    mounts = [{"destination": each.destination, "type": "bind", "source": each.source} for each in files]
    return Container(container_id, "", {}, "io.containerd.runc.v2", "", "", {"mounts": mounts})


def make(session: Session, file: Mount, container_id: str = "web") -> Container:
    record = record_of(file, container_id=container_id)
    with keeping(session, container_id, [(file, "one")]):
        Containers(session).create(record)
    return record


def tree(home: Path) -> list[str]:
    """Every file, by its name alone."""
    return sorted(path.name for path in home.rglob("*") if path.is_file())


@contextmanager
def killed(session: Session, file: Mount, container_id: str = "web") -> Iterator[None]:
    """What a run leaves that makes the file, and dies at the end of the `with`."""
    child = os.fork()
    if not child:
        with keeping(Session(session.endpoint), container_id, [(file, "one")]):
            os._exit(0)
    os.waitpid(child, 0)
    yield


def test_files_are_there_before_the_record_and_readable_by_everyone(session: Session, home: Path) -> None:
    before = os.umask(0o077)
    try:
        file = file_of(session, home)
        with keeping(session, "web", [(file, "one")]):
            assert Path(file.source).read_text() == "one"
            assert stat.S_IMODE(os.stat(file.source).st_mode) == 0o644
            Containers(session).create(record_of(file))
    finally:
        os.umask(before)
    assert tree(home) == [os.path.basename(file.source)]
    assert read_own_file(file.source) == "one"


def test_without_a_record_nothing_stays(session: Session, home: Path) -> None:
    with pytest.raises(KeyboardInterrupt), keeping(session, "web", [(file_of(session, home), "one")]):
        raise KeyboardInterrupt
    assert not home.exists() or not any(home.iterdir())


def test_a_container_made_anew_has_its_new_file_alone(session: Session, home: Path) -> None:
    old = make(session, file_of(session, home))
    new = file_of(session, home, "two")
    with keeping(session, "web", [(new, "two")], old):
        assert len(tree(home)) == 3  # both, and the marker
        Containers(session).delete("web")
        Containers(session).create(record_of(new))
    assert tree(home) == [os.path.basename(new.source)]


def test_a_container_that_came_back_has_its_old_file_alone(session: Session, home: Path) -> None:
    old = make(session, file_of(session, home))
    with pytest.raises(Refused), keeping(session, "web", [(file_of(session, home, "two"), "two")], old):
        raise Refused("no", "")
    assert tree(home) == [os.path.basename(old.spec["mounts"][0]["source"])]


def test_with_the_container_go_its_files(session: Session, home: Path) -> None:
    old = make(session, file_of(session, home))
    left = file_of(session, home, "two", "db")
    with killed(session, left, "db"):
        forget(session, old)
    assert not list(home.rglob("*"))


def test_a_removal_that_is_killed_leaves_a_record_to_remove_and_no_file(
    fake: FakeContainerd, session: Session, home: Path
) -> None:
    make(session, file_of(session, home))
    fake.fail("containers.Delete", Status(14, "the connection is lost"))
    verbs = ContainerRuntime(fake.endpoint())
    with pytest.raises(Failure, match="lost"):
        verbs.remove("web", 15, 0)
    assert verbs.container("web") and not list(home.rglob("*"))
    verbs.remove("web", 15, 0)
    assert not verbs.container("web")


def test_removing_by_the_verb_takes_the_files_along(
    fake: FakeContainerd, session: Session, home: Path
) -> None:
    make(session, file_of(session, home))
    ContainerRuntime(fake.endpoint()).remove("web", 15, 0)
    assert not tree(home)


def test_one_without_files_leaves_no_trace(session: Session, home: Path) -> None:
    with keeping(session, "web", (), record_of()):
        pass
    forget(session, record_of())
    assert not home.exists()


def test_what_a_killed_run_left_is_finished_by_the_next(session: Session, home: Path) -> None:
    with killed(session, file_of(session, home)):
        assert len(tree(home)) == 2
    other = file_of(session, home, "two", "db")
    make(session, other, "db")
    assert tree(home) == [os.path.basename(other.source)]


def test_a_killed_run_that_had_made_its_record_keeps_its_file(session: Session, home: Path) -> None:
    file = file_of(session, home)
    Containers(session).create(record_of(file))
    with killed(session, file):
        make(session, file_of(session, home, "two", "db"), "db")
    assert read_own_file(file.source) == "one" and len(tree(home)) == 2


def test_what_another_run_is_at_is_left_to_it(session: Session, home: Path) -> None:
    file = file_of(session, home)
    with keeping(session, "web", [(file, "one")]):
        make(session, file_of(session, home, "two", "db"), "db")
        assert read_own_file(file.source) == "one"
        Containers(session).create(record_of(file))
    assert len(tree(home)) == 2


def test_the_same_container_twice_at_once_is_refused(session: Session, home: Path) -> None:
    file = file_of(session, home)
    with keeping(session, "web", [(file, "one")]):
        Containers(session).create(record_of(file))
        with pytest.raises(Locked, match="another run makes or removes container web"):
            make(session, file_of(session, home, "two"))
    assert read_own_file(file.source) == "one"


def test_a_marker_that_has_just_gone_is_made_anew(session: Session, home: Path) -> None:
    """Its old lock is still held by the one who removed it."""
    file = file_of(session, home)
    around = Path(file.source).parent.parent
    around.mkdir(parents=True)
    with open(around / ".pending-web", "w", encoding="ascii") as old:
        fcntl.flock(old, fcntl.LOCK_EX)
        os.unlink(old.name)
        make(session, file)
    assert read_own_file(file.source) == "one"


def test_files_of_others_in_the_directory_stay(session: Session, home: Path) -> None:
    file = file_of(session, home)
    old = make(session, file)
    (Path(file.source).parent / "notes").write_text("mine")
    with keeping(session, "web", (), old):
        Containers(session).delete("web")
    assert tree(home) == ["notes"]


def test_a_daemon_that_is_gone_leaves_the_work_to_the_next_run(
    fake: FakeContainerd, session: Session, home: Path
) -> None:
    file = file_of(session, home)
    fake.fail("containers.Get", Status(14, "gone"), times=9)
    with pytest.raises(Refused, match="no"), keeping(session, "web", [(file, "one")]):
        raise Refused("no", "")
    assert ".pending-web" in tree(home)


@pytest.mark.parametrize(
    ("source", "is_ours"),
    [
        ("/var/lib/community.containerd/u/n/web/hosts-0123456789abcdef", True),
        ("/var/lib/community.containerd/u/n/db/hosts-0123456789abcdef", False),
        ("/var/lib/community.containerd/u/n/web/hosts", False),
        ("/srv/other/u/n/web/hosts-0123456789abcdef", False),
        ("/hosts-0123456789abcdef", False),
        ("", False),
    ],
)
def test_only_files_that_were_made_for_the_container_are_its_own(source: str, is_ours: bool) -> None:
    directory = directory_of(record_of(Mount("/etc/hosts", "bind", source)))
    assert directory == (os.path.dirname(source) if is_ours else "")


def test_what_is_no_file_says_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert [read_own_file(str(path)) for path in (tmp_path / "fifo", tmp_path / "gone")] == ["", ""]


@pytest.mark.parametrize("blocked", ["", "/u", "/u/default/web"])
def test_where_nothing_can_be_written_is_said(session: Session, home: Path, blocked: str) -> None:
    file = file_of(session, home)
    uuid = Path(file.source).parts[-4]
    in_the_way = Path(str(home) + blocked.replace("/u", "/" + uuid, 1))
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.write_text("")
    with pytest.raises(Failure, match="cannot write .*; run as root, with some space on that file system"):
        make(session, file)
