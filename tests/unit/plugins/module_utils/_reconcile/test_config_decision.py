# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is decided about config.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import config
from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import Outcome, reconcile
from ansible_collections.community.containerd.plugins.module_utils._toml.document import parse_toml
from ansible_collections.community.containerd.plugins.module_utils._values.config import Verdict
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.tests.unit.fakes.params import params

DEFAULT = 'version = 3\noom_score = 0\n\n[debug]\n  level = ""\n'


class Host:
    """A host with one file, and a containerd that takes all but what it is told to."""

    def __init__(self, text: str | None = None, complaint: str = "") -> None:
        self.file = text
        self.complaint = complaint
        self.mode = "0644"
        self.default = DEFAULT
        self.wanted_mode = ""
        self.is_newer = False
        self.writes = 0
        self.hosts: dict[str, str | None] = {}
        self.is_killed = False  # before config.toml is written

    def text(self, path: str) -> str | None:
        return self.file

    def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        wanted = {"mode": self.wanted_mode} if self.wanted_mode else {}
        return ({"mode": self.mode} if wanted and self.file is not None else {}), wanted

    def default_config(self) -> str:
        return self.default

    def judge(self, path: str, text: str) -> Verdict:
        known = {key: value for key, value in parse_toml(text, path).items() if key != "nonsense"}
        dump = "".join("%s = %s\n" % (key, value) for key, value in known.items() if isinstance(value, int))
        return Verdict(
            self.complaint, dump + '[debug]\nlevel = "x"\n', ("level=warning msg=old",), self.default
        )

    def is_newer_than_daemon(self, path: str) -> bool:
        return self.is_newer

    def write(
        self, path: str, text: str, backup: bool, reasons: tuple[str, ...]
    ) -> tuple[str, tuple[str, ...]]:
        if self.is_killed:
            raise KeyboardInterrupt
        self.file, self.writes = text, self.writes + 1
        self.set_attributes(path)
        return (path + "~" if backup else ""), reasons

    def hosts_directory(self, config_path: str, host: str) -> str:
        return config_path + "/" + host

    def hosts_files(self, paths: tuple[str, ...]) -> Mapping[str, str | None]:
        for path in paths:
            self.hosts.setdefault(path, None)
        return dict(self.hosts)

    def write_hosts(self, path: str, text: str) -> None:
        self.hosts[path] = text

    def set_attributes(self, path: str) -> None:
        self.mode = self.wanted_mode or self.mode


def call(host: Host, *, dry_run: bool = False, **said: Any) -> Outcome:
    return reconcile(config, host, params("containerd_config", **said), dry_run=dry_run)


def climb(host: Host, **said: Any) -> Outcome:
    """Predicted, made, predicted again, asked for again."""
    predicted, made = call(host, dry_run=True, **said), call(host, **said)
    again = call(host, dry_run=True, **said)
    assert (predicted.changed, predicted.actions, predicted.before, predicted.after) == (
        (True, made.actions, made.before, made.after)
    )
    assert predicted.values["restart_reasons"] == made.values["restart_reasons"]
    assert not again.changed
    assert not call(host, **said).changed
    return made


def test_a_new_file_is_of_the_version_that_the_daemon_writes() -> None:
    host = Host()
    made = climb(host, oom_score=1)
    assert host.file == "version = 3\noom_score = 1\n"
    assert made.values["restart_reasons"] == ["version changes", "oom_score changes"]
    assert made.values["config_version"] == 3


def test_a_new_file_is_of_the_version_that_the_user_names() -> None:
    host = Host("# nothing yet\n")
    climb(host, oom_score=1, config_version="2")
    assert host.file == "version = 2\noom_score = 1\n# nothing yet\n"


def test_a_version_that_the_daemon_does_not_read_is_refused_before_it_is_asked() -> None:
    host = Host(complaint="in words of its own")
    with pytest.raises(
        Refused, match="reads files up to version 3, and .* of version 4; leave config_version out"
    ):
        call(host, oom_score=1, config_version="4")
    host.default = DEFAULT.replace("3", "4")
    host.complaint = ""
    climb(host, metrics={"address": ":1338"}, allow_unknown=True)
    assert host.file == 'version = 4\n\n[plugins."io.containerd.server.v1.metrics"]\n  address = ":1338"\n'


