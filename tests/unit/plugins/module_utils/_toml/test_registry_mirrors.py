# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What old tutorials write into config.toml, and the hosts.toml files that have the same hosts asked."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._toml.document import parse_toml
from ansible_collections.community.containerd.plugins.module_utils._toml.editing import merged
from ansible_collections.community.containerd.plugins.module_utils._toml.registry_mirrors import (
    HostsMigration,
    hosts_migration,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

HUB = "https://registry-1.docker.io"
PULL, ALL = ["pull", "resolve"], ["pull", "resolve", "push"]


def migrated(text: str, version: int = 2, plugin: str = "io.containerd.grpc.v1.cri") -> HostsMigration:
    """`P` stands for the table of the registry."""
    lines = text.replace("P.", 'plugins."%s".registry.' % plugin).replace(
        "[P]", '[plugins."%s".registry]' % plugin
    )
    data = parse_toml("version = %d\n%s" % (version, lines), "it")
    found = hosts_migration(data)
    assert found is not None
    assert hosts_migration(merged(data, found.patch)) is None
    return found


def documents(found: HostsMigration) -> dict[str, Any]:
    return {host: parse_toml(text, host) for host, text in found.texts.items()}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (  # of containerd itself, before 1.5
            '[P.mirrors."docker.io"]\nendpoint = ["https://m.example", "%s"]\n' % HUB,
            {
                "docker.io": {
                    "server": HUB,
                    "capabilities": ALL,
                    "host": {"https://m.example": {"capabilities": PULL}},
                }
            },
        ),
        (
            '[P.mirrors."docker.io"]\nendpoint = ["m.example/", "https://docker.io"]\n',
            {
                "docker.io": {
                    "server": HUB,
                    "capabilities": ALL,
                    "host": {"https://m.example": {"capabilities": PULL}},
                }
            },
        ),
        (  # a registry without TLS
            '[P.mirrors."10.0.0.4:5500"]\nendpoint = ["http://10.0.0.4:5500"]\n'
            '[P.configs."10.0.0.4:5500".tls]\ninsecure_skip_verify = true\n',
            {"10.0.0.4:5500": {"server": "http://10.0.0.4:5500", "capabilities": ALL, "host": {}}},
        ),
        (  # one with a certificate of its own, and no mirror
            '[P.configs."r.example".tls]\nca_file = "/ca.pem"\ncert_file = "c.pem"\nkey_file = "/k.pem"\n',
            {
                "r.example": {
                    "server": "https://r.example",
                    "capabilities": ALL,
                    "ca": ["/ca.pem"],
                    "client": [["/c.pem", "/k.pem"]],
                    "host": {},
                }
            },
        ),
        (  # a proxy for everything, under a path, and one registry with trust
            '[P.mirrors."*"]\nendpoint = ["https://p.example/v2/cache", "localhost:5000"]\n'
            '[P.configs."p.example".tls]\ninsecure_skip_verify = true\n'
            '[P.configs."r.example".tls]\ninsecure_skip_verify = true\n',
            {
                "_default": {
                    "host": {
                        "https://p.example/v2/cache": {
                            "capabilities": PULL,
                            "skip_verify": True,
                            "override_path": True,
                        },
                        "http://localhost:5000": {"capabilities": PULL},
                    }
                },
                "r.example": {
                    "server": "https://r.example",
                    "capabilities": ALL,
                    "skip_verify": True,
                    "host": {
                        "https://p.example/v2/cache": {
                            "capabilities": PULL,
                            "skip_verify": True,
                            "override_path": True,
                        },
                        "http://localhost:5000": {"capabilities": PULL},
                    },
                },
            },
        ),
        (  # one that is asked first, and not again
            '[P.mirrors."r.example"]\nendpoint = ["https://r.example", "https://m.example"]\n',
            {
                "r.example": {
                    "server": "https://m.example",
                    "capabilities": PULL,
                    "host": {"https://r.example": {"capabilities": ALL}},
                }
            },
        ),
    ],
)
def test_the_same_hosts_are_asked_in_the_same_order(text: str, wanted: dict[str, Any]) -> None:
    found = migrated(text)
    assert documents(found) == wanted
    assert (found.notes, found.config_path, found.has_logins) == ({}, "", False)


@pytest.mark.parametrize(
    ("text", "version", "note"),
    [
        (
            '[P.mirrors]\n[P.config."docker.io"]\nendpoint = ["https://m.example"]\n',
            2,
            "knows no table config",
        ),
        ('[P.configs."docker.io"]\nendpoint = ["https://m.example"]\n', 2, "reads no endpoint there"),
        ('[P.mirrors."docker.io"]\nendpoint = ["https://m.example"]\n', 3, "ignores it there"),
    ],
)
def test_a_mirror_that_containerd_ignores_is_taken_for_what_it_was_meant(
    text: str, version: int, note: str
) -> None:
    found = migrated(text, version)
    assert list(documents(found)["docker.io"]["host"]) == ["https://m.example"]
    assert note in found.notes["docker.io"]
    assert "asked the registry directly" in found.notes["docker.io"]


def test_a_login_stays_with_what_else_is_not_about_mirrors() -> None:
    text = (
        '[P]\nconfig_path = "/a:/b"\n[P.headers]\nX = ["y"]\n[P.mirrors."docker.io"]\nendpoint = ["m.example"]\n'
        '[P.configs."m.example".auth]\npassword = "x"\n[P.configs."m.example".tls]\nca_file = ""\n'
        '[P.configs."n.example".tls]\n[P.auths."https://o.example"]\n'
    )
    found = migrated(text, 3, "io.containerd.cri.v1.images")
    registry = found.patch["plugins"]["io.containerd.cri.v1.images"]["registry"]
    assert registry == {"mirrors": None, "configs": {"m.example": {"tls": None}, "n.example": None}}
    assert (found.config_path, found.has_logins) == ("/a", True)
    assert list(documents(found)) == ["docker.io"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[P.mirrors."r.example"]\nendpoint = "https://m.example"\n', "is not a list of strings"),
        ('[P.configs."r.example".tls]\ncert_file = "/c"\n', "certificate without its key"),
    ],
)
def test_what_containerd_would_not_take_is_refused(text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        migrated(text)


def test_a_configuration_without_such_tables_has_nothing_to_migrate() -> None:
    assert (
        hosts_migration(parse_toml('[plugins."io.containerd.grpc.v1.cri".registry.mirrors]\n', "it")) is None
    )
    assert hosts_migration({}) is None
