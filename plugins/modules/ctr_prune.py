#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare that nothing superfluous is there; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_prune
short_description: Remove what containerd no longer needs
version_added: 0.1.0
description:
  - Removes images, containers, leases, ingests and snapshots that nobody needs from one containerd namespace, and waits
    until the garbage collector of containerd has freed the space.
  - Nothing is removed that is not asked for by an option of its own. Check mode lists exactly what would go.
  - Whatever a container or a lease uses stays. That is the image of a container under all of its names, the images
    whose layers a container stands on, and images that are mounted, see M(community.containerd.ctr_image_mount).
  - Only O(namespace) is touched. What other namespaces hold stays, and its bytes are not counted as freed.
  - Every removal makes containerd collect its garbage. So what nothing led to before goes as well, and is told of.
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
  - community.containerd.snapshotter
options:
  images:
    description:
      - Which images to remove. If not set, all stay.
      - V(dangling) removes those that nobody gave a name. These are records that are named by a digest alone, as the
        kubelet's CRI makes them for every image, once no other name leads to the same content.
      - V(all) removes each image that no container and no lease uses, as far as O(images_filters) and O(images_keep)
        let it go.
      - A pinned image (label C(io.cri-containerd.pinned=pinned)) stays under all of its names.
    type: str
    choices: [dangling, all]
  images_filters:
    description:
      - Removes only those images that pass every filter.
    type: dict
    suboptions:
      until:
        description:
          - Those whose record last changed longer ago than this age, such as V(36h) or V(7d), or before this time in
            UTC, such as V(2026-01-31T12:00:00Z). A record changes when the image is pulled anew.
        type: str
      label:
        description:
          - Those whose record carries all of these labels, each as V(key) or V(key=value).
        type: list
        elements: str
  images_keep:
    description:
      - Images that stay although they pass the filters.
    type: dict
    suboptions:
      newest:
        description:
          - How many unused images of each repository stay, those first whose records changed last.
        type: int
        default: 0
      names:
        description:
          - Patterns of names that stay, such as V(registry.example.com/base/*). A V(*) stands for anything.
        type: list
        elements: str
  containers:
    description:
      - Whether to remove containers that have no process, or one that has ended, with their snapshots.
      - What the restart monitor is to start again stays, and so does what the kubelet's CRI made.
      - A container that is declared but was never started has no process. Use O(containers_filters) to spare it.
    type: bool
    default: false
  containers_filters:
    description:
      - Removes only those containers that pass every filter.
    type: dict
    suboptions:
      until:
        description:
          - Those that were made longer ago than this age, or before this time, as in O(images_filters).
        type: str
      label:
        description:
          - Those that carry all of these labels, each as V(key) or V(key=value).
        type: list
        elements: str
  snapshots:
    description:
      - Whether to remove the snapshots and the content that no image, no container and no lease leads to.
    type: bool
    default: false
  leases:
    description:
      - Whether to remove leases that have expired, and those of runs of this collection that were killed.
      - The lease of an image that is mounted stays.
    type: bool
    default: false
  leases_filters:
    description:
      - Changes which leases go.
    type: dict
    suboptions:
      until:
        description:
          - Removes those as well that were made longer ago than this age, or before this time, even if they have not
            expired. Choose an age that no pull and no build of yours reaches.
        type: str
      label:
        description:
          - Removes only those that carry all of these labels, each as V(key) or V(key=value).
        type: list
        elements: str
  ingests:
    description:
      - Whether to abort downloads that somebody began and left. What has arrived of them is lost.
    type: bool
    default: false
  ingests_filters:
    description:
      - Changes which ingests go.
    type: dict
    suboptions:
      until:
        description:
          - Those to which nothing was written for this age, or since this time.
        type: str
        default: 24h
seealso:
  - module: community.containerd.ctr_image
  - module: community.containerd.ctr_container
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: What was left by clients that died is gone
  community.containerd.ctr_prune:
    leases: true
    ingests: true
    snapshots: true

- name: Old images that nobody uses are gone, but two of each repository
  community.containerd.ctr_prune:
    images: all
    images_filters:
      until: 14d
    images_keep:
      newest: 2
      names:
        - registry.example.com/base/*

- name: A Kubernetes node has no untagged images
  community.containerd.ctr_prune:
    images: dangling
    namespace: k8s.io

- name: Containers that have ended are gone, and the images that only they used
  community.containerd.ctr_prune:
    containers: true
    containers_filters:
      until: 1h
    images: all
"""

RETURN = r"""
images:
  description: The names of the images that went, or in check mode would go.
  returned: success
  type: list
  elements: str
  sample: [docker.io/library/nginx:1.25]
containers:
  description: The containers that went.
  returned: success
  type: list
  elements: str
  sample: [job-17]
leases:
  description: The leases that went.
  returned: success
  type: list
  elements: str
  sample: []
ingests:
  description: The refs of the ingests that went.
  returned: success
  type: list
  elements: str
  sample: []
snapshots:
  description: The keys of the snapshots that went, those of the removed containers and images too.
  returned: success
  type: list
  elements: str
  sample: [sha256:d1cb49e57f7abfb89097f143325455282d7a7e9464286fb5c8732bea6c1917bf]
blobs:
  description: The digests of the content that went.
  returned: success
  type: list
  elements: str
  sample: [sha256:7f0adca1fc6c29c8dc49a2e90037a10ba20dc266baaed0988e9fb4d0d8b85ba0]
space_reclaimed:
  description: Bytes of the content, snapshots and ingests that went, without content that other namespaces hold.
  returned: success
  type: int
  sample: 218104832
actions:
  description: What was done, or in check mode would be done, one sentence each.
  returned: success
  type: list
  elements: str
  sample: ["removed image docker.io/library/nginx:1.25", "collected 7 snapshots and 9 blobs that nothing leads to"]
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(refused), V(unreachable), V(timed_out).
      type: str
      sample: unreachable
    call:
      description: The remote call that failed.
      type: str
      sample: images.Delete
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
from ansible_collections.community.containerd.plugins.module_utils._reconcile import prune
from ansible_collections.community.containerd.plugins.module_utils._runtime.pruning import PruneRuntime

FILTERS = {"until": {"type": "str"}, "label": {"type": "list", "elements": "str"}}

ARGUMENT_SPEC = {
    **CONNECTION,
    **SNAPSHOTTER,
    "images": {"type": "str", "choices": ["dangling", "all"]},
    "images_filters": {"type": "dict", "options": FILTERS},
    "images_keep": {
        "type": "dict",
        "options": {
            "newest": {"type": "int", "default": 0},
            "names": {"type": "list", "elements": "str"},
        },
    },
    "containers": {"type": "bool", "default": False},
    "containers_filters": {"type": "dict", "options": FILTERS},
    "snapshots": {"type": "bool", "default": False},
    "leases": {"type": "bool", "default": False},
    "leases_filters": {"type": "dict", "options": FILTERS},
    "ingests": {"type": "bool", "default": False},
    "ingests_filters": {"type": "dict", "options": {"until": {"type": "str", "default": "24h"}}},
}


def main() -> None:
    run(prune, PruneRuntime, {"argument_spec": ARGUMENT_SPEC})


if __name__ == "__main__":
    main()
