#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare what a registry has of an image; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_image_push
short_description: Push images of containerd to a registry
version_added: 0.1.0
description:
  - Ensures that a registry has, under a reference, the image that is here, with the same digest.
  - The registry is asked for the digest behind the reference. When it is the one of the image, nothing else is read
    or sent. Else what the registry lacks is sent, and the reference points to the image only once all of it is there.
  - Blobs that another repository of the same registry has are mounted from there, when the registry allows it and
    the image was pulled from there.
  - Bytes are sent as they are stored. Manifests are not made anew, so digests and signatures stay what they are.
    Nothing changes in containerd.
  - Layers are read from the files of containerd's content store where those are on this host and can be read,
    else through containerd.
  - Layers whose media type says that they are not distributable (C(foreign), C(nondistributable)) are left out.
  - The module speaks to the API of containerd and to the registry itself. It does not use C(ctr).
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
  - community.containerd.registry
options:
  name:
    description:
      - The image, as it is named here.
      - Docker's short names work. V(nginx) means V(docker.io/library/nginx:latest), unless there is an image
        whose name is exactly V(nginx).
    type: str
    required: true
    aliases: [image]
  repository:
    description:
      - Where to push it to, as V([host[:port]/]repository[:tag]). Without a tag, the tag of O(name) is used.
      - A digest, as in V(registry.example.com/team/app@sha256:...), must be the one of the image.
      - The default is the name of the image itself.
      - No name is made here. To have one, use M(community.containerd.ctr_image).
    type: str
  platform:
    description:
      - The one platform to push, as V(os/architecture[/variant]).
        Its manifest is what the reference then points to, as with C(ctr images push --platform) of containerd 1.6
        and 1.7, so the digest differs from the one of the image here if that is for several platforms.
      - Without it the image is pushed whole, and its digest stays.
        If it is for several platforms and not all of them are here, that is an error, unless the registry has the rest.
        M(community.containerd.ctr_image) fetches them with
        O(community.containerd.ctr_image#module:all_platforms=true).
    type: str
  max_concurrent_uploads:
    description:
      - How many blobs are sent at the same time.
    type: int
    default: 4
seealso:
  - module: community.containerd.ctr_image
  - module: community.containerd.ctr_image_info
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: The registry of the team has the image
  community.containerd.ctr_image_push:
    name: registry.example.com:5000/team/app:1.2
    username: deploy
    password: "{{ registry_password }}"

- name: A public image is in the data centre, too, for all its platforms
  community.containerd.ctr_image_push:
    name: docker.io/library/nginx:1.27
    repository: registry.example.com:5000/mirror/nginx

- name: Only the image for one platform is pushed
  community.containerd.ctr_image_push:
    name: docker.io/library/nginx:1.27
    repository: registry.example.com:5000/edge/nginx:1.27
    platform: linux/arm64
"""

RETURN = r"""
image:
  description: What the registry has under the reference, as a fresh look at it shows.
  returned: success
  type: dict
  contains:
    name:
      description: The name of the image here.
      type: str
      sample: docker.io/library/nginx:1.27
    reference:
      description: Where the image is in the registry.
      type: str
      sample: registry.example.com:5000/mirror/nginx:1.27
    digest:
      description: The digest that the reference stands for.
      type: str
      sample: sha256:7f0adca1fc6c29c8dc49a2e90037a10ba20dc266baaed0988e9fb4d0d8b85ba0
    media_type:
      description: The media type of that manifest or index.
      type: str
      sample: application/vnd.oci.image.index.v1+json
    bytes_sent:
      description:
        - Bytes of blobs and manifests that were sent.
        - In check mode those that would be sent, if the registry mounts what it has in another repository.
      type: int
      sample: 72950530
    bytes_mounted:
      description: Bytes of blobs that the registry mounted, or in check mode would mount, from another repository.
      type: int
      sample: 0
actions:
  description: What was done, or in check mode would be done, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["pushed image docker.io/library/nginx:1.27 (sha256:7f0a...) to registry.example.com:5000/mirror/nginx:1.27"]
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(not_found), V(refused), V(unreachable), V(damaged).
      type: str
      sample: refused
    call:
      description: The remote call that failed, if it was one.
      type: str
      sample: POST https://registry.example.com:5000/v2/mirror/nginx/blobs/uploads/
    code:
      description: The status that the peer gave.
      type: str
      sample: '403'
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import (
    CONNECTION,
    REGISTRY,
)
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import image_push
from ansible_collections.community.containerd.plugins.module_utils._runtime.push import PushRuntime

ARGUMENT_SPEC = {
    **CONNECTION,
    **REGISTRY,
    "name": {"type": "str", "required": True, "aliases": ["image"]},
    "repository": {"type": "str"},
    "platform": {"type": "str"},
    "max_concurrent_uploads": {"type": "int", "default": 4},
}


def main() -> None:
    run(
        image_push,
        PushRuntime,
        {"argument_spec": ARGUMENT_SPEC, "required_together": [("username", "password")]},
    )


if __name__ == "__main__":
    main()