def test_a_file_keeps_its_version_and_all_that_was_not_named() -> None:
    host = Host("# mine\nversion = 2\nnonsense = 1 # x\n")
    made = climb(host, oom_score=1, backup=True)
    assert host.file == "# mine\nversion = 2\nnonsense = 1 # x\noom_score = 1\n"
    assert made.values["backup_file"].endswith("~")
    assert made.actions[0].startswith("keep a copy")


def test_the_default_replaces_a_file_that_differs_and_no_other() -> None:
    host = Host("version = 2\nnonsense = 1\n")
    made = climb(host, base="default", debug={"level": "warn"})
    assert host.file == DEFAULT.replace('""', '"warn"')
    assert "nonsense changes" in made.values["restart_reasons"]
    host.file = '# by hand\nversion = 3\noom_score = 0\ndebug = { level = "warn" }\n'
    assert not call(host, base="default", debug={"level": "warn"}).changed


def test_keys_go_whatever_their_values_and_nothing_comes_of_a_removal() -> None:
    host = Host("version = 2\noom_score = 5\n[debug]\n")
    climb(host, state="absent", oom_score=0, settings={"debug": None})
    assert host.file == "version = 2\n"
    host = Host()
    assert not call(host, state="absent", oom_score=0).changed
    assert host.file is None


def test_settings_come_after_the_options_and_secrets_stay_unseen() -> None:
    host = Host("version = 2\n")
    secret = {"plugins": {"x": {"auth": {"password": "geheim"}}}}
    made = climb(host, oom_score=1, settings={"oom_score": 2}, secret_settings=secret, allow_unknown=True)
    assert "oom_score = 2" in (host.file or "")
    assert 'password = "geheim"' in (host.file or "")
    assert "geheim" not in str(made)
    secret["plugins"]["x"]["auth"]["password"] = "other"
    assert call(host, secret_settings=secret, allow_unknown=True).changed


@pytest.mark.parametrize("version", [2, 3])
def test_runtimes_that_come_in_the_same_task_have_their_cgroups_at_once(version: int) -> None:
    host = Host("version = %d\n" % version)
    plugin = "io.containerd.grpc.v1.cri" if version == 2 else "io.containerd.cri.v1.runtime"
    further = {
        "plugins": {plugin: {"containerd": {"runtimes": {"b": {"runtime_type": "io.containerd.runc.v2"}}}}}
    }
    runtimes = {"a": {}, "kata": {"runtime_type": "io.containerd.kata.v2"}}
    climb(host, systemd_cgroup=True, runtimes=runtimes, settings=further, allow_unknown=True)
    assert (host.file or "").count("SystemdCgroup = true") == 3


def test_a_file_is_migrated_once_and_only_where_the_daemon_knows_the_version() -> None:
    cri = '[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = "p:1"\n'
    host = Host("version = 2\n" + cri)
    climb(host, migrate=True)
    assert parse_toml(host.file or "", "it")["plugins"]["io.containerd.cri.v1.images"]["pinned_images"]
    host = Host("version = 2\n" + cri)
    host.default = "version = 2\n"
    assert not call(host, migrate=True).changed
    with pytest.raises(Refused, match="does not know"):
        call(host, migrate=True, config_version="3")
    host = Host('disabled_plugins = ["cri"]\n')
    climb(host, migrate=True)
    assert host.file == 'disabled_plugins = ["io.containerd.grpc.v1.cri"]\nversion = 3\n'


def test_a_mode_changes_without_a_restart() -> None:
    host = Host("version = 2\noom_score = 1\n")
    host.wanted_mode = "0600"
    made = climb(host, oom_score=1)
    assert (host.mode, host.writes, made.values["restart_required"]) == ("0600", 0, False)
    assert str(made.after).startswith("# mode 0600\n")


def test_a_restart_is_asked_for_as_long_as_the_daemon_is_older() -> None:
    host = Host("version = 2\noom_score = 1\n")
    host.is_newer = True
    found = call(host, oom_score=1)
    assert not found.changed
    assert found.values["restart_required"]


