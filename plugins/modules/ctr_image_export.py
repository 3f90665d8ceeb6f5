#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare an archive of images; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_image_export
short_description: Write images of containerd to an archive
version_added: 0.1.0
description:
  - Ensures that a tar file on the managed host holds these images, and nothing else.
  - One file serves everybody, if O(format) is not set. It is an OCI layout, which C(ctr images import), C(podman load)
    and C(skopeo copy oci-archive:) read, and it has the C(manifest.json) that C(docker load) looks for.
  - Layers are taken over as they are, so the digests of an imported image are those of the registry it came from.
    Every blob is held against its digest on the way.
  - The archive is written aside and put in its place when it is whole. A failure, or a kill, leaves the file that was
    there. Where the file system cannot hide an unfinished file, it is called C(.NAME.ctr-RANDOM) meanwhile, and one
    that a killed module left is removed by the next that writes to the same O(path).
  - The same images give the same bytes, whenever and wherever they are exported.
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
  - community.containerd.file
options:
  names:
    description:
      - The images, as in M(community.containerd.ctr_image). All go into one archive, where each keeps its name.
      - One that is not in the namespace is an error.
    type: list
    elements: str
    required: true
    aliases: [name, images, image]
  path:
    description:
      - The archive to write. Its directory must exist. If this is a link, the file that it points to is replaced.
      - Nothing is written when the file holds the wanted images already, whoever made it. That is judged by names,
        digests and sizes, and by the bytes of all manifests and configs. The bytes of layers are not read again.
        With O(force) they are written anew.
      - Anything else that is there, an archive of other images or no archive at all, is replaced.
    type: path
    required: true
    aliases: [dest, archive_path]
  platform:
    description:
      - The platforms whose content goes into the archive, as V(os/architecture[/variant]). The default is the one of
        the managed host.
      - All that belongs to them must be here. If anything is missing, the task fails, names the platform, and writes
        nothing. M(community.containerd.ctr_image) completes an image.
      - The index of an image of several platforms is kept whole, lest its digest changes, and lists platforms that the
        archive has nothing for. Tools that load one platform do not mind.
    type: list
    elements: str
    aliases: [platforms]
  all_platforms:
    description:
      - Whether every platform that an image offers goes into the archive, and its attestations with them.
        If one is not complete here, the task fails and names it.
    type: bool
    default: false
  format:
    description:
      - If not set, one file that everybody reads, as C(ctr images export) and newer C(docker save) write it.
      - V(oci) leaves out C(manifest.json), which is for docker.
      - V(docker) leaves out the OCI layout. Docker's format has room for one platform and for no manifests, so what is
        imported from it has other digests than what was exported.
      - Docker's part of a file has one platform of each image, the one of the managed host if it is among the exported,
        and its names without digests.
    type: str
    choices: [oci, docker]
  force:
    description:
      - Whether to write the archive even if it holds the images already. The task is then always changed.
    type: bool
    default: false
seealso:
  - module: community.containerd.ctr_image
  - module: ansible.builtin.fetch
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: The image lies in an archive
  community.containerd.ctr_image_export:
    name: docker.io/library/nginx:1.27
    path: /var/tmp/nginx.tar

- name: All images of a node are in one archive that only root reads
  community.containerd.ctr_image_export:
    namespace: k8s.io
    names:
      - registry.k8s.io/pause:3.10
      - registry.k8s.io/coredns/coredns:v1.11.3
    path: /srv/images/kubernetes.tar
    owner: root
    mode: '0600'

- name: The archive serves two platforms, which ctr_image has fetched before
  community.containerd.ctr_image_export:
    name: registry.example.com/team/app:1.2
    platform: [linux/amd64, linux/arm64]
    path: /srv/images/app.tar

- name: An old docker can load the image
  community.containerd.ctr_image_export:
    name: docker.io/library/nginx:1.27
    path: /srv/images/nginx-docker.tar
    format: docker
"""

RETURN = r"""
path:
  description: The archive.
  returned: success
  type: str
  sample: /srv/images/kubernetes.tar
size:
  description: The bytes of the archive. In check mode, those that it would have.
  returned: success
  type: int
  sample: 74813952
images:
  description: The images in the archive, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name in full.
      type: str
      sample: registry.k8s.io/pause:3.10
    digest:
      description: The digest of its index or manifest.
      type: str
      sample: sha256:ee6521f290b2168b6e0935a181d4cff9be1ac3f505666ef0e3c98fae8199917a
    media_type:
      description: The media type of that.
      type: str
      sample: application/vnd.oci.image.index.v1+json
    platforms:
      description: The platforms of the index whose content is in the archive. Empty for an image that is no index.
      type: list
      elements: str
      sample: [linux/amd64]
    size:
      description: The bytes of its blobs in the archive. What images share counts for each.
      type: int
      sample: 320368
actions:
  description: What was done, or in check mode would be, as sentences.
  returned: success
  type: list
  elements: str
  sample:
    - write /srv/images/kubernetes.tar with registry.k8s.io/pause:3.10 (323072 bytes)
error:
  description: What a machine can make of a failure.
  returned: failure
  type: dict
  contains:
    kind:
      description: The way in which it failed, such as V(not_found), V(unreachable), V(refused) or V(damaged).
      type: str
      sample: not_found
    call:
      description: The call to containerd that failed.
      type: str
      sample: images.Get
    code:
      description: The status that containerd gave.
      type: str
      sample: UNAVAILABLE
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.files import run_with_files
from ansible_collections.community.containerd.plugins.module_utils._ansible.options import CONNECTION, FILE
from ansible_collections.community.containerd.plugins.module_utils._reconcile import image_export
from ansible_collections.community.containerd.plugins.module_utils._runtime.export import ExportRuntime

ARGUMENT_SPEC = {
    **CONNECTION,
    **FILE,
    "names": {
        "type": "list",
        "elements": "str",
        "required": True,
        "aliases": ["name", "images", "image"],
    },
    "path": {"type": "path", "required": True, "aliases": ["dest", "archive_path"]},
    "platform": {"type": "list", "elements": "str", "aliases": ["platforms"]},
    "all_platforms": {"type": "bool", "default": False},
    "format": {"type": "str", "choices": ["oci", "docker"]},
    "force": {"type": "bool", "default": False},
}


def main() -> None:
    run_with_files(image_export, ExportRuntime, {"argument_spec": ARGUMENT_SPEC})


if __name__ == "__main__":
    main()
