# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How registries are asked; mirrors ``_ansible/options.py``."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of REGISTRY."""

    DOCUMENTATION = r"""
options:
  username:
    description:
      - The user name for the registry. It is sent to the registry of the image, and to the token service that this
        registry names, to nobody else.
    type: str
  password:
    description:
      - The password or access token that goes with O(username).
    type: str
  validate_certs:
    description:
      - Whether the certificate of the registry must be valid.
      - For registries on the loopback interface certificates are not checked unless O(plain_http=false) is set.
    type: bool
    default: true
    aliases: [tls_verify, tlsverify]
  ca_path:
    description:
      - A file or directory on the managed host with the certificates of the authorities to trust.
      - Without it the authorities of the host are trusted.
    type: path
    aliases: [ca_cert]
  plain_http:
    description:
      - Whether to talk HTTP instead of HTTPS.
      - If not set, HTTPS is used; a registry on the loopback interface that does not speak HTTPS is asked over HTTP.
    type: bool
  retries:
    description:
      - How often a request is repeated after a lost connection, or an answer that asks for patience (408, 429, 5xx).
        A blob goes on from the byte where it was cut off.
    type: int
    default: 3
    aliases: [retry]
  retry_delay:
    description:
      - Seconds before the first repetition. Each further one waits twice as long, or as long as the registry says.
    type: int
    default: 1
requirements:
  - The Python library C(requests) on the managed host, when something has to be fetched from a registry
"""
