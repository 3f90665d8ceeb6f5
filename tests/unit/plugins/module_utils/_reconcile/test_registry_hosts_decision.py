# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is decided about the hosts of a registry."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import registry_hosts
from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import Outcome, reconcile
from ansible_collections.community.containerd.plugins.module_utils._values.config import ConfigUse
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.plugins.module_utils._values.registry import Host, HostAnswer
from ansible_collections.community.containerd.tests.unit.fakes.params import params

HUB = "https://registry-1.docker.io"
FILE = "/certs.d/%s/hosts.toml"
HEAD = "# Written by community.containerd.containerd_registry, and anew when a task says something else.\n"


class Disk:
    """A host with files below certs.d."""

    def __init__(self, text: str | None = None, host: str = "docker.io") -> None:
        self.files = {} if text is None else {FILE % host: text}
        self.gone: list[str] = []
        self.beside: tuple[str, ...] = ()
        self.use = ConfigUse(True)
        self.mode, self.wanted_mode = "0644", ""

    def directories(self, config_path: str, host: str) -> tuple[str, ...]:
        names = [host.replace(":", "_") + "_", host] if ":" in host else [host]
        there = [FILE[:-11] % name for name in names if FILE % name in self.files]
        return tuple(there) or (FILE[:-11] % names[0],)

    def text(self, path: str) -> str | None:
        return self.files.get(path)

    def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        wanted = {"mode": self.wanted_mode} if self.wanted_mode else {}
        return ({"mode": self.mode} if wanted and path in self.files else {}), wanted

    def missing(self, paths: Sequence[str]) -> tuple[str, ...]:
        return tuple(path for path in paths if path in self.gone)

    def certificates(self, directory: str) -> tuple[str, ...]:
        return self.beside

    def use_of(self, config_file: str, config_path: str) -> ConfigUse:
        return self.use

    def answers(self, hosts: Sequence[Host]) -> tuple[HostAnswer, ...]:
        return tuple(HostAnswer(host.base, True, 200) for host in hosts)

    def write(self, path: str, text: str, backup: bool) -> str:
        self.files[path] = text
        self.set_attributes(path)
        return path + "~" if backup else ""

    def remove(self, path: str, backup: bool) -> str:
        del self.files[path]
        return path + "~" if backup else ""

    def set_attributes(self, path: str) -> None:
        self.mode = self.wanted_mode or self.mode


def mirror(url: str, **said: Any) -> dict[str, Any]:
    unsaid = dict.fromkeys(("capabilities", "ca", "client", "headers", "dial_timeout"))
    return {"url": url, **unsaid, "skip_verify": False, "override_path": False, **said}


def call(disk: Disk, *, dry_run: bool = False, **said: Any) -> Outcome:
    wish = params("containerd_registry", **{"host": "docker.io", **said})
    return reconcile(registry_hosts, disk, wish, dry_run=dry_run)


def climb(disk: Disk, **said: Any) -> Outcome:
    """Predicted, made, predicted again, asked for again."""
    predicted, made = call(disk, dry_run=True, **said), call(disk, **said)
    again = call(disk, dry_run=True, **said)
    assert (predicted.changed, predicted.actions, predicted.before, predicted.after) == (
        (True, made.actions, made.before, made.after)
    )
    assert predicted.values["hosts"] == made.values["hosts"]
    assert not again.changed
    assert again.actions == ()
    assert not call(disk, **said).changed
    return made


def written(disk: Disk, host: str = "docker.io") -> str:
    text = disk.files[FILE % host]
    assert text.startswith(HEAD)
    return text[len(HEAD) :]


def test_the_registry_is_asked_after_its_mirrors() -> None:
    disk = Disk()
    made = climb(disk, mirrors=[mirror("https://a.example"), mirror("b.example/", dial_timeout="2s")])
    assert written(disk) == (
        'server = "https://registry-1.docker.io"\n\n'
        '[host."https://a.example"]\n  capabilities = ["pull", "resolve"]\n\n'
        '[host."https://b.example"]\n  capabilities = ["pull", "resolve"]\n  dial_timeout = "2s"\n'
    )
    assert [host["url"] for host in made.values["hosts"]] == [
        *("https://a.example/v2", "https://b.example/v2"),
        HUB + "/v2",
    ]
    assert made.actions == (
        "write /certs.d/docker.io/hosts.toml: docker.io is asked at https://a.example/v2, then"
        " https://b.example/v2, then https://registry-1.docker.io/v2",
    )


def test_without_fallback_the_last_mirror_stands_where_the_registry_would() -> None:
    disk = Disk()
    climb(disk, mirrors=[mirror("https://a.example", ca=["/a.pem"])], fallback=False)
    assert written(disk) == (
        'server = "https://a.example"\ncapabilities = ["pull", "resolve"]\nca = ["/a.pem"]\n\n[host]\n'
    )


