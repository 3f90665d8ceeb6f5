# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How modules behave in check mode, in diff mode and on a second run; documentation shared by all of them."""

from __future__ import annotations


class ModuleDocFragment:
    """The ``attributes:`` section."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details:
      - The answer is the true one. What would be there afterwards is looked up or computed, never guessed.
  diff_mode:
    description: Returns details on what has changed, or would change, when in diff mode.
    support: full
  idempotent:
    description: When run twice in a row outside check mode with the same arguments, the second run changes nothing.
    support: full
  action_group:
    description: Use C(group/community.containerd.ctr) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - community.containerd.ctr
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details:
      - This module does not modify state.
  diff_mode:
    description: Returns details on what has changed, or would change, when in diff mode.
    support: N/A
    details:
      - This module does not modify state.
  idempotent:
    description: When run twice in a row outside check mode with the same arguments, the second run changes nothing.
    support: full
    details:
      - This module does not modify state.
  action_group:
    description: Use C(group/community.containerd.ctr) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - community.containerd.ctr
"""
