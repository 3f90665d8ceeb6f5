# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module called as ansible calls it: options as JSON in, one JSON object out."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Callable

from ansible.module_utils import basic


@contextlib.contextmanager
def options(given: Mapping[str, Any]) -> Iterator[None]:
    """As the arguments of the next AnsibleModule."""
    try:
        from ansible.module_utils.testing import patch_module_args
    except ImportError:  # ansible-core before 2.19
        before, basic._ANSIBLE_ARGS = basic._ANSIBLE_ARGS, json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
        try:
            yield
        finally:
            basic._ANSIBLE_ARGS = before
    else:
        with patch_module_args(dict(given)):
            yield


def exit_code(main: Callable[[], None]) -> Any:
    try:
        main()
    except SystemExit as exc:
        return exc.code
    raise AssertionError("a module ends by exit_json or fail_json")


def call(main: Callable[[], None], *, check: bool = False, **given: Any) -> dict[str, Any]:
    """The result; `raw` in it is all that was printed."""
    printed = io.StringIO()
    with options({**given, "_ansible_check_mode": check}), contextlib.redirect_stdout(printed):
        code = exit_code(main)
    result: dict[str, Any] = json.loads(printed.getvalue())
    if bool(code) != bool(result.get("failed")):
        raise AssertionError("exit code %r does not fit the result" % (code,))
    return {**result, "raw": printed.getvalue()}
