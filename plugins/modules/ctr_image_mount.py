#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare images that are mounted; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_image_mount
short_description: Mount images of containerd on directories of the host
version_added: 0.1.0
description:
  - Ensures that the files of an image are visible on a directory of the managed host, or no longer.
  - What counts is what the kernel says is mounted. After a restart of the host, when the mount is gone, the next run
    mounts again. When the tag of the image has moved to other layers, the next run mounts those instead.
  - The snapshot that is mounted, and the lease that keeps it, have the real path of the directory as their name, as
    with C(ctr images mount). So C(ctr images unmount --rm) undoes what this module did, and this module what C(ctr)
    did.
  - The lease of this module has no end. The garbage collector of containerd leaves the files alone for as long as they
    are mounted, even if the image is removed meanwhile. The lease of C(ctr) ends after 24 hours; this module replaces
    it by one of its own when it finds the right image mounted.
  - The module does not pull. See M(community.containerd.ctr_image).
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
  - community.containerd.snapshotter
options:
  name:
    description:
      - The image, as V([host[:port]/]repository[:tag][@digest]). It must be here and unpacked.
      - Docker's short names work. V(nginx) means V(docker.io/library/nginx:latest), unless there is an image
        whose name is exactly V(nginx).
      - Required with O(state=mounted), and of no meaning otherwise.
    type: str
    aliases: [image]
  path:
    description:
      - The directory. Symbolic links on the way to it are followed.
      - With O(state=mounted) it is made when it is missing, with mode V(0755). What it holds already is hidden for as
        long as the image is mounted.
      - A directory where something else is mounted is an error with either state. This includes what belongs to another
        O(namespace), and what C(ctr images mount) mounted so long ago that containerd has forgotten it.
    type: path
    required: true
    aliases: [dest]
  state:
    description:
      - V(mounted) ensures that the image is mounted.
      - V(unmounted) ensures that no image is, and removes the snapshot and the lease. The directory stays.
      - A mount that is in use is not taken off; the error names who uses it.
    type: str
    choices: [mounted, unmounted]
    default: mounted
  read_only:
    description:
      - Whether the files can only be read.
      - With V(false) what is written goes to a snapshot of this mount, never into the image. It survives a restart of
        the host. It is lost when the image is unmounted, and so when it is mounted anew since its tag has moved, or
        this option or O(snapshotter) has changed.
    type: bool
    default: true
  platform:
    description:
      - The platform of which the files are wanted, as V(os/architecture[/variant]). The default is the one of the
        managed host. It must be here and unpacked.
    type: str
seealso:
  - module: community.containerd.ctr_image
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
# The image must be here already; see community.containerd.ctr_image.
- name: The files of the web server's image can be read
  community.containerd.ctr_image_mount:
    name: docker.io/library/nginx:1.27
    path: /mnt/nginx

- name: A copy of them can be written
  community.containerd.ctr_image_mount:
    name: docker.io/library/nginx:1.27
    path: /mnt/nginx-work
    read_only: false

- name: They are no longer needed
  community.containerd.ctr_image_mount:
    path: "{{ item }}"
    state: unmounted
  loop:
    - /mnt/nginx
    - /mnt/nginx-work
"""

RETURN = r"""
mount:
  description: What is on the directory, as the kernel and a fresh read of containerd's store show it.
  returned: success
  type: dict
  contains:
    path:
      description: The real path of the directory, which is the name of the snapshot and of its lease as well.
      type: str
      sample: /mnt/nginx
    state:
      description: V(mounted) or V(unmounted).
      type: str
      sample: mounted
    name:
      description: The name of the image's record.
      returned: with O(state=mounted)
      type: str
      sample: docker.io/library/nginx:1.27
    digest:
      description: The digest of the manifest or index that the name points to.
      returned: with O(state=mounted)
      type: str
      sample: sha256:7f0adca1fc6c29c8dc49a2e90037a10ba20dc266baaed0988e9fb4d0d8b85ba0
    chain_id:
      description: The chain id of the layers that are mounted.
      returned: with O(state=mounted)
      type: str
      sample: sha256:d1cb49e57f7abfb89097f143325455282d7a7e9464286fb5c8732bea6c1917bf
    read_only:
      description: Whether the files can only be read.
      returned: with O(state=mounted)
      type: bool
      sample: true
    snapshotter:
      description: The snapshotter that has the snapshot.
      returned: with O(state=mounted)
      type: str
      sample: overlayfs
    kept:
      description: Whether a lease without an end keeps the snapshot from the garbage collector.
      returned: with O(state=mounted)
      type: bool
      sample: true
actions:
  description: What was done, or in check mode would be done, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["mounted image docker.io/library/nginx:1.27 (sha256:7f0a...) on /mnt/nginx, read-only"]
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(not_found), V(refused), V(unreachable), V(unsupported).
      type: str
      sample: refused
    call:
      description: The remote call that failed.
      type: str
      sample: snapshots.View
    code:
      description: The status that containerd gave, or the name of the kernel's error.
      type: str
      sample: EBUSY
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import (
    CONNECTION,
    SNAPSHOTTER,
)
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import image_mount
from ansible_collections.community.containerd.plugins.module_utils._runtime.image_mounts import (
    ImageMountRuntime,
)

ARGUMENT_SPEC = {
    **CONNECTION,
    **SNAPSHOTTER,
    "name": {"type": "str", "aliases": ["image"]},
    "path": {"type": "path", "required": True, "aliases": ["dest"]},
    "state": {"type": "str", "choices": ["mounted", "unmounted"], "default": "mounted"},
    "read_only": {"type": "bool", "default": True},
    "platform": {"type": "str"},
}


def main() -> None:
    run(
        image_mount,
        ImageMountRuntime,
        {"argument_spec": ARGUMENT_SPEC, "required_if": [("state", "mounted", ("name",))]},
    )


if __name__ == "__main__":
    main()
