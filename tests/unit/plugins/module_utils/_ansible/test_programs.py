# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for config.toml over real files, and a program that stands for containerd."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

pytest.importorskip("ansible", reason="ansible-core is missing")

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.community.containerd.plugins.module_utils._ansible.files import Files
from ansible_collections.community.containerd.plugins.module_utils._ansible.options import FILE
from ansible_collections.community.containerd.plugins.module_utils._ansible.programs import Programs
from ansible_collections.community.containerd.plugins.module_utils._runtime.config import ConfigRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import parse_endpoint
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Missing,
    NotFound,
    Refused,
)
from ansible_collections.community.containerd.tests.unit.fakes.module_call import options

# Takes every file but one with "bad" in it, which it names, and prints what it was given.
CONTAINERD = """\
#!/bin/sh
if [ "$1" = config ]; then echo 'version = 3'; exit ${DEFAULT_RC:-0}; fi
if grep -q bad "$2"; then echo "containerd: $2 is bad" >&2; exit 1; fi
echo 'time="now" level=warning msg="unknown key" file='"$2" >&2
echo 'time="now" level=info msg=nothing' >&2
cat "$2"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "etc" / "config.toml"


@pytest.fixture
def runtime(tmp_path: Path, path: Path) -> Iterator[Callable[..., ConfigRuntime]]:
    path.parent.mkdir()
    program = tmp_path / "containerd"
    program.write_text(CONTAINERD)
    program.chmod(0o755)

    def make(executable: str = str(program), **given: Any) -> ConfigRuntime:
        spec = {**FILE, "executable": {"type": "str"}}
        with options({"executable": executable, "_ansible_remote_tmp": str(tmp_path), **given}):
            module = AnsibleModule(spec)
        endpoint = parse_endpoint(str(tmp_path / "s"), "default", 1.0)
        return ConfigRuntime(endpoint, Files(module), Programs(module))

    yield make


def test_a_file_that_is_not_there_has_no_text_but_its_directory_must_be(
    runtime: Callable[..., ConfigRuntime], path: Path
) -> None:
    verbs = runtime()
    assert verbs.text(str(path)) is None
    path.write_bytes(b"a = 1\r\n")
    assert verbs.text(str(path)) == "a = 1\r\n"
    with pytest.raises(NotFound, match="no directory"):
        verbs.text(str(path.parent / "none" / "x"))


def test_what_cannot_be_read_is_refused(runtime: Callable[..., ConfigRuntime], path: Path) -> None:
    path.write_bytes(b"\xff")
    with pytest.raises(Refused, match="UTF-8"):
        runtime().text(str(path))
    with pytest.raises(Refused, match="[Dd]irectory"):
        runtime().text(str(path.parent))


def test_containerd_judges_a_text_without_the_file_being_touched(
    runtime: Callable[..., ConfigRuntime], path: Path
) -> None:
    verbs = runtime()
    verdict = verbs.judge(str(path), "a = 1\n")
    assert (verdict.complaint, verdict.dump, verdict.default) == ("", "a = 1\n", "version = 3\n")
    assert verdict.warnings == ('level=warning msg="unknown key" file=%s' % path,)
    assert verbs.judge(str(path), 'x = "bad"\n').complaint == "containerd: %s is bad" % path
    assert os.listdir(path.parent) == []


def test_imports_must_exist_and_are_found_from_the_file_s_own_directory(
    runtime: Callable[..., ConfigRuntime], path: Path
) -> None:
    verbs = runtime()
    (path.parent / "a.toml").write_text("")
    verdict = verbs.judge(str(path), 'imports = ["a.toml", "/b/*.toml"]\n')
    assert verdict.dump == 'imports = ["%s", "/b/*.toml"]\n' % (path.parent / "a.toml")
    complaint = verbs.judge(str(path), 'imports = ["b.toml"]\n').complaint
    assert complaint == "it imports %s, which does not exist" % (path.parent / "b.toml")
    assert verbs.judge(str(path), "imports = 1\n").dump == "imports = 1\n"  # containerd says what is wrong


def test_what_imports_hold_is_told_and_one_that_cannot_be_read_is_left_to_containerd(
    runtime: Callable[..., ConfigRuntime], path: Path
) -> None:
    (path.parent / "a.toml").write_text("version = 2\n")
    (path.parent / "b.toml").write_text("[\n")
    verdict = runtime().judge(str(path), 'imports = ["%s/*.toml"]\n' % path.parent)
    assert verdict.imports == {str(path.parent / "a.toml"): {"version": 2}}


def test_a_containerd_that_falls_over_says_what_it_fell_over(
    runtime: Callable[..., ConfigRuntime], path: Path, tmp_path: Path
) -> None:
    program = tmp_path / "falls"
    program.write_text(
        "#!/bin/sh\necho 'panic: plugin: no type\n\ngoroutine 1 [running]:\nmain.go:33' >&2\nexit 2\n"
    )
    program.chmod(0o755)
    assert runtime(str(program)).judge(str(path), "a = 1\n").complaint == "panic: plugin: no type"


def test_a_program_that_is_not_there_or_fails_is_missing(
    runtime: Callable[..., ConfigRuntime], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Missing, match="no program /none/containerd"):
        runtime("/none/containerd").default_config()
    monkeypatch.setenv("DEFAULT_RC", "3")
    with pytest.raises(Missing, match="ended with 3"):
        runtime().default_config()


def test_a_text_takes_the_place_of_a_file_behind_a_link_and_leaves_a_copy(
    runtime: Callable[..., ConfigRuntime], path: Path
) -> None:
    real = path.parent / "real.toml"
    real.write_text("old\n")
    path.symlink_to(real)
    copy, reasons = runtime(mode="0600").write(str(path), "new\r\n", True, ("why",))
    assert (real.read_bytes(), reasons) == (b"new\r\n", ("why",))
    assert Path(copy).read_text() == "old\n"
    assert path.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert runtime().write(str(path), "newer\n", False, ()) == ("", ())
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


def test_a_mode_alone_is_set(runtime: Callable[..., ConfigRuntime], path: Path) -> None:
    path.write_text("")
    path.chmod(0o644)
    verbs = runtime(mode="0640")
    assert verbs.attributes(str(path)) == ({"mode": "0644"}, {"mode": "0640"})
    verbs.set_attributes(str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_the_age_of_the_socket_tells_when_the_daemon_started(
    runtime: Callable[..., ConfigRuntime], path: Path, tmp_path: Path
) -> None:
    verbs = runtime()
    path.write_text("")
    assert not verbs.is_newer_than_daemon(str(path))
    socket = tmp_path / "s"
    socket.write_text("")
    for age, is_newer in ((-10, True), (10, False)):
        os.utime(socket, (path.stat().st_mtime + age,) * 2)
        assert verbs.is_newer_than_daemon(str(path)) is is_newer
