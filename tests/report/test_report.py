# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the playbook image_report in a real browser: on a phone, in the dark, without scripts.

The pictures stay in build/report/, to be looked at. That the data are true is shown by the target ``playbooks``.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "build/report"
HOSTILE = "<script>document.title = 'taken'</script>"
PHONE, SCREEN = 390, 1280
DARK, LIGHT = ("--blink-settings=preferredColorScheme=%d" % number for number in (0, 1))
# A page around the report, which tells how wide it would like to be, how many of its tables are, and what can be read.
FRAME = """<iframe id=f width=%d height=4000 style="border:0" src=report.html></iframe><pre id=told></pre><script>
f.onload = () => { const page = f.contentDocument
const cut = [...page.querySelectorAll('.scroll')].filter(each => each.scrollWidth > each.clientWidth)
told.textContent = JSON.stringify({width: page.documentElement.scrollWidth, cut: cut.length, text: page.body.innerText,
paper: f.contentWindow.getComputedStyle(page.body).backgroundColor, title: document.title}) }</script>"""


def image(name: str, **more: Any) -> dict[str, Any]:
    usual = {
        **{"name": name, "digest": "sha256:" + "7f0adca1" * 8, "size": 72950530, "unpacked_size": 191000000},
        **{"changed_at": "2026-10-01T00:00:00Z", "age_days": 54, "complete": True, "unpacked": True},
        **{"pinned": True, "problem": "", "wanted": True, "drifted": False},
    }
    return {**usual, **more}


def host(name: str, images: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    usual = {
        **{"name": name, "answers": True, "version": "1.7.29", "images": images, "lacking": []},
        **{"size": sum(each["size"] for each in images), "deprecations": [], "unhealthy": []},
    }
    return {**usual, **more}


NGINX, APP = (
    "docker.io/library/nginx:1.27",
    "registry.example.com:5000/a-team-with-a-long-name/application:2026.11.24",
)
REPORT = {
    "generated_at": "2026-11-24T21:00:00Z",
    "namespace": "k8s.io",
    "wanted": [NGINX, APP],
    "hosts": [
        host("node-1.example.com", [image(NGINX), image(APP)]),
        host(
            "node-2.example.com",
            [
                image(NGINX, drifted=True, digest="sha256:" + "0123abcd" * 8),
                image(APP, complete=False, problem=HOSTILE, unpacked=False),
            ],
            **{
                "lacking": ["registry.k8s.io/pause:3.10"],
                "unhealthy": ["io.containerd.snapshotter.v1.devmapper"],
            },
            deprecations=[
                "The `mirrors` property is deprecated since containerd v1.5. Use `config_path` instead."
            ],
        ),
        {
            **{"name": "node-3.example.com", "answers": False},
            "error": "cannot reach containerd at /run/containerd/containerd.sock: Permission denied; run with become",
        },
        host("node-4.example.com", []),
    ],
    "images": [
        {
            "name": NGINX,
            "hosts": 2,
            "pinned": 2,
            "incomplete": 0,
            "digests": ["sha256:" + "7f0adca1" * 8] * 2,
        },
        {"name": APP, "hosts": 2, "pinned": 2, "incomplete": 1, "digests": ["sha256:" + "7f0adca1" * 8]},
    ],
    "summary": {
        **{"hosts": 4, "silent": 1, "images": 2, "incomplete": 1, "drifted": 1, "lacking": 1},
        **{"several_digests": 1, "unhealthy": 1},
    },
}


def browse(*options: str) -> str:
    command = [str(ROOT / "tests/tools/browser"), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True, cwd=PLACE).stdout


def looked_at(width: int) -> dict[str, Any]:
    """What a reader with a window of this width has of the page."""
    (PLACE / "frame.html").write_text(FRAME % width, encoding="utf-8")
    dom = browse(DARK, "--allow-file-access-from-files", "--dump-dom", f"file://{PLACE}/frame.html")
    found = re.search(r'<pre id="told">(.*?)</pre>', dom, re.DOTALL)
    assert found, dom
    told: dict[str, Any] = json.loads(html.unescape(found[1]))
    return told


@pytest.fixture(scope="module", autouse=True)
def page() -> str:
    """The page, made of the data above by the playbook's own template."""
    PLACE.mkdir(parents=True, exist_ok=True)
    (PLACE / "data.json").write_text(json.dumps({"containerd_report": REPORT}), encoding="utf-8")
    words = f"src={ROOT}/playbooks/templates/image_report.html.j2 dest={PLACE}/report.html"
    argv = [
        sys.executable,
        "-m",
        "ansible",
        "adhoc",
        "localhost",
        "-m",
        "ansible.builtin.template",
        "-a",
        words,
    ]
    subprocess.run([*argv, "-e", f"@{PLACE}/data.json"], check=True, timeout=60, capture_output=True)
    return (PLACE / "report.html").read_text(encoding="utf-8")


def test_the_page_is_one_file_without_a_script(page: str) -> None:
    assert "<script" not in page
    assert re.findall(r"""(?:src|href|url)\s*[=(]""", page) == []


def test_a_phone_shows_all_that_matters_without_scrolling_sideways() -> None:
    told = looked_at(PHONE)
    assert told["width"] <= PHONE
    assert told["cut"] == 0
    assert told["paper"] == "rgb(13, 17, 23)", "it is not dark"
    assert told["title"] == ""
    for text in (
        *(
            "1 without an answer",
            "1 incomplete",
            "1 wanted and not there",
            HOSTILE,
            "node-3.example.com: no answer",
        ),
        *("Wanted and not there: registry.k8s.io/pause:3.10", "not the wanted digest", "Permission denied"),
        *("Broken plugin: io.containerd.snapshotter.v1.devmapper", "Use `config_path` instead"),
    ):
        assert text in re.sub(r"\s+", " ", told["text"]), text
    assert "containerd 1.7.29, 2 images" in re.sub(r"\s+", " ", told["text"])


@pytest.mark.parametrize(
    ("name", "width", "scheme"), [("phone-dark", PHONE, DARK), ("screen", SCREEN, LIGHT)]
)
def test_a_picture_is_taken(name: str, width: int, scheme: str) -> None:
    picture = PLACE / f"{name}.png"
    picture.unlink(missing_ok=True)
    size = f"--window-size={width},1800"
    browse(scheme, size, f"--screenshot={picture}", f"file://{PLACE}/report.html")
    assert picture.read_bytes().startswith(b"\x89PNG")
