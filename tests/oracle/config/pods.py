# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kubelet would ask of a containerd: a little of the CRI, by grpcio."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import grpc


class Pods:
    """The CRI of the daemon at ``address``."""

    def __init__(self, address: str) -> None:
        self._channel = grpc.insecure_channel("unix://" + address)

    def __enter__(self) -> Pods:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._channel.close()

    def config(self) -> dict[str, Any]:
        """The configuration that the running plugin has, as it says itself: StatusRequest.verbose."""
        entries = (
            dict(_fields(each))
            for number, each in self._call("RuntimeService/Status", b"\x08\x01")
            if number == 2
        )
        info = {entry[1].decode(): entry[2].decode() for entry in entries}
        found: dict[str, Any] = json.loads(info["config"])
        return found

    def pull(self, image: str) -> None:
        self._call("ImageService/PullImage", _text(1, _text(1, image.encode())))

    def pinned(self) -> list[str]:
        """The names of the images that no clean-up removes."""
        images = [_fields(image) for _number, image in self._call("ImageService/ListImages", b"")]
        return [
            value.decode()
            for image in map(list, images)
            if (8, 1) in image
            for number, value in image
            if number == 2
        ]

    def image_directory(self) -> str:
        """ImageFsInfo: where the snapshots of images lie."""
        (system,) = (each for number, each in self._call("ImageService/ImageFsInfo", b"") if number == 1)
        name: bytes = dict(_fields(dict(_fields(system))[2]))[1]
        return name.decode()

    def _call(self, method: str, request: bytes) -> list[tuple[int, Any]]:
        call = self._channel.unary_unary("/runtime.v1." + method)  # without serializers: bytes
        return list(_fields(call(request, timeout=60)))


def _text(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2, len(content)]) + content


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a protobuf message whose numbers and texts are all that counts here."""
    rest = iter(data)

    def varint() -> int:
        value = shift = 0
        for byte in rest:
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        return value

    for byte in rest:
        if byte & 7 == 2:
            yield byte >> 3, bytes(itertools.islice(rest, varint()))
        else:
            yield byte >> 3, varint()
