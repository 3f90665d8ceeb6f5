#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare what to read about images; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_image_info
short_description: Read which images containerd has, and how complete they are
version_added: 0.1.0
description:
  - Returns the images of a namespace, with what C(ctr images ls), C(ctr images check) and C(ctr images usage) show,
    as data. Nothing is unpacked, fetched or labelled to find out.
extends_documentation_fragment:
  - community.containerd.attributes.info
  - community.containerd.connection
  - community.containerd.snapshotter
options:
  name:
    description:
      - The images to return, as in M(community.containerd.ctr_image). One that is not there is left out.
        The default is all images of the namespace.
    type: list
    elements: str
    aliases: [names, images]
  platform:
    description:
      - The platforms for which an image must be complete, as V(os/architecture[/variant]). The default is the one of
        the managed host.
    type: list
    elements: str
    aliases: [platforms]
  filters:
    description:
      - Which images to return, of those in O(name) or of all. All that is set must hold.
    type: dict
    suboptions:
      reference:
        description:
          - Patterns with V(*), V(?) and V([...]), of which the full name must match one. V(*) matches slashes too.
        type: list
        elements: str
      label:
        description:
          - Labels that the record must have, each V(KEY) or V(KEY=VALUE).
        type: list
        elements: str
      dangling:
        description:
          - V(true) returns records that are named by a digest alone, such as V(sha256:...), when no name leads to their
            target. Such records keep content that nobody can name, in the namespace V(k8s.io) most of all.
          - V(false) returns the others.
        type: bool
      pinned:
        description:
          - Whether the kubelet's garbage collection must spare them.
        type: bool
      complete:
        description:
          - Whether every blob of the wanted platforms is here.
        type: bool
      unpacked:
        description:
          - Whether the layers are unpacked for the snapshotter.
        type: bool
      expression:
        description:
          - Filters in the grammar of containerd, such as V(name~=nginx) or V(labels."org.example.team"==web).
            One of them must match; a comma within one means I(and).
        type: list
        elements: str
  config:
    description:
      - Whether to return RV(images[].config), for which one more document is read for each image.
    type: bool
    default: false
  usage:
    description:
      - Whether to return RV(images[].usage), for which containerd is asked about each snapshot.
    type: bool
    default: false
seealso:
  - module: community.containerd.ctr_image
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: All images of Kubernetes are known
  community.containerd.ctr_image_info:
    namespace: k8s.io
  register: kubernetes

- name: Images that nothing protects from the kubelet are known
  community.containerd.ctr_image_info:
    namespace: k8s.io
    filters:
      reference: ["registry.example.com:5000/*"]
      pinned: false
  register: unpinned

- name: What the images of the web team run, and their size, is known
  community.containerd.ctr_image_info:
    filters:
      label: [org.example.team=web]
    config: true
    usage: true
  register: web

- name: The image is complete
  community.containerd.ctr_image_info:
    name: docker.io/library/nginx:1.27
  register: nginx
  failed_when: not (nginx.images | selectattr('complete') | list)
"""

RETURN = r"""
images:
  description: The images, in the order of O(name) or sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the record.
      type: str
      sample: docker.io/library/nginx:1.27
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
      description: When the record was made.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    updated_at:
      description: When the record last changed.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    offered:
      description: The platforms that the index lists, here or not. Empty for an image without an index.
      type: list
      elements: str
      sample: [linux/amd64, linux/arm64]
    problem:
      description:
        - Why what the name points to is no image, such as a manifest that was emptied by a power loss. A task of
          M(community.containerd.ctr_image) puts a damaged one right.
        - The bytes of indexes and manifests are checked against their digests, those of layers are not.
      type: str
      sample: ''
    usage:
      description:
        - Bytes that the unpacked layers take on the disk, by snapshotter. What images share is counted for each.
      returned: when O(usage) is V(true)
      type: dict
      sample: {overlayfs: 187654144}
    config:
      description:
        - What was built into the image, for the first of the wanted platforms whose config is here. Empty when none is.
      returned: when O(config) is V(true)
      type: dict
      contains:
        digest:
          description: The digest of the config, which Docker and the CRI call the image's id.
          type: str
          sample: sha256:4bb46517cac397bdb0bab6eba09b0e1f8e90ddd17cf99662997c3253531136f8
        created:
          description: When the image was built, as its builder says.
          type: str
          sample: '2026-08-12T00:00:00Z'
        author:
          description: Who built it.
          type: str
          sample: ''
        os:
          description: The operating system.
          type: str
          sample: linux
        architecture:
          description: The CPU architecture.
          type: str
          sample: amd64
        variant:
          description: The variant of the architecture.
          type: str
          sample: ''
        entrypoint:
          description: The entrypoint.
          type: list
          elements: str
          sample: [/docker-entrypoint.sh]
        command:
          description: The command.
          type: list
          elements: str
          sample: [nginx, -g, daemon off;]
        env:
          description: The variables, each V(NAME=VALUE).
          type: list
          elements: str
          sample: [PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin]
        user:
          description: The user.
          type: str
          sample: ''
        working_dir:
          description: The working directory.
          type: str
          sample: /
        labels:
          description: The labels that were built into the image.
          type: dict
          sample: {maintainer: web team}
        exposed_ports:
          description: The ports that the image says it listens on.
          type: list
          elements: str
          sample: [80/tcp]
        volumes:
          description: The paths that the image wants to be volumes.
          type: list
          elements: str
          sample: []
        stop_signal:
          description: The signal that asks its process to end.
          type: str
          sample: SIGQUIT
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(refused) or V(unreachable).
      type: str
      sample: unreachable
    call:
      description: The remote call that failed.
      type: str
      sample: images.List
    code:
      description: The status that containerd gave.
      type: str
      sample: UNAVAILABLE
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import (
    CONNECTION,
    SNAPSHOTTER,
)
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import image_info
from ansible_collections.community.containerd.plugins.module_utils._runtime.image_listing import ImageListing

ARGUMENT_SPEC = {
    **CONNECTION,
    **SNAPSHOTTER,
    "name": {"type": "list", "elements": "str", "aliases": ["names", "images"]},
    "platform": {"type": "list", "elements": "str", "aliases": ["platforms"]},
    "filters": {
        "type": "dict",
        "options": {
            "reference": {"type": "list", "elements": "str"},
            "label": {"type": "list", "elements": "str"},
            "dangling": {"type": "bool"},
            "pinned": {"type": "bool"},
            "complete": {"type": "bool"},
            "unpacked": {"type": "bool"},
            "expression": {"type": "list", "elements": "str"},
        },
    },
    "config": {"type": "bool", "default": False},
    "usage": {"type": "bool", "default": False},
}


def main() -> None:
    run(image_info, ImageListing, {"argument_spec": ARGUMENT_SPEC})


if __name__ == "__main__":
    main()
