#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare the hosts that answer for a registry; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: containerd_registry
short_description: Declare the hosts that answer for a registry
version_added: 0.1.0
description:
  - Ensures that C(hosts.toml) of a registry says which hosts are asked for its images, in which order, and how each is
    trusted.
  - The file is written whole, in a form that containerd reads from 1.6 on. One that means the same already stays as it
    is, with its comments. One with a mistake, which containerd passes over without a word, is replaced.
  - Never needs a restart. containerd reads the file at each pull.
  - What reads it are pods, if C(config_path) of containerd's configuration is O(config_path), and
    M(community.containerd.ctr_image), C(nerdctl), and C(ctr) with C(--hosts-dir). There is a warning when pods do not,
    see RV(is_read_by_containerd).
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
  - community.containerd.file
requirements:
  - tomlkit (Python library, packaged as C(python3-tomlkit)) where Python is older than 3.11
  - requests (Python library, packaged as C(python3-requests)) for O(probe)
options:
  host:
    description:
      - The registry as it stands in the names of images, such as V(docker.io) or V(registry.example.com:5000), without
        a scheme.
      - V(_default) is for all registries that have no directory of their own.
      - With a port, the directory is called as V(registry.example.com_5000_), unless there is one with a colon only.
    type: str
    required: true
    aliases: [name, registry]
  mirrors:
    description:
      - The hosts that are asked in its place, in this order. Each that fails or does not have the image is followed by
        the next one.
      - To say how the registry itself is trusted, name it as the last one, by its own address.
    type: list
    elements: dict
    default: []
    suboptions:
      url:
        description:
          - Its address, such as V(https://mirror.example.com). Without a scheme it is one of C(https).
          - A path may follow. C(/v2) is put behind it, unless it ends so or O(mirrors[].override_path) is set.
        type: str
        required: true
      capabilities:
        description:
          - What it is asked for. V(resolve) is finding the image behind a tag, V(pull) is sending it.
          - If not set, V(pull) and V(resolve), and for the registry by its own address V(push) as well.
        type: list
        elements: str
        choices: [pull, resolve, push]
      ca:
        description:
          - Files with authorities that it is trusted by, on top of the system's. A file that is not there makes every
            pull from it fail; there is a warning then.
          - Relative ones are taken from the directory of the C(hosts.toml).
        type: list
        elements: str
      client:
        description:
          - Certificates that we show it.
        type: list
        elements: dict
        suboptions:
          cert:
            description:
              - The file with the certificate.
            type: str
            required: true
          key:
            description:
              - The file with its key, unless it is in the same one.
            type: str
      skip_verify:
        description:
          - Whether its certificate is taken unseen.
          - With an address of C(http) and a port, containerd from 1.7 on tries C(https) first then, as with
            O(mirrors[].ca) and O(mirrors[].client).
        type: bool
        default: false
      headers:
        description:
          - Headers that are sent to it, by name, each a string or a list of strings.
          - containerd reads them from the file, so whoever reads the file knows them. See O(mode).
        type: dict
        aliases: [header]
      override_path:
        description:
          - Whether the path of the address is the root of its API as it stands, without C(/v2).
        type: bool
        default: false
      dial_timeout:
        description:
          - For how long a connection is tried, such as V(2s) or V(500ms), before the next host is asked.
          - From containerd 2.1 on, and in the modules here. Older ones wait 30 seconds, for each layer anew.
        type: str
  server:
    description:
      - The address of the registry itself, which is asked last.
      - If not set, containerd finds it by its name. For V(docker.io) that is V(https://registry-1.docker.io).
    type: str
  fallback:
    description:
      - Whether the registry itself is asked when no mirror served.
      - With V(false), the last one of O(mirrors) takes its place in the file. Pulls fail when the mirrors do.
    type: bool
    default: true
  exclusive:
    description:
      - Whether hosts that are in the file and not in O(mirrors) go.
      - With V(false), they stay, and are asked after O(mirrors), in their order.
      - Files of other registries are never touched.
    type: bool
    default: true
  config_path:
    description:
      - The directory with a directory for each registry. It is made if it is not there.
    type: path
    default: /etc/containerd/certs.d
    aliases: [hosts_dir]
  config_file:
    description:
      - The configuration file of containerd, which should name O(config_path). It is only looked at.
    type: path
    default: /etc/containerd/config.toml
  executable:
    description:
      - The program of containerd, which is asked for its configuration when the file alone does not tell.
    type: str
    default: containerd
  state:
    description:
      - V(present) puts the file in its place.
      - V(absent) removes it, whatever it says, and its directory if nothing else is in it. As long as a directory of
        the registry is there, V(_default) is not asked for it.
    type: str
    choices: [present, absent]
    default: present
  probe:
    description:
      - Whether each host is asked if it is a registry, in check mode too, see RV(answers). The task does not fail when
        none is.
      - O(timeout) counts for each.
    type: bool
    default: false
  backup:
    description:
      - Whether a copy of the file is kept beside it when it is replaced or removed.
    type: bool
    default: false
  address:
    description:
      - Has no effect here.
  namespace:
    description:
      - Has no effect here.
notes:
  - User names and passwords of registries have no place in the file. Pods bring them as pull secrets, and
    M(community.containerd.ctr_image) has options for them.
  - Diffs show headers as stars, whoever wrote them into the file.
seealso:
  - module: community.containerd.containerd_config
    description: Its O(community.containerd.containerd_config#module:registry_config_path) makes pods read these files.
  - name: Registry hosts of containerd
    description: What the keys of the file mean.
    link: https://github.com/containerd/containerd/blob/main/docs/hosts.md
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: Docker Hub is asked when the mirror fails
  community.containerd.containerd_registry:
    host: docker.io
    mirrors:
      - url: https://mirror.example.com
        dial_timeout: 2s

- name: Nothing is pulled but from the mirror
  community.containerd.containerd_registry:
    host: docker.io
    mirrors:
      - url: https://mirror.example.com
    fallback: false

- name: A registry of our own has a certificate of our own
  community.containerd.containerd_registry:
    host: registry.example.com:5000
    mirrors:
      - url: https://registry.example.com:5000
        ca: [/etc/ssl/example-ca.pem]

- name: A registry speaks no TLS
  community.containerd.containerd_registry:
    host: registry.lan:5000
    mirrors:
      - url: http://registry.lan:5000

- name: A proxy stands in for all other registries, and answers
  community.containerd.containerd_registry:
    host: _default
    mirrors:
      - url: https://proxy.example.com/v2/cache
        override_path: true
        headers:
          X-Key: "{{ proxy_key }}"
    mode: "0600"
    probe: true
  register: proxy
  failed_when: proxy is failed or not proxy.answers[0].answers

- name: The registry is asked directly again
  community.containerd.containerd_registry:
    host: docker.io
    state: absent
"""

RETURN = r"""
path:
  description: The file.
  returned: success
  type: str
  sample: /etc/containerd/certs.d/docker.io/hosts.toml
hosts:
  description: The hosts that are asked by the file, in their order. Empty when there is no file.
  returned: success
  type: list
  elements: dict
  contains:
    url:
      description: The root of its API.
      type: str
      sample: https://mirror.example.com/v2
    capabilities:
      description: What it is asked for.
      type: list
      elements: str
      sample: [pull, resolve]
    verify:
      description: Whether its certificate is verified.
      type: bool
is_read_by_containerd:
  description:
    - Whether pods are pulled by the file. V(false) when containerd's C(config_path) leads elsewhere, with a warning.
    - V(null) when that cannot be known, since containerd is not installed or has its CRI plugin disabled, and with
      O(state=absent).
  returned: success
  type: bool
answers:
  description: What the hosts said.
  returned: with O(probe)
  type: list
  elements: dict
  contains:
    url:
      description: The root of its API.
      type: str
      sample: https://mirror.example.com/v2
    answers:
      description: Whether it is there and is a registry. One that wants a password is.
      type: bool
    status:
      description: The status of its answer. V(null) when there was none.
      type: int
      sample: 401
    error:
      description: What went wrong, or an empty string.
      type: str
backup_file:
  description: The copy of the file as it was.
  returned: when there is one
  type: str
  sample: /etc/containerd/certs.d/docker.io/hosts.toml.4711.2026-01-31@12:00:00~
actions:
  description: What was done, or in check mode would be, as sentences.
  returned: success
  type: list
  elements: str
  sample: ['remove /etc/containerd/certs.d/docker.io/hosts.toml']
error:
  description: What a machine can make of a failure.
  returned: failure
  type: dict
  contains:
    kind:
      description: The way in which it failed, such as V(refused) or V(missing_requirement).
      type: str
      sample: refused
    call:
      description: Empty here.
      type: str
      sample: ""
    code:
      description: Empty here.
      type: str
      sample: ""
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import CONNECTION, FILE
from ansible_collections.community.containerd.plugins.module_utils._ansible.programs import run_with_programs
from ansible_collections.community.containerd.plugins.module_utils._reconcile import registry_hosts
from ansible_collections.community.containerd.plugins.module_utils._runtime.registry_hosts import (
    RegistryHostsRuntime,
)

MIRROR = {
    "url": {"type": "str", "required": True},
    "capabilities": {"type": "list", "elements": "str", "choices": ["pull", "resolve", "push"]},
    "ca": {"type": "list", "elements": "str"},
    "client": {
        "type": "list",
        "elements": "dict",
        "options": {"cert": {"type": "str", "required": True}, "key": {"type": "str", "no_log": False}},
    },
    "skip_verify": {"type": "bool", "default": False},
    "headers": {"type": "dict", "no_log": True, "aliases": ["header"]},
    "override_path": {"type": "bool", "default": False},
    "dial_timeout": {"type": "str"},
}
ARGUMENT_SPEC = {
    **CONNECTION,
    **FILE,
    "host": {"type": "str", "required": True, "aliases": ["name", "registry"]},
    "mirrors": {"type": "list", "elements": "dict", "default": [], "options": MIRROR},
    "server": {"type": "str"},
    "fallback": {"type": "bool", "default": True},
    "exclusive": {"type": "bool", "default": True},
    "config_path": {"type": "path", "default": "/etc/containerd/certs.d", "aliases": ["hosts_dir"]},
    "config_file": {"type": "path", "default": "/etc/containerd/config.toml"},
    "executable": {"type": "str", "default": "containerd"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "probe": {"type": "bool", "default": False},
    "backup": {"type": "bool", "default": False},
}


def main() -> None:
    run_with_programs(registry_hosts, RegistryHostsRuntime, {"argument_spec": ARGUMENT_SPEC})


if __name__ == "__main__":
    main()
