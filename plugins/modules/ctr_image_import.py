#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare images of an archive; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_image_import
short_description: Import images from an archive into containerd
version_added: 0.1.0
description:
  - Ensures that the images of an archive are present in a containerd namespace, as C(ctr images import) does,
    but only what is not there yet is written. Digests are compared before a layer is read.
  - The archive is what C(ctr images export), C(nerdctl save), C(docker save), C(podman save), C(skopeo) or C(buildah)
    write, that is an OCI image layout or Docker's format, as tar, or as tar compressed with gzip or zstd.
  - The archive may lie on the managed host (O(path)) or on the controller (O(src)). From the controller only those
    layers travel that the managed host lacks.
  - The names and digests are those of C(ctr images import), whatever the version of containerd.
    A name made of today's date, which C(ctr) gives to an image that has a tag only, is not made. Set O(base_name) then.
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
  - community.containerd.snapshotter
attributes:
  action:
    description: Whether an action plugin of the same name does a part of the work on the controller.
    support: full
    details:
      - It reads the archive when O(src) is there.
  async:
    description: Supports being used with the C(async) keyword.
    support: partial
    details:
      - With O(path), or O(src) and O(remote_src=true). A job in the background cannot read what is on the controller.
options:
  path:
    description:
      - The archive, on the managed host.
      - One of O(path) and O(src) is required.
    type: path
    aliases: [archive_path, load_path, input]
  src:
    description:
      - The archive, on the controller. A relative path is looked for where M(ansible.builtin.copy) would look,
        that is in C(files/) of the role and beside the playbook.
      - First the manifests travel, some KiB for an image. Then the layers travel that are not on the host, and none
        when nothing has to change. They need room in C(remote_tmp) of the host while they are imported.
      - In check mode no layer travels, and the answer is the true one all the same.
    type: path
  remote_src:
    description:
      - Whether O(src) is on the managed host, which is then the same as O(path).
    type: bool
    default: false
  name:
    description:
      - The images to import, by the names that the archive gives them. The default is all of them.
      - Docker's short names work. V(nginx) selects V(docker.io/library/nginx:latest).
      - Only the layers of these images are written. A name that the archive does not hold is an error.
    type: list
    elements: str
    aliases: [names, images]
  base_name:
    description:
      - A repository, such as V(docker.io/library/nginx). An image that the archive calls only by a tag is named by
        this and the tag. An image with a full name is imported only when this is its repository, or a part of it up
        to a V(/).
      - Without it, an image that has a tag only is an error.
    type: str
  index_name:
    description:
      - A name for the index of the archive itself, that is for all of its images together.
      - It is the way to name an archive with one image that has no name in it.
    type: str
  digests:
    description:
      - Whether each image is also named by O(base_name), V(@) and its digest, whether it has another name or not.
      - Needs O(base_name).
    type: bool
    default: false
  platform:
    description:
      - The platforms to import, as V(os/architecture[/variant]). The default is the one of the managed host.
      - An image that is not for one of them is an error.
    type: list
    elements: str
    aliases: [platforms]
  all_platforms:
    description:
      - Whether to import every platform that the archive holds as a whole. Platforms that an index lists but whose
        layers are neither in the archive nor on the host are passed over.
    type: bool
    default: false
  unpack:
    description:
      - Whether the layers must be unpacked, so that a container can start at once.
    type: bool
    default: true
  labels:
    description:
      - Labels for the records of the images. Other labels that a record has already stay.
      - An empty value means that there must be no label of that name.
    type: dict
notes:
  - The kubelet sees only the images of namespace V(k8s.io). Set O(namespace=k8s.io) for its nodes.
  - A name that exists already and points to another image is moved.
  - A blob that is in the store already need not be in the archive. An archive with only the new layers can be imported.
  - An archive that is compressed with zstd needs Python 3.14 or the library libzstd, on the host that holds it.
    Nearly every distribution has it installed.
  - A compressed archive has to be unpacked to be looked at, in memory and piece by piece. It is unpacked once when
    nothing has to change, and twice when something has. An archive that is not compressed is not read for that.
  - When the archive is damaged, or ends too early, nothing of it stays.
requirements:
  - python >= 3.8
seealso:
  - module: community.containerd.ctr_image
  - module: community.containerd.ctr_image_info
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: The images of an archive on the host are present
  community.containerd.ctr_image_import:
    path: /srv/images/release.tar

- name: The images of an archive from here are where the kubelet sees them
  community.containerd.ctr_image_import:
    src: airgap-images.tar.gz
    namespace: k8s.io

- name: Only one image of the archive is present
  community.containerd.ctr_image_import:
    path: /srv/images/release.tar
    name: docker.io/library/nginx:1.27

- name: An archive that names its image by a tag gets the rest from here
  community.containerd.ctr_image_import:
    path: /srv/images/app-oci.tar
    base_name: registry.example.com/team/app

- name: An archive without any name in it is known by one of its own
  community.containerd.ctr_image_import:
    path: /srv/images/nameless.tar
    index_name: registry.example.com/team/nameless:1

- name: The images are there for two platforms, not unpacked, with a label
  community.containerd.ctr_image_import:
    path: /srv/images/release.tar
    platform:
      - linux/amd64
      - linux/arm64
    unpack: false
    labels:
      org.example.release: "2026.11"
"""

RETURN = r"""
images:
  description: The images as they are afterwards, or in check mode would be, one entry for each name.
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
      description: When the record was made. Empty in check mode when it is not there yet.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    updated_at:
      description: When the record last changed.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
bytes_written:
  description: Bytes of the blobs that the namespace lacked, each counted once. In check mode, those that it lacks.
  returned: success
  type: int
  sample: 72950530
bytes_sent:
  description: Bytes that travelled from the controller. In check mode, only those of the manifests.
  returned: when O(src) is on the controller
  type: int
  sample: 72954880
lacking:
  description: Digests of layers that have still to be sent. The action plugin sends them, and leaves this out.
  returned: when the archive is a catalogue, that is one of manifests without their layers
  type: list
  elements: str
  sample: []
actions:
  description: What was done, or in check mode would be done, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["imported image docker.io/library/nginx:1.27 (sha256:7f0a...)"]
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(not_found), V(refused), V(unreachable), V(damaged).
      type: str
      sample: damaged
    call:
      description: The remote call that failed.
      type: str
      sample: content.Write
    code:
      description: The status that the peer gave.
      type: str
      sample: FAILED_PRECONDITION
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import (
    CONNECTION,
    SNAPSHOTTER,
)
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import image_import
from ansible_collections.community.containerd.plugins.module_utils._runtime.image_archives import (
    ImportRuntime,
)

ARGUMENT_SPEC = {
    **CONNECTION,
    **SNAPSHOTTER,
    "path": {"type": "path", "aliases": ["archive_path", "load_path", "input"]},
    "src": {"type": "path"},
    "remote_src": {"type": "bool", "default": False},
    "name": {"type": "list", "elements": "str", "aliases": ["names", "images"]},
    "base_name": {"type": "str"},
    "index_name": {"type": "str"},
    "digests": {"type": "bool", "default": False},
    "platform": {"type": "list", "elements": "str", "aliases": ["platforms"]},
    "all_platforms": {"type": "bool", "default": False},
    "unpack": {"type": "bool", "default": True},
    "labels": {"type": "dict"},
}


def main() -> None:
    run(
        image_import,
        ImportRuntime,
        {
            "argument_spec": ARGUMENT_SPEC,
            "mutually_exclusive": [("path", "src"), ("platform", "all_platforms")],
            "required_one_of": [("path", "src")],
        },
    )


if __name__ == "__main__":
    main()
