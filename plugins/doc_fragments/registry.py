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
        registry names, to nobody else. A mirror that asks who we are gets its own entry of O(auth_file).
    type: str
  password:
    description:
      - The password or access token that goes with O(username).
    type: str
  auth_file:
    description:
      - A C(config.json) on the managed host as C(docker login) or C(podman login) writes it. A leading V(~) is
        the home directory of the user that the task runs as.
      - Each host that asks who we are is told what the file has for that host, and nothing else. C(auths),
        C(credHelpers) and C(credsStore) are honoured, identity tokens too. Of several entries with a path, such
        as V(registry.example.com/team), the longest that the repository lies under counts.
      - Helper programs, C(docker-credential-NAME), are found on the C(PATH) of the remote user and have O(timeout)
        seconds to answer.
      - O(username) and O(password) come first for the registry of the image.
      - There is no default. What happens to be in the home directory of the remote user changes nothing.
    type: path
    aliases: [authfile, dockercfg_path]
  hosts_dir:
    description:
      - The directory on the managed host that tells which mirrors answer for a registry, as containerd's
        C(config_path) does. If not set, C(/etc/containerd/certs.d) is used when it exists. An empty value uses none.
      - For the registry V(registry.example.com:5000) the first of C(registry.example.com_5000_),
        C(registry.example.com:5000) and C(_default) that exists in it counts. C(docker.io) is the directory of
        Docker Hub.
      - C(hosts.toml) in it means what containerd 2.1 means by it, key by key. Each request begins at the first
        host. One that cannot be reached, or does not serve it, is followed by the next, and C(server) is the last;
        when that is not set, the registry itself is. A host that cannot be reached is asked last for the rest of
        the task. Requests are only repeated, see O(retries), when no host served one.
      - Of a host that sent bytes with another digest than the image promises, nothing is kept. The next one is asked
        for the whole of that blob; when none is left, the error names the hosts and the digests.
      - A host without the capability C(pull) is not asked for content, one without C(resolve) not for a tag.
        What is pushed goes to the first host with the capability C(push) and to no other.
      - Without C(hosts.toml), files C(*.crt) are authorities to trust, and C(*.cert) with C(*.key) is the client
        certificate to show.
      - A C(hosts.toml) with a mistake in it is an error. containerd itself would log it and go to the registry
        without the mirrors; a key that it does not know it would ignore.
      - No daemon has to be restarted for a change in it, neither for this module nor for containerd.
    type: path
  validate_certs:
    description:
      - Whether the certificate of the registry must be valid.
      - This is about the registry of the image itself. For mirrors C(skip_verify) in C(hosts.toml) counts.
      - For registries on the loopback interface certificates are not checked unless O(plain_http=false) or
        O(ca_path) is set, or C(hosts.toml) names their address.
    type: bool
    default: true
    aliases: [tls_verify, tlsverify]
  ca_path:
    description:
      - A file or directory on the managed host with the certificates of the authorities to trust, besides those of
        the host. This is for the registry of the image itself; mirrors have C(ca) in C(hosts.toml).
    type: path
    aliases: [ca_cert]
  plain_http:
    description:
      - Whether to talk HTTP instead of HTTPS to the registry of the image. An address in C(hosts.toml) says this
        by itself, and comes first.
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
  - The Python library C(tomlkit) on a managed host with Python older than 3.11, when a C(hosts.toml) applies
"""
