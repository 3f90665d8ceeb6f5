# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository for dnf: containerd.io 1.6, 1.7 and 2.1, made of the programs of the lab, each package signed.

Knows rpmbuild, rpmsign and createrepo_c. The key is the vendor's.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from lab import packages
from lab.processes import run

SPECIFICATION = """\
Name: {name}
Version: {version}
Release: 1
Summary: As a vendor packages it
License: Apache-2.0
AutoReqProv: no
{architecture}
%description
%{{summary}}
%install
mkdir -p %{{buildroot}}
{install}
{scripts}
%files
{files}
"""
SCRIPTS = """\
%post
systemctl daemon-reload
if [ "$1" = 1 ]; then systemctl enable --now containerd; fi
%preun
if [ "$1" = 0 ]; then systemctl disable --now containerd; fi
%postun
if [ "$1" != 0 ]; then systemctl try-restart containerd; fi
"""


def fill(place: Path, releases: Iterable[packages.Release], keys: Path) -> None:
    """The packages and their index. Those that others need are there in name only: the host has Debian's."""
    place.mkdir()
    work = place.parent / "rpmbuild"
    for release in releases:
        build(work, "containerd.io", release.exact, tree=tree_of(work / "tree", release), scripts=SCRIPTS)
    for name in ("python3-requests", "python3-tomlkit", "sh"):
        build(work, name, "1")
    for path in work.glob("RPMS/*/*.rpm"):
        path.rename(place / path.name)
    shutil.rmtree(work)
    signing = [
        "--define",
        f"__gpg {shutil.which('gpg')}",
        "--define",
        f"_gpg_name {keys.name}@vendor.example",
        "--define",
        f"_gpg_path {keys}",
    ]
    run(["rpmsign", *signing, "--addsign", *map(str, place.glob("*.rpm"))])
    run(["gpgconf", "--homedir", str(keys), "--kill", "all"])
    run(["createrepo_c", "--quiet", "--no-database", str(place)])


def tree_of(tree: Path, release: packages.Release) -> Path:
    """The files of a package, where they go."""
    lab = packages.cache_directory() / "packages" / packages.SUITE_OF[release.version] / "containerd"
    shutil.rmtree(tree, ignore_errors=True)
    (unit,) = lab.glob("**/containerd.service")
    files = {f"usr/bin/{program.name}": program.resolve() for program in release.bin.iterdir()}
    files["usr/lib/systemd/system/containerd.service"] = unit
    files["etc/containerd/config.toml"] = lab / "etc/containerd/config.toml"
    for name, source in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, tree / name)
    return tree


def build(work: Path, name: str, version: str, *, tree: Path | None = None, scripts: str = "") -> None:
    """One package, not compressed, without what rpm would find out by itself."""
    work.mkdir(exist_ok=True)
    files = [f"/{path.relative_to(tree)}" for path in tree.rglob("*") if path.is_file()] if tree else []
    specification = work / f"{name}.spec"
    specification.write_text(
        SPECIFICATION.format(
            name=name,
            version=version,
            architecture="" if tree else f"BuildArch: noarch\nProvides: /bin/{name}",
            install=f"cp -a {tree}/. %{{buildroot}}" if tree else "",
            scripts=scripts,
            files="\n".join(
                f"%config(noreplace) {file}" if file.startswith("/etc/") else file for file in files
            ),
        )
    )
    macros = {
        "_topdir": str(work),
        "_dbpath": str(work / "db"),
        "_binary_payload": "w0.gzdio",
        "__os_install_post": "%{nil}",
        "debug_package": "%{nil}",
        "_build_id_links": "none",
    }
    settings = [part for key, value in macros.items() for part in ("--define", f"{key} {value}")]
    run(["rpmbuild", "-bb", "--quiet", "--nodeps", *settings, str(specification)])
