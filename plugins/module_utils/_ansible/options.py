# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Option specs that several modules share; each has its fragment in plugins/doc_fragments."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.parameters import env_fallback

from .compile_once import compile_once

compile_once()  # here, since every module imports this file before all others of ours

CONNECTION: dict[str, Any] = {
    "address": {
        "type": "str",
        "aliases": ["socket", "containerd_address"],
        "default": "/run/containerd/containerd.sock",
        "fallback": (env_fallback, ["CONTAINERD_ADDRESS"]),
    },
    "namespace": {
        "type": "str",
        "aliases": ["containerd_namespace"],
        "default": "default",
        "fallback": (env_fallback, ["CONTAINERD_NAMESPACE"]),
    },
    "timeout": {"type": "int", "default": 60},
}

SNAPSHOTTER: dict[str, Any] = {
    "snapshotter": {"type": "str", "fallback": (env_fallback, ["CONTAINERD_SNAPSHOTTER"])},
}

REGISTRY: dict[str, Any] = {
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "validate_certs": {"type": "bool", "default": True, "aliases": ["tls_verify", "tlsverify"]},
    "ca_path": {"type": "path", "aliases": ["ca_cert"]},
    "plain_http": {"type": "bool"},
    "hosts_dir": {"type": "path"},
    "auth_file": {"type": "path", "aliases": ["authfile", "dockercfg_path"]},
    "retries": {"type": "int", "default": 3, "aliases": ["retry"]},
    "retry_delay": {"type": "int", "default": 1},
}

PULL: dict[str, Any] = {
    "pull": {
        "type": "str",
        "choices": ["missing", "always", "never", "not_present"],
        "default": "missing",
    },
    "max_concurrent_downloads": {"type": "int", "default": 4},
}

LOG: dict[str, Any] = {
    "log_driver": {"type": "str", "choices": ["none", "file", "binary"]},
    "log_options": {"type": "dict", "aliases": ["log_opt"]},
}

FILE: dict[str, Any] = {
    "mode": {"type": "raw"},
    "owner": {"type": "str"},
    "group": {"type": "str"},
}