def test_the_registry_by_its_own_address_is_asked_once_and_pushed_to() -> None:
    disk = Disk()
    own = mirror("https://r.example:5000", client=[{"cert": "/c", "key": None}], headers={"X-A": "b"})
    climb(disk, host="r.example:5000", mirrors=[own])
    assert written(disk, "r.example_5000_") == (
        'server = "https://r.example:5000"\ncapabilities = ["pull", "resolve", "push"]\nclient = ["/c"]\n\n'
        '[header]\n  X-A = "b"\n\n[host]\n'
    )


def test_every_other_registry_is_asked_at_its_own_address() -> None:
    disk = Disk()
    both = [{"cert": "/c", "key": "/k"}, {"cert": "/both", "key": None}]
    said = mirror("http://a.example:80/x", client=both, override_path=True, skip_verify=True)
    made = climb(disk, host="_default", mirrors=[said])
    assert written(disk, "_default") == (
        '\n[host."http://a.example:80/x"]\n  capabilities = ["pull", "resolve"]\n'
        '  client = [["/c", "/k"], ["/both", "/both"]]\n  skip_verify = true\n  override_path = true\n'
    )
    assert [(host["url"], host["verify"]) for host in made.values["hosts"]] == [
        ("http://a.example:80/x", False)
    ]
    assert made.actions[0].endswith("asked at http://a.example:80/x, then the registry itself")


def test_a_registry_that_is_asked_directly_has_a_file_that_says_so() -> None:
    disk = Disk()
    climb(disk, host="r.example")
    assert written(disk, "r.example") == "\n[host]\n"


@pytest.mark.parametrize(
    "text",
    [
        '# mine\nserver = "https://registry-1.docker.io/"\n[host."https://a.example"]\ncapabilities=["resolve","PULL"]',
        '[host.\'https://a.example/v2\']\ncapabilities = ["pull", "resolve"]\nskip_verify = false\nca = []\n',
    ],
)
def test_a_file_that_means_the_same_stays(text: str) -> None:
    disk = Disk(text)
    assert not call(disk, mirrors=[mirror("https://a.example")]).changed
    assert disk.files[FILE % "docker.io"] == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("server = \n", "is not valid TOML"),
        ('server = "https://a.example"\n', "has no table"),
        ('[host."https://a.example"]\ncapabilities = ["pul"]\n', "unknown word 'pul'"),
        ('[host."https://me:geheim@a.example"]\n', r"https://\*\*\*\*\*\*\*\*@a.example"),
    ],
)
def test_a_file_that_containerd_passes_over_is_replaced(text: str, says: str) -> None:
    disk = Disk(text)
    made = climb(disk, mirrors=[mirror("https://a.example")], fallback=False, backup=True)
    kept, replaced, changed = made.actions
    assert (kept, changed[:6]) == ("keep a copy of /certs.d/docker.io/hosts.toml", "change")
    assert replaced.startswith("replace what containerd passes over: ")
    assert re.search(says, replaced)
    assert "geheim" not in str(made)
    assert made.values["backup_file"].endswith("~")
    with pytest.raises(Refused, match="with exclusive: false what else is in the file stays, but"):
        call(Disk(text), mirrors=[mirror("https://a.example")], exclusive=False)


def test_the_order_of_hosts_is_part_of_what_a_file_means() -> None:
    disk = Disk('server = "%s"\n[host."https://b.example"]\n[host."https://a.example"]\n' % HUB)
    climb(disk, mirrors=[mirror("https://a.example"), mirror("https://b.example")])


def test_hosts_that_are_not_named_stay_behind_those_that_are() -> None:
    disk = Disk(
        'server = "%s"\n[host."https://x.example"]\nskip_verify = true\n[host."https://a.example"]\n' % HUB
    )
    climb(disk, mirrors=[mirror("https://a.example")], exclusive=False)
    assert written(disk) == (
        'server = "%s"\n\n[host."https://a.example"]\n  capabilities = ["pull", "resolve"]\n\n'
        '[host."https://x.example"]\n  skip_verify = true\n' % HUB
    )


def test_one_that_took_the_place_of_the_registry_stays_a_mirror() -> None:
    disk = Disk()
    climb(disk, mirrors=[mirror("https://x.example")], fallback=False)
    climb(disk, mirrors=[mirror("https://a.example")], exclusive=False)
    assert [line for line in written(disk).splitlines() if "https" in line] == [
        *('server = "%s"' % HUB, '[host."https://a.example"]', '[host."https://x.example"]')
    ]


