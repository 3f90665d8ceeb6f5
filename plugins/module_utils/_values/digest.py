# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digests and chain ids: the names of content (OCI image-spec, "Descriptor" and "Config: Layer ChainID").

Knows how to make and check them; never where content lives.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from .errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

# OCI image-spec descriptor.md, "Digests"; the two registered algorithms fix the length of the encoded part.
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")


def is_digest(text: str) -> bool:
    return _DIGEST.fullmatch(text) is not None


def check_digest(text: object) -> str:
    """``text`` itself when it is a digest; Refused when it is not."""
    if not isinstance(text, str) or not is_digest(text):
        raise Refused("%r is not a digest" % (text,), "write sha256: and 64 lower-case hexadecimal digits")
    return text


def digest_of(content: bytes, algorithm: str = "sha256") -> str:
    return algorithm + ":" + hashlib.new(algorithm, content).hexdigest()


def is_genuine(content: bytes, digest: str) -> bool:
    """Whether these are the bytes that the digest names."""
    return digest_of(content, digest.partition(":")[0]) == digest


def chain_ids(diff_ids: Sequence[str]) -> list[str]:
    """The chain id of every layer, lowest first: what a snapshot of the layers up to there is named."""
    chain: list[str] = []
    for diff_id in diff_ids:
        chain.append(digest_of((chain[-1] + " " + diff_id).encode()) if chain else diff_id)
    return chain
