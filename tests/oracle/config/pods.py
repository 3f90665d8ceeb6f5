# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kubelet would ask of a containerd: a little of the CRI (runtime.v1)."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import grpc

from ansible_collections.community.containerd.plugins.module_utils._wire.protobuf.fields import BOOL, STRING
from ansible_collections.community.containerd.plugins.module_utils._wire.protobuf.message import (
    decode,
    encode,
)

# By method: the fields that count here, of what is asked and of what is answered.
METHODS: dict[str, tuple[dict[int, Any], dict[int, Any]]] = {
    "RuntimeService/Status": ({1: ("verbose", BOOL)}, {2: ("info", (STRING, STRING))}),
    "ImageService/PullImage": ({1: ("image", {1: ("image", STRING)})}, {}),
    "ImageService/ListImages": ({}, {1: ("images", [{2: ("repo_tags", [STRING]), 8: ("pinned", BOOL)}])}),
    "ImageService/ImageFsInfo": ({}, {1: ("systems", [{2: ("fs_id", {1: ("mountpoint", STRING)})}])}),
}


class Pods:
    """The CRI of the daemon at ``address``."""

    def __init__(self, address: str) -> None:
        self._channel = grpc.insecure_channel("unix://" + address)

    def __enter__(self) -> Pods:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._channel.close()

    def config(self) -> dict[str, Any]:
        """The configuration that the running plugin has, as it says itself."""
        found: dict[str, Any] = json.loads(
            self._call("RuntimeService/Status", verbose=True)["info"]["config"]
        )
        return found

    def pull(self, image: str) -> None:
        self._call("ImageService/PullImage", image={"image": image})

    def pinned(self) -> list[str]:
        """The names of the images that no clean-up removes."""
        images = self._call("ImageService/ListImages")["images"]
        return [name for image in images if image["pinned"] for name in image["repo_tags"]]

    def image_directory(self) -> str:
        """Where the snapshots of images lie."""
        (system,) = self._call("ImageService/ImageFsInfo")["systems"]
        directory: str = system["fs_id"]["mountpoint"]
        return directory

    def _call(self, method: str, **request: Any) -> dict[str, Any]:
        asked, answered = METHODS[method]
        call = self._channel.unary_unary(
            "/runtime.v1." + method, partial(encode, asked), partial(decode, answered)
        )
        answer: dict[str, Any] = call(request, timeout=60)
        return answer
