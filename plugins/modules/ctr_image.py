#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare images; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_image
short_description: Pull, tag, label, pin and remove images of containerd
version_added: 0.1.0
description:
  - Ensures that images are present in a containerd namespace, or absent from it.
  - Present means the record of the image, every blob of the wanted platforms, and the unpacked layers.
    What is missing of these is repaired, and only that is fetched.
  - An index or a manifest whose bytes have changed on the disk counts as missing. Where one has, the configs behind it
    are looked at too. When another namespace has it as well, that is an error which names that namespace. The bytes of
    layers are not read again; for a damaged one, remove the image with O(sync=true) and pull it.
  - The module speaks to the API of containerd and to the registry itself. It does not use C(ctr).
  - Labels that a record has, the user's, the pin and those of the kubelet, survive every pull. C(ctr images pull)
    removes them.
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
  - community.containerd.pull
  - community.containerd.registry
  - community.containerd.snapshotter
options:
  name:
    description:
      - The images, as V([host[:port]/]repository[:tag][@digest]).
      - Docker's short names work. V(nginx) means V(docker.io/library/nginx:latest), unless there is an image
        whose name is exactly V(nginx). To be absent, an image must be there under neither of these names.
      - Several images are fetched in parallel. When one of them fails, none of them changes.
    type: list
    elements: str
    required: true
    aliases: [names, images]
  state:
    description:
      - V(present) ensures that the images are complete and unpacked.
      - V(absent) removes the names. Content that no other image or container uses is removed by the garbage
        collector of containerd soon after.
      - Options that say how images are to be, such as O(labels), mean nothing to V(absent). O(repository) is refused
        there.
      - In the namespace V(k8s.io) the CRI keeps a record named V(sha256:...) beside each image. V(absent) removes it
        together with the last name of the image, since it would keep all of the content. A name by digest, such as
        V(registry.k8s.io/pause@sha256:...), which the kubelet adds when it pulls, is a name of its own. List it too.
    type: str
    choices: [present, absent]
    default: present
  repository:
    description:
      - Further references that must point to the same target as O(name), which must then be one image.
      - They are made in the store of containerd. Nothing is pushed to a registry.
      - Docker's short names work here as well. A reference with a digest is refused.
    type: list
    elements: str
    aliases: [target_names]
  existing_images:
    description:
      - What becomes of a reference in O(repository) that points to another image.
      - V(overwrite) moves it.
      - V(keep) leaves it alone, its labels included.
    type: str
    choices: [overwrite, keep]
    default: overwrite
  labels:
    description:
      - Labels that the records of O(name) and O(repository) must have. They are labels of the name in containerd,
        not those that were built into the image.
      - Other labels stay. An empty string, or null, removes a label.
      - Values must be strings. A name and its value together have at most 4096 bytes.
    type: dict
    aliases: [label]
  pinned:
    description:
      - Whether the kubelet's garbage collection must spare the images, which is the label
        C(io.cri-containerd.pinned=pinned) on their records. It matters in the namespace V(k8s.io), from containerd
        1.7 on, and in late releases of 1.6.
      - V(false) removes the pin. By default a pin is left as it is, also when the tag moves.
      - It does not bind this module, C(ctr) or C(nerdctl).
    type: bool
  platform:
    description:
      - The platforms to have, as V(os/architecture[/variant]). The default is the one of the managed host.
      - An image that does not offer one of them is an error.
    type: list
    elements: str
    aliases: [platforms]
  all_platforms:
    description:
      - Whether to have every platform that the image offers.
    type: bool
    default: false
  unpack:
    description:
      - Whether the layers must be unpacked, so that a container can start at once.
    type: bool
    default: true
  force:
    description:
      - With O(state=absent), whether to remove an image that a container was made from.
    type: bool
    default: false
  sync:
    description:
      - With O(state=absent), whether to wait until the garbage collector has freed the space.
    type: bool
    default: false
seealso:
  - module: community.containerd.ctr_image_info
  - module: community.containerd.ctr_container
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: The web server's image is here
  community.containerd.ctr_image:
    name: docker.io/library/nginx:1.27

- name: Kubernetes finds its images before the first pod starts
  community.containerd.ctr_image:
    name:
      - registry.k8s.io/pause:3.10
      - registry.k8s.io/coredns/coredns:v1.11.3
    namespace: k8s.io

- name: The kubelet never removes the image of the CNI plugin
  community.containerd.ctr_image:
    name: registry.example.com:5000/team/cni:2.4
    namespace: k8s.io
    pinned: true

- name: The image is known under the name that the manifests use
  community.containerd.ctr_image:
    name: registry.example.com:5000/mirror/nginx:1.27
    repository:
      - docker.io/library/nginx:1.27
      - docker.io/library/nginx:stable
    labels:
      org.example.team: web

- name: The tag is where the registry has it
  community.containerd.ctr_image:
    name: registry.example.com:5000/team/app:stable
    pull: always
    username: deploy
    password: "{{ registry_password }}"

