# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When and how fast modules pull; mirrors ``_ansible/options.py``."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of PULL."""

    DOCUMENTATION = r"""
options:
  pull:
    description:
      - When to ask the registry.
      - V(missing) asks only when the image, or a part of it, is not here. A tag that is here stays where it is.
      - V(always) asks for the digest behind the tag, and fetches when it differs from the one here.
        A reference with a digest is never asked for again once it is complete.
      - V(never) works with what is here, and fails when that is not enough.
      - V(not_present) is another word for V(missing).
    type: str
    choices: [missing, always, never, not_present]
    default: missing
  max_concurrent_downloads:
    description:
      - How many blobs are fetched at the same time, over all images of the task.
    type: int
    default: 4
"""
