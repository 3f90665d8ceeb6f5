# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and certificates, made by the openssl command on the spot.

Knows openssl. Must never know what they are for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .processes import run

_DAYS = "30"


@dataclass(frozen=True)
class KeyPair:
    key: Path
    certificate: Path


def make_authority(directory: Path, *, name: str, algorithm: str = "ec") -> KeyPair:
    """A self-signed certificate that may sign others."""
    pair = KeyPair(directory / f"{name}.key", directory / f"{name}.crt")
    extensions = ["-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature"]
    run([*_request(pair, name, algorithm), "-x509", *extensions])
    return pair


def make_server(directory: Path, *, name: str, authority: KeyPair, addresses: str) -> KeyPair:
    """A server's certificate, signed; ``addresses`` as openssl has them: IP:ADDRESS,DNS:NAME."""
    return _signed(directory, name, authority, [f"subjectAltName={addresses}", "extendedKeyUsage=serverAuth"])


def make_client(directory: Path, *, name: str, authority: KeyPair) -> KeyPair:
    """A certificate by which a server knows its client, signed."""
    return _signed(directory, name, authority, ["extendedKeyUsage=clientAuth"])


def _signed(directory: Path, name: str, authority: KeyPair, extensions: list[str]) -> KeyPair:
    pair = KeyPair(directory / f"{name}.key", directory / f"{name}.crt")
    signed = ["-x509", "-CA", str(authority.certificate), "-CAkey", str(authority.key)]
    extensions = ["basicConstraints=critical,CA:FALSE", *extensions]
    flags = [flag for extension in extensions for flag in ("-addext", extension)]
    run([*_request(pair, name, "ec"), *signed, *flags])
    return pair


def _request(pair: KeyPair, name: str, algorithm: str) -> list[str]:
    kind = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if algorithm == "ec" else ["rsa:2048"]
    files = ["-keyout", str(pair.key), "-out", str(pair.certificate)]
    return ["openssl", "req", "-nodes", "-days", _DAYS, "-subj", f"/CN={name}", "-newkey", *kind, *files]
