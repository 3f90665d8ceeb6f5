# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a container as one value, each checked where it is read. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._values.container import Mount, SpecWish
from .._values.errors import Refused
from .._values.reference import Reference, parse_reference
from .._values.signals import parse_signal
from .._values.value import Value
from .logs import log_uri
from .registry_access import want_access, want_pull

if TYPE_CHECKING:
    from .._values.registry import RegistryAccess

# containerd's identifiers (pkg/identifiers): what can name a container.
_ID = re.compile(r"[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*")
MAX_ID = 76


class DesiredContainer(Value):
    id: str
    namespace: str
    state: str
    image: str | None  # as written
    reference: Reference | None
    pull: str
    access: RegistryAccess
    wish: SpecWish
    labels: Mapping[str, str] | None
    log_uri: str | None
    runtime: str | None
    snapshotter: str | None
    stop_signal: str | None
    stop_timeout_s: float
    recreate: bool
    restart: bool


def want_container(params: Mapping[str, Any]) -> DesiredContainer:
    image = params["image"]
    if params["stop_signal"]:
        parse_signal(params["stop_signal"])
    if params["stop_timeout"] < 0:
        raise Refused("stop_timeout cannot be negative", "set it to zero or more")
    return DesiredContainer(
        id=check_id(params["name"]),
        namespace=params["namespace"],
        state=params["state"],
        image=image,
        reference=parse_reference(image) if image else None,
        pull=want_pull(params),
        access=want_access(params),
        wish=_wish(params),
        labels=texts(params, "labels"),
        log_uri=log_uri(params),
        runtime=params["runtime"],
        snapshotter=params["snapshotter"],
        stop_signal=params["stop_signal"],
        stop_timeout_s=float(params["stop_timeout"]),
        recreate=params["recreate"],
        restart=params["restart"],
    )


def check_id(text: str) -> str:
    """``text`` itself when containerd takes it as the id of a container."""
    if not _ID.fullmatch(text) or len(text) > MAX_ID:
        raise Refused(
            "container name %r is malformed" % text,
            "use at most %d letters and digits, with single . _ or - between them" % MAX_ID,
        )
    return text


def _wish(params: Mapping[str, Any]) -> SpecWish:
    return SpecWish(
        command=words(params["command"], "command"),
        entrypoint=words(params["entrypoint"], "entrypoint"),
        working_dir=params["working_dir"],
        env=texts(params, "env"),
        user=params["user"],
        hostname=params["hostname"],
        mounts=tuple(_mount(item) for item in params["mounts"]) if params["mounts"] is not None else None,
        network_mode=params["network_mode"],
        read_only=params["read_only"],
        annotations=texts(params, "annotations"),
    )


def words(value: Any, option: str) -> tuple[str, ...] | None:
    """A command as a list, or as one string that is split as a shell splits it."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError as exc:
            raise Refused("%s cannot be split into words: %s" % (option, exc), "write it as a list") from exc
    if isinstance(value, Sequence) and not any(isinstance(item, (dict, list)) for item in value):
        return tuple(str(item) for item in value)
    raise Refused("%s is neither a string nor a list of strings" % option, "write it as a list of strings")


def texts(params: Mapping[str, Any], option: str) -> dict[str, str] | None:
    """A mapping of texts; numbers and booleans without quotes are refused, since YAML has changed them already."""
    given = params[option]
    if given is None:
        return None
    for key, value in given.items():
        if not isinstance(value, str):
            raise Refused(
                "the value of %s.%s is not a string" % (option, key), 'put it in quotes, as in %s: "1"' % key
            )
    return {str(key): value for key, value in given.items()}


def _mount(item: Mapping[str, Any]) -> Mount:
    kind, source = item["type"], item["source"]
    if kind == "bind" and not (source and source.startswith("/")):
        raise Refused(
            "the bind mount at %s has no absolute source" % item["target"], "set source to a path of the host"
        )
    options = list(item["options"] or ())
    if kind == "bind":
        options = ["rbind", *options, *filter(None, [item["propagation"]])]
    elif item["propagation"]:
        raise Refused("propagation of %s is for bind mounts" % item["target"], "remove it, or set type=bind")
    options.append("ro" if item["read_only"] else "rw")
    return Mount(item["target"], kind, source or kind, tuple(options))
