# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a wish means on this host: files that it names, the network of another container, all capabilities.

Loaded when a wish has such words. Knows what to ask for; never what is done with it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .._values.errors import Refused

if TYPE_CHECKING:
    from .._values.container import SpecWish
    from .verbs import ContainerVerbs

NETWORK_OF = "container:"


def resolve(verbs: ContainerVerbs, wish: SpecWish) -> SpecWish:
    """The same wish in words that need nobody else; Refused when a file or a container is not as it must be."""
    if wish.env_files:
        env: dict[str, str] = {}
        for path in wish.env_files:
            env.update(parse_env_file(path, verbs.read_file(path)))
        wish = wish.replace(env={**env, **(wish.env or {})})
    if wish.network_mode and wish.network_mode.startswith(NETWORK_OF):
        wish = wish.replace(network_mode=_network_of(verbs, wish.network_mode[len(NETWORK_OF) :]))
    further = dict(wish.further)
    if "ALL" in further.get("capabilities", ()):
        dropped = further.get("cap_drop", frozenset())
        own = frozenset(verbs.host().capabilities) - dropped
        further["capabilities"] = (further["capabilities"] | own) - {"ALL"}
    security = further.get("security_opts", {})
    if str(security.get("seccomp")).startswith("/"):
        path = security["seccomp"]
        further["security_opts"] = {**security, "seccomp": parse_profile(path, verbs.read_file(path))}
    if further.get("devices"):
        further["devices"] = {
            target: {**verbs.device(source), "path": target, "access": access}
            for target, (source, access) in further["devices"].items()
        }
    if wish.cdi_devices:
        from .cdi import resolve_devices

        wish = wish.replace(cdi_devices=resolve_devices(verbs, wish))
    return wish.replace(further=further)


def parse_env_file(path: str, text: str) -> dict[str, str]:
    """docker's format: NAME=VALUE, one a line, taken as it stands; blank lines and those with # say nothing."""
    env = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.lstrip()
        if not line or line.startswith("#"):
            continue
        name, sign, value = line.partition("=")
        if not sign or not name or name != name.strip():
            raise Refused("line %d of env_file %s is not NAME=VALUE" % (number, path), "correct the file")
        env[name] = value
    return env


def parse_profile(path: str, text: str) -> dict[str, Any]:
    """A seccomp profile as the runtime takes it. docker's has more in it, which runtimes would pass over."""
    try:
        profile = json.loads(text)
    except ValueError as exc:
        raise Refused("the seccomp profile %s is not JSON: %s" % (path, exc), "correct the file") from exc
    if not isinstance(profile, dict) or "defaultAction" not in profile:
        raise Refused("the seccomp profile %s has no defaultAction" % path, "correct the file")
    rules = profile.get("syscalls") or ()
    if "archMap" in profile or any(rule.get("includes") or rule.get("excludes") for rule in rules):
        raise Refused(
            "the seccomp profile %s is written for docker: archMap, includes and excludes mean nothing to a runtime"
            % path,
            "write it as the OCI runtime spec has it, or use seccomp=builtin",
        )
    return profile


def _network_of(verbs: ContainerVerbs, container_id: str) -> str:
    task = verbs.task(container_id)
    if task is None or not task.is_alive:
        raise Refused(
            "network_mode names container %s, which does not run" % container_id, "start that container first"
        )
    return "ns:/proc/%d/ns/net" % task.pid