def test_a_directory_with_a_colon_counts_when_there_is_no_other() -> None:
    disk = Disk("[host]\n", "r.example:5000")
    climb(disk, host="r.example:5000", mirrors=[mirror("https://a.example")])
    assert list(disk.files) == [FILE % "r.example:5000"]
    disk.files[FILE % "r.example_5000_"] = "[host]\n"
    made = climb(disk, host="r.example:5000", state="absent", backup=True)
    assert disk.files == {}
    assert len(made.actions) == 4
    assert (made.values["hosts"], made.values["is_read_by_containerd"]) == ([], None)


def test_headers_are_stars_and_change_all_the_same() -> None:
    disk = Disk()
    made = climb(disk, mirrors=[mirror("https://a.example", headers={"Authorization": ["Basic geheim"]})])
    assert "geheim" in written(disk)
    assert "geheim" not in str(made)
    made = climb(disk, mirrors=[mirror("https://a.example", headers={"Authorization": "Basic other"})])
    assert made.changed
    assert "other" not in str(made.after)


def test_a_mode_changes_alone() -> None:
    disk = Disk("[host]\n", "r.example")
    disk.wanted_mode = "0600"
    made = climb(disk, host="r.example")
    assert made.actions == ("set mode 0600 of /certs.d/r.example/hosts.toml",)
    assert disk.files[FILE % "r.example"] == "[host]\n"


def test_what_fails_in_silence_is_a_warning() -> None:
    disk = Disk()
    disk.gone, disk.use = ["/a.pem", "/k"], ConfigUse(False, "nobody reads it")
    named = mirror("https://a.example", ca=["/a.pem"], client=[{"cert": "/c", "key": "/k"}])
    made = call(disk, mirrors=[named])
    assert [sentence[:22] for sentence in made.values["warnings"]] == [
        *("There is no file /a.pe", "There is no file /k, w", "nobody reads it")
    ]
    assert made.values["is_read_by_containerd"] is False
    disk.use, disk.beside = ConfigUse(None), ("own.crt",)
    made = call(disk, mirrors=[mirror("https://a.example")])
    assert "own.crt under ca" in made.values["warnings"][0]
    assert made.values["is_read_by_containerd"] is None


def test_who_answers_is_told_when_it_is_asked_for() -> None:
    made = climb(Disk(), mirrors=[mirror("https://a.example")], probe=True)
    assert [each["url"] for each in made.values["answers"]] == ["https://a.example/v2", HUB + "/v2"]
    assert made.values["answers"][0] == {
        **made.values["answers"][0],
        "answers": True,
        "status": 200,
        "error": "",
    }
    assert "answers" not in call(Disk()).values


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"host": "https://docker.io"}, "is no registry as image names have it"),
        ({"host": "*"}, "or _default for all"),
        ({"host": "index.docker.io"}, "for those of docker.io"),
        ({"host": "mirror"}, "for those of docker.io"),
        ({"host": "r.example:99999"}, "is no registry"),
        ({"config_path": "certs.d"}, "is relative"),
        ({"config_file": "config.toml"}, "is relative"),
        ({"config_path": "/a:/b"}, "has a colon"),
        ({"server": "https://docker.io"}, "serves no images"),
        ({"server": "https://a.example", "fallback": False}, "set one of them"),
        ({"fallback": False}, "nobody would be asked"),
        ({"mirrors": [mirror("a.example"), mirror("https://a.example/")]}, "twice"),
        ({"mirrors": [mirror("https://me:geheim@a.example")]}, r"^mirrors\[0\].url has a user in it"),
        ({"mirrors": [mirror("ftp://a.example")]}, "is not an address"),
        ({"mirrors": [mirror("https://a.example?x")]}, "is not an address"),
        ({"mirrors": [mirror("a.example", capabilities=[])]}, "no capabilities, which means all"),
        ({"mirrors": [mirror("a.example", dial_timeout="5")]}, "dial_timeout is not a duration"),
        ({"mirrors": [mirror("a.example", ca=[""])]}, "ca has an empty path"),
        ({"mirrors": [mirror("a.example", headers={"a": 1})]}, "put it in quotes"),
        ({"mirrors": [mirror("a.example", headers={"a": []})]}, "put it in quotes"),
        ({"mirrors": [mirror("a.example", headers={"a b": "x"})]}, "cannot be sent as a header"),
        ({"mirrors": [mirror("a.example", headers={"a": "x\nevil: y"})]}, "cannot be sent as a header"),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_what_cannot_be_is_refused_and_nothing_is_written(said: Any, says: str, dry_run: bool) -> None:
    disk = Disk()
    with pytest.raises(Refused, match=says) as refusal:
        call(disk, dry_run=dry_run, **said)
    assert refusal.value.remedy
    assert "geheim" not in str(refusal.value)
    assert disk.files == {}
