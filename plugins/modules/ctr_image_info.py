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
  - Returns the images of a namespace, with what C(ctr images ls) and C(ctr images check) show, as data.
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
    complete:
      description: Whether every blob of the wanted platforms is here.
      type: bool
      sample: true
    missing:
      description: The digests of the blobs that are not here.
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
from ansible_collections.community.containerd.plugins.module_utils._runtime.image_reading import ImageReading

ARGUMENT_SPEC = {
    **CONNECTION,
    **SNAPSHOTTER,
    "name": {"type": "list", "elements": "str", "aliases": ["names", "images"]},
    "platform": {"type": "list", "elements": "str", "aliases": ["platforms"]},
}


def main() -> None:
    run(image_info, ImageReading, {"argument_spec": ARGUMENT_SPEC})


if __name__ == "__main__":
    main()
