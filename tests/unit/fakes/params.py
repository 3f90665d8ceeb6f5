# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options as a module hands them down: the defaults of each, and what a test says on top.

A test of the modules holds these defaults equal to their argument specs.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.community.containerd.plugins.module_utils._reconcile.container_options import (
    EXTRA_MOUNTS,
    FURTHER,
)
from ansible_collections.community.containerd.plugins.module_utils._toml.config import LOGICAL

CONNECTION = {"address": "/run/containerd/containerd.sock", "namespace": "default", "timeout": 60}
SNAPSHOTTER = {"snapshotter": None}
REGISTRY = {
    "pull": "missing",
    "username": None,
    "password": None,
    "validate_certs": True,
    "ca_path": None,
    "plain_http": None,
    "hosts_dir": None,
    "auth_file": None,
    "retries": 3,
    "retry_delay": 1,
    "max_concurrent_downloads": 4,
}
FILE = {"mode": None, "owner": None, "group": None}
LOG = {"log_driver": None, "log_options": None}

DEFAULTS: dict[str, dict[str, Any]] = {
    "ctr_image": {
        **CONNECTION,
        **SNAPSHOTTER,
        **REGISTRY,
        "state": "present",
        "repository": None,
        "existing_images": "overwrite",
        "labels": None,
        "pinned": None,
        "platform": None,
        "all_platforms": False,
        "unpack": True,
        "force": False,
        "sync": False,
    },
    "ctr_image_import": {
        **CONNECTION,
        **SNAPSHOTTER,
        "path": None,
        "src": None,
        "remote_src": False,
        "name": None,
        "base_name": None,
        "index_name": None,
        "digests": False,
        "platform": None,
        "all_platforms": False,
        "unpack": True,
        "labels": None,
    },
    "ctr_image_info": {
        **CONNECTION,
        **SNAPSHOTTER,
        "name": None,
        "platform": None,
        "filters": None,
        "config": False,
        "usage": False,
    },
    "ctr_image_export": {
        **CONNECTION,
        **FILE,
        "platform": None,
        "all_platforms": False,
        "format": None,
        "force": False,
    },
    "ctr_image_push": {
        **CONNECTION,
        **{key: value for key, value in REGISTRY.items() if key not in ("pull", "max_concurrent_downloads")},
        "repository": None,
        "platform": None,
        "max_concurrent_uploads": 4,
    },
    "ctr_image_mount": {
        **CONNECTION,
        **SNAPSHOTTER,
        "name": None,
        "state": "mounted",
        "read_only": True,
        "platform": None,
    },
    "ctr_prune": {
        **CONNECTION,
        **SNAPSHOTTER,
        "images": None,
        "images_filters": None,
        "images_keep": None,
        "containers": False,
        "containers_filters": None,
        "snapshots": False,
        "leases": False,
        "leases_filters": None,
        "ingests": False,
        "ingests_filters": None,
    },
    "ctr_container": {
        **CONNECTION,
        **SNAPSHOTTER,
        **REGISTRY,
        **LOG,
        "image": None,
        "state": "started",
        "command": None,
        "entrypoint": None,
        "working_dir": None,
        "env": None,
        "env_file": None,
        "groups": None,
        "tty": None,
        "privileged": None,
        "user": None,
        "hostname": None,
        "mounts": None,
        "network_mode": None,
        "read_only": None,
        "labels": None,
        "annotations": None,
        **dict.fromkeys((*FURTHER, *EXTRA_MOUNTS)),
        "spec": None,
        "restart_policy": None,
        "restart_retries": None,
        "comparisons": None,
        "runtime": None,
        "runtime_options": None,
        "stop_signal": None,
        "stop_timeout": 10,
        "recreate": False,
        "restart": False,
    },
    "containerd_config": {
        **CONNECTION,
        **FILE,
        "path": "/etc/containerd/config.toml",
        "executable": "containerd",
        "state": "present",
        "base": "existing",
        "config_version": "auto",
        "migrate": False,
        **dict.fromkeys(LOGICAL),
        "settings": None,
        "secret_settings": None,
        "allow_unknown": False,
        "validate": True,
        "backup": False,
    },
    "ctr_container_info": {**CONNECTION, "name": None, "spec": True},
    "ctr_info": {**CONNECTION},
    "ctr_namespace": {**CONNECTION, "state": "present", "labels": None},
    "ctr_task": {
        **CONNECTION,
        **LOG,
        "state": "started",
        "signal": None,
        "stop_timeout": 10,
        "wait": False,
        "wait_timeout": 120,
    },
    "ctr_task_info": {**CONNECTION, "name": None, "metrics": True, "processes": True},
    "ctr_exec": {
        **CONNECTION,
        "argv": None,
        "command": None,
        "chdir": None,
        "user": None,
        "env": None,
        "stdin": None,
        "stdin_add_newline": True,
        "tty": False,
        "detach": False,
        "exec_timeout": None,
        "creates": None,
        "removes": None,
    },
}


def params(module: str, **said: Any) -> dict[str, Any]:
    return {**DEFAULTS[module], **said}