- name: The image comes from the mirrors of hosts.toml, each with its login
  community.containerd.ctr_image:
    name: docker.io/library/nginx:1.27
    hosts_dir: /etc/containerd/certs.d
    auth_file: /etc/containerd/auth.json

- name: The image is here for two platforms, not unpacked
  community.containerd.ctr_image:
    name: docker.io/library/alpine:3.20
    platform:
      - linux/amd64
      - linux/arm64
    unpack: false

- name: The old image is gone and its space is free
  community.containerd.ctr_image:
    name: registry.example.com:5000/team/app:1.0
    state: absent
    sync: true
"""

RETURN = r"""
images:
  description: One entry for each image, in the order of O(name), as a fresh read of the store shows it.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the record.
      type: str
      sample: docker.io/library/nginx:1.27
    state:
      description: V(present) or V(absent). With V(absent) the other values are not there.
      type: str
      sample: present
    digest:
      description: The digest of the manifest or index that the name points to.
      type: str
      sample: sha256:7f0adca1fc6c29c8dc49a2e90037a10ba20dc266baaed0988e9fb4d0d8b85ba0
    media_type:
      description: The media type of that manifest or index.
      type: str
      sample: application/vnd.oci.image.index.v1+json
    platforms:
      description: The platforms that are here, of those wanted. Empty when the image names none.
      type: list
      elements: str
      sample: [linux/amd64]
    size:
      description: Bytes of the manifests, configs and compressed layers that are here.
      type: int
      sample: 72950530
    labels:
      description: The labels of the record.
      type: dict
      sample: {}
    pinned:
      description: Whether the kubelet's garbage collection must spare the image.
      type: bool
      sample: false
    complete:
      description: Whether every blob of the wanted platforms is here.
      type: bool
      sample: true
    missing:
      description:
        - The digests of the blobs that are not here. The index itself when it does not offer a platform.
      type: list
      elements: str
      sample: []
    unpacked:
      description: Whether the layers are unpacked for the snapshotter.
      type: bool
      sample: true
    created_at:
      description: When the record was made. Empty in check mode when it is not there yet.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    updated_at:
      description: When the record last changed.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    source:
      description: The host that told the digest, which may be a mirror. Empty when none was asked.
      type: str
      sample: registry-1.docker.io
    bytes_fetched:
      description:
        - Bytes that moved for this image, or in check mode would move. What several images of the task share moves
          for the first of them. What another namespace has, or an earlier try has left, need not move.
      type: int
      sample: 72950530
references:
  description: One entry for each reference in O(repository) that is here, in that order.
  returned: when O(repository) names others than O(name)
  type: list
  elements: dict
  contains:
    name:
      description: The name of the record.
      type: str
      sample: docker.io/library/nginx:stable
    digest:
      description: The digest of the manifest or index that the name points to.
      type: str
      sample: sha256:7f0adca1fc6c29c8dc49a2e90037a10ba20dc266baaed0988e9fb4d0d8b85ba0
    media_type:
      description: The media type of that manifest or index.
      type: str
      sample: application/vnd.oci.image.index.v1+json
    labels:
      description: The labels of the record.
      type: dict
      sample: {org.example.team: web}
    created_at:
      description: When the record was made. Empty in check mode when it is not there yet.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    updated_at:
      description: When the record last changed.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
actions:
  description: What was done, or in check mode would be done, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["pulled image docker.io/library/nginx:1.27 (sha256:7f0a...) from registry-1.docker.io"]
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(not_found), V(refused), V(unreachable), V(damaged).
      type: str
      sample: unreachable
    call:
      description: The remote call that failed.
      type: str
      sample: images.Get
    code:
      description: The status that the peer gave.
      type: str
      sample: UNAVAILABLE
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import (
    CONNECTION,
    PULL,
    REGISTRY,
    SNAPSHOTTER,
)
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import image
from ansible_collections.community.containerd.plugins.module_utils._runtime.images import ImageRuntime

ARGUMENT_SPEC = {
    **CONNECTION,
    **PULL,
    **REGISTRY,
    **SNAPSHOTTER,
    "name": {"type": "list", "elements": "str", "required": True, "aliases": ["names", "images"]},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "repository": {"type": "list", "elements": "str", "aliases": ["target_names"]},
    "existing_images": {"type": "str", "choices": ["overwrite", "keep"], "default": "overwrite"},
    "labels": {"type": "dict", "aliases": ["label"]},
    "pinned": {"type": "bool"},
    "platform": {"type": "list", "elements": "str", "aliases": ["platforms"]},
    "all_platforms": {"type": "bool", "default": False},
    "unpack": {"type": "bool", "default": True},
    "force": {"type": "bool", "default": False},
    "sync": {"type": "bool", "default": False},
}


def main() -> None:
    run(
        image, ImageRuntime, {"argument_spec": ARGUMENT_SPEC, "required_together": [("username", "password")]}
    )


if __name__ == "__main__":
    main()
