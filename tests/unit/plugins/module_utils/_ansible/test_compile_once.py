# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports from a task's zip: each module compiled once, found and named as Python itself would."""

from __future__ import annotations

import subprocess
import sys
import zipfile

FILES = {
    "parcel/__init__.py": "",
    "parcel/inner/__init__.py": "",
    "parcel/inner/deep.py": "WORD = 'deep'\n",
    "parcel/top.py": "from .inner import deep\nWORD = deep.WORD\n",
    "parcel/broken.py": "def (:\n",
}
COUNT = """
import builtins, json, sys, zipimport
sys.path.insert(0, {zip!r})
sys.path.insert(1, {source!r})
if {is_hooked}:
    from compile_once import compile_once
    compile_once()
    compile_once()
compiled = []
real = builtins.compile
def counting(source, name, *args, **kwargs):
    compiled.append(name.rpartition('parcel/')[2])
    return real(source, name, *args, **kwargs)
builtins.compile = counting
import parcel.top
top = parcel.top
try:
    import parcel.broken
    complaint = ''
except SyntaxError as exc:
    complaint = type(exc).__name__
try:
    import parcel.missing
except ImportError as exc:
    complaint += ' ' + exc.name
print(json.dumps([compiled.count('top.py'), top.WORD, top.__file__[-13:], top.__package__, complaint]))
"""


def _run(tmp_path, is_hooked):
    parcel = tmp_path / "task.zip"
    with zipfile.ZipFile(str(parcel), "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    source = __file__.partition("/tests/unit/")[0] + "/plugins/module_utils/_ansible"
    script = COUNT.format(zip=str(parcel), source=source, is_hooked=is_hooked)
    answer = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=True)
    return answer.stdout.decode().strip()


def test_a_module_from_a_zip_is_compiled_once(tmp_path):
    assert _run(tmp_path, True).startswith("[1, ")


def test_all_else_is_as_python_has_it(tmp_path):
    ours, pythons = _run(tmp_path, True), _run(tmp_path, False)

    assert ours.partition(", ")[2] == pythons.partition(", ")[2]
    assert '"deep", "parcel/top.py", "parcel", "SyntaxError parcel.missing"' in ours