@pytest.mark.parametrize(
    ("text", "said", "says"),
    [
        ("version = 2\n", {"settings": {"nonsense": 1}}, "knows no nonsense"),
        ("version = 2\n", {"imports": ["x/*.toml"]}, "working directory"),
        ("oom_score = 1\n", {"oom_score": 2}, "is of version 1"),
        ("version = 2\n", {"config_version": "3"}, "is of version 2, not 3"),
        ("version =\n", {"oom_score": 2}, "not valid TOML"),
        ("version = 2\n", {"settings": {"version": 3}}, "set config_version"),
        ("version = 2\n", {"path": "x"}, "is relative"),
        ("version = 2\n", {"state": "absent", "base": "default"}, "exclude each other"),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_what_cannot_be_is_refused_and_the_file_stays(text: str, said: Any, says: str, dry_run: bool) -> None:
    host = Host(text)
    with pytest.raises(Refused, match=says):
        call(host, dry_run=dry_run, **said)
    assert host.file == text


def test_what_containerd_does_not_take_is_refused_and_what_is_not_asked_is_written() -> None:
    host = Host("version = 2\n", complaint="bad")
    with pytest.raises(Refused, match="does not start with what .* would be: bad"):
        call(host, oom_score=1)
    assert call(host, oom_score=1, validate=False).changed


CRI = 'plugins."io.containerd.grpc.v1.cri"'
MIRRORS = """\
version = 2
[%(cri)s]
  sandbox_image = "p:1" # kept
  [%(cri)s.registry.mirrors."docker.io"]
    endpoint = ["https://m.example"]
[%(cri)s.registry.configs."m.example".auth]
  password = "geheim"
[%(cri)s.registry.configs."m.example".tls]
  ca_file = "/ca.pem"
""" % {"cri": CRI}
HUB_FILE = "/etc/containerd/certs.d/docker.io/hosts.toml"


def test_mirrors_become_files_before_they_leave_the_configuration() -> None:
    host = Host(MIRRORS)
    made = climb(host, migrate_registry_mirrors=True, backup=True)
    assert "mirrors" not in (host.file or "")
    assert "tls" not in (host.file or "")
    assert 'sandbox_image = "p:1" # kept' in (host.file or "")
    assert 'config_path = "/etc/containerd/certs.d"' in (host.file or "")
    assert 'ca = ["/ca.pem"]' in (host.hosts[HUB_FILE] or "")
    assert made.actions[0] == "write %s from registry.mirrors and registry.configs" % HUB_FILE
    assert HUB_FILE in str(made.after)
    assert HUB_FILE not in str(made.before)
    assert "geheim" not in str(made)
    assert 'password = "geheim"' in (host.file or "")
    assert "Passwords of registries stay" in made.values["warnings"][0]
    assert made.values["backup_file"]
    assert call(host, migrate_registry_mirrors=True).values["warnings"]


def test_a_migration_that_was_killed_in_between_is_finished_by_the_next() -> None:
    host = Host(MIRRORS)
    host.is_killed = True
    with pytest.raises(KeyboardInterrupt):
        call(host, migrate_registry_mirrors=True)
    assert (host.file, host.hosts[HUB_FILE] is not None) == (MIRRORS, True)
    host.is_killed = False
    climb(host, migrate_registry_mirrors=True, registry_config_path="/etc/containerd/certs.d")


def test_a_file_of_hosts_that_says_something_else_stays_and_is_told() -> None:
    host = Host(MIRRORS)
    host.hosts[HUB_FILE] = '[host."https://other.example"]\n'
    with pytest.raises(Refused, match="says other hosts for docker.io"):
        call(host, migrate_registry_mirrors=True)
    assert host.file == MIRRORS
    with pytest.raises(Refused, match="migrate_registry_mirrors exclude each other"):
        call(host, migrate_registry_mirrors=True, base="default")


def test_mirrors_migrate_together_with_the_version() -> None:
    host = Host(MIRRORS)
    climb(host, migrate=True, migrate_registry_mirrors=True, registry_config_path="/certs.d")
    data = parse_toml(host.file or "", "it")
    assert data["plugins"]["io.containerd.cri.v1.images"]["registry"]["config_path"] == "/certs.d"
    assert host.hosts["/certs.d/docker.io/hosts.toml"]


def test_without_deprecated_tables_nothing_changes() -> None:
    text = "version = 2\n[%s.registry]\nconfig_path = ''\n[%s.registry.mirrors]\n" % (CRI, CRI)
    assert not call(Host(text), migrate_registry_mirrors=True).changed
