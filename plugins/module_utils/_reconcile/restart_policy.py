# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When containerd itself starts a container again: a policy, and the labels that its restart monitor goes by. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .._values import labels
from .._values.errors import Refused, Unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .verbs import ContainerVerbs

_POLICY = re.compile(r"no|always|unless-stopped|on-failure(:[1-9][0-9]{0,8})?")


def want_policy(policy: str | None, retries: int | None) -> str | None:
    """One of no, always, unless-stopped, on-failure and on-failure:N; None when nothing was said."""
    if policy is None:
        if retries is not None:
            raise Refused(
                "restart_retries without restart_policy mean nothing", "set restart_policy=on-failure"
            )
        return None
    if retries is not None:
        if policy != "on-failure" or retries < 0:
            raise Refused(
                "restart_retries are for restart_policy=on-failure", "leave them out, or count from 0"
            )
        policy += ":%d" % retries if retries else ""
    if not _POLICY.fullmatch(policy):
        raise Refused(
            "restart_policy %r is not known" % policy,
            "use no, always, unless-stopped, on-failure or on-failure:N",
        )
    return policy


def policy_of(found: Mapping[str, str]) -> str:
    """By the labels of a container, whoever made it."""
    if not found.get(labels.RESTART_STATUS) and not found.get(labels.EXPLICITLY_STOPPED):
        return "no"
    return found.get(labels.RESTART_POLICY) or "always"


def policy_labels(policy: str, *, runs: bool) -> dict[str, str]:
    """The labels to set, '' for one to remove. A container that does not run is watched once it is started."""
    is_watched = policy != "no"
    return {
        labels.RESTART_POLICY: policy if is_watched else "",
        labels.RESTART_STATUS: ("running" if runs else "stopped") if is_watched else "",
        labels.EXPLICITLY_STOPPED: "true" if is_watched and not runs else "",
        labels.RESTART_COUNT: "",
    }


def check_policy(verbs: ContainerVerbs, policy: Any) -> None:
    """Unsupported where the restart monitor knows no policies: everything that it watches runs for ever."""
    if policy in (None, "no", "always"):
        return
    version = verbs.version()
    if version.startswith(("1.5", "1.6")):
        raise Unsupported(
            "the restart monitor of containerd %s knows no policy but always, and would take %s for it"
            % (version, policy),
            "use always or no, or upgrade containerd to 1.7",
        )
