# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose certificates count: the system's, as containerd has it, and those the user adds.

Knows ssl contexts; never who is being talked to.
"""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING

from ..._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence


def checking(ca_paths: Sequence[str], fallback: str) -> ssl.SSLContext:
    """The system's trust, else ``fallback``; ``ca_paths``, files or directories, come on top."""
    context = ssl.create_default_context()
    # As in Go: whatever the user trusts may end a chain, and private CAs need not obey all of RFC 5280.
    context.verify_flags |= getattr(ssl, "VERIFY_X509_PARTIAL_CHAIN", 0x80000)  # named since Python 3.10
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # on by default since Python 3.13
    system = ssl.get_default_verify_paths()
    if not system.cafile and not system.capath:
        context.load_verify_locations(fallback)
    for path in (*ca_paths, os.environ.get("REQUESTS_CA_BUNDLE")):
        if path:
            _load(context, path)
    return context


def unchecking() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def show(context: ssl.SSLContext, clients: Sequence[tuple[str, str]]) -> None:
    """Answer with these certificates when the server asks who we are; Refused when one cannot be read."""
    for certificate, key in clients:
        try:
            context.load_cert_chain(certificate, key or None, password=_no_password)
        except OSError as exc:  # ssl.SSLError is one
            is_wrong = isinstance(exc, ssl.SSLError)
            reason = "they are not a certificate and its key" if is_wrong else exc.strerror
            raise Refused(
                "cannot read the client certificate %s with key %s: %s"
                % (certificate, key or certificate, reason),
                "correct client in hosts.toml, or the files in its directory",
            ) from exc


def _no_password() -> str:
    """For a key that is encrypted; without this, OpenSSL would ask the terminal."""
    return ""


def _load(context: ssl.SSLContext, path: str) -> None:
    try:
        for name in _files(path):
            context.load_verify_locations(name)
    except OSError as exc:  # ssl.SSLError is one
        reason = "it holds no certificate" if isinstance(exc, ssl.SSLError) else exc.strerror
        raise Refused(
            "cannot read CA certificates from %s: %s" % (path, reason), "correct ca_path, or ca in hosts.toml"
        ) from exc


def _files(path: str) -> list[str]:
    """A directory is read file by file, so that it need not have been hashed by ``openssl rehash``."""
    if not os.path.isdir(path):
        return [path]
    names = sorted(name for name in os.listdir(path) if name.endswith((".crt", ".pem", ".cert")))
    if not names:
        raise Refused(
            "directory %s holds no .crt, .pem or .cert file" % path, "correct ca_path, or put the CA there"
        )
    return [os.path.join(path, name) for name in names]
