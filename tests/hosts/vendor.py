# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vendor.py DIRECTORY ADDRESS: the mirror of a vendor's repository, signed with a key of its own; prints its pid.

Serves over HTTP, under DIRECTORY/www: deb/ with containerd.io 1.6, 1.7 and 2.1, made of the programs of the lab, for
apt; mirror/, the same at another address; rpm/, the same for dnf; archives/ with containerd, runc and a CNI plugin as
their projects release them, some that are broken, and sums.json, their checksums; key.asc, the vendor's key;
stranger.asc, somebody else's.
Knows the formats of Debian's repositories.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import sys
import tarfile
from email.utils import formatdate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # makes tests/lab the package "lab"

import rpms
from lab import packages, processes
from lab.processes import run

CONTROL = """\
Package: containerd.io
Version: {version}
Architecture: {architecture}
Maintainer: Nobody <nobody@vendor.example>
Depends: libc6
Conflicts: containerd, runc
Replaces: containerd, runc
Description: containerd and runc, as a vendor packages them
"""
# As packages do it: an upgrade starts the service anew, an installation enables it.
AFTER_INSTALLATION = """\
#!/bin/sh
set -e
systemctl daemon-reload
if [ -n "$2" ]; then systemctl try-restart containerd; else systemctl enable --now containerd; fi
"""
BEFORE_REMOVAL = """\
#!/bin/sh
set -e
if [ "$1" = remove ]; then systemctl disable --now containerd; fi
"""
DOES_NOT_START = """\
#!/bin/sh
case "$*" in *"config d"*) exec /usr/local/bin/containerd-1.7 "$@" ;; esac
echo "containerd: no, thank you" >&2
exit 1
"""


def fill(www: Path, keys: Path) -> None:
    """Everything that is served."""
    www.mkdir(parents=True)
    architecture = run(["dpkg", "--print-architecture"]).strip()
    pool = www / "deb" / "pool"
    pool.mkdir(parents=True)
    releases = packages.fetch(packages.VERSIONS)
    for release in releases.values():
        package(pool, release, architecture)
    archives(www / "archives", releases)
    sign(www / "deb", architecture, keys=new_key(keys / "vendor", www / "key.asc"))
    rpms.fill(www / "rpm", releases.values(), keys / "vendor")
    (www / "mirror").symlink_to("deb")
    run(["gpgconf", "--homedir", str(new_key(keys / "stranger", www / "stranger.asc")), "--kill", "all"])


def archives(place: Path, releases: dict[str, packages.Release]) -> None:
    """What the projects containerd, runc and CNI plugins release, not compressed; of 1.7 and 2.1."""
    place.mkdir()
    for release in (releases["1.7"], releases["2.1"]):
        programs = {
            f"bin/{name}": release.bin / name for name in ("containerd", "containerd-shim-runc-v2", "ctr")
        }
        archive(place / f"containerd-{release.exact}-linux-amd64.tar.gz", programs)
    shutil.copy(releases["1.7"].bin / "runc", place / "runc.amd64")
    archive(
        place / "cni-plugins-linux-amd64-v1.6.0.tgz",
        {"./loopback": Path("/bin/true"), "./LICENSE": Path("/bin/true")},
    )
    # One that knows settings and does not start, one that does nothing, and two that are not what they say.
    script = place / "containerd"
    script.write_text(DOES_NOT_START)
    real = releases["1.7"].bin / "containerd"
    archive(
        place / "containerd-2.2.0-linux-amd64.tar.gz", {"bin/containerd": script, "bin/containerd-1.7": real}
    )
    archive(place / "containerd-2.2.1-linux-amd64.tar.gz", {"bin/containerd": Path("/bin/false")})
    script.unlink()
    archive(place / "containerd-2.0.0-hollow.tar.gz", {"bin/ctr": Path("/bin/true")})
    whole = (place / "containerd-2.2.1-linux-amd64.tar.gz").read_bytes()
    (place / "containerd-2.0.0-cut.tar.gz").write_bytes(whole[:5000])
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in place.iterdir()}
    (place / "sums.json").write_text(json.dumps(sums))


def archive(path: Path, programs: dict[str, Path]) -> None:
    with tarfile.open(path, "w:gz", compresslevel=0) as tar:
        for name, program in programs.items():
            tar.add(program.resolve(), name)


def package(pool: Path, release: packages.Release, architecture: str) -> None:
    """A package of all that the lab has of one containerd, and its runc."""
    tree = pool / "tree"
    lab = packages.cache_directory() / "packages" / packages.SUITE_OF[release.version] / "containerd"
    (tree / "usr/bin").mkdir(parents=True)
    for program in release.bin.iterdir():
        shutil.copy(program.resolve(), tree / "usr/bin" / program.name)
    (unit,) = lab.glob("**/containerd.service")
    for source, place in (
        (unit, "usr/lib/systemd/system"),
        (lab / "etc/containerd/config.toml", "etc/containerd"),
    ):
        (tree / place).mkdir(parents=True)
        shutil.copy(source, tree / place)
    (tree / "DEBIAN").mkdir()
    version = f"{release.exact}-1"
    for name, text in (
        ("control", CONTROL.format(version=version, architecture=architecture)),
        ("conffiles", "/etc/containerd/config.toml\n"),
        ("postinst", AFTER_INSTALLATION),
        ("prerm", BEFORE_REMOVAL),
    ):
        (tree / "DEBIAN" / name).write_text(text)
        (tree / "DEBIAN" / name).chmod(0o644 if name in ("control", "conffiles") else 0o755)
    name = f"containerd.io_{version}_{architecture}.deb"
    run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(pool / name)])
    shutil.rmtree(tree)


def new_key(home: Path, public: Path) -> Path:
    """A key to sign with, and its public half; returns where gpg finds it."""
    home.mkdir(parents=True, mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    run([*gpg, "--passphrase", "", "--quick-generate-key", f"{home.name}@vendor.example", "rsa3072", "sign"])
    public.write_text(run([*gpg, "--armor", "--export"]))
    return home


def sign(repository: Path, architecture: str, *, keys: Path) -> None:
    """The index of a repository, and the list of what it has, signed (https://wiki.debian.org/DebianRepository/Format)."""
    index = repository / f"dists/stable/main/binary-{architecture}/Packages"
    index.parent.mkdir(parents=True)
    index.write_text("".join(stanza(repository, path) for path in sorted(repository.glob("pool/*.deb"))))
    top = repository / "dists/stable"
    content = index.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    (top / "Release").write_text(
        f"Origin: vendor.example\nSuite: stable\nCodename: stable\nDate: {formatdate(usegmt=True)}\n"
        f"Architectures: {architecture}\nComponents: main\n"
        f"SHA256:\n {digest} {len(content)} {index.relative_to(top)}\n"
    )
    gpg = ["gpg", "--homedir", str(keys), "--batch", "--digest-algo", "SHA512"]
    run([*gpg, "--clearsign", "--output", str(top / "InRelease"), str(top / "Release")])
    run(["gpgconf", "--homedir", str(keys), "--kill", "all"])


def stanza(repository: Path, path: Path) -> str:
    """What the index says of a package."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return (
        run(["dpkg-deb", "--field", str(path)])
        + f"Filename: {path.relative_to(repository)}\nSize: {path.stat().st_size}\nSHA256: {digest}\n\n"
    )


def main() -> None:
    home, (address, _colon, port) = Path(sys.argv[1]).resolve(), sys.argv[2].partition(":")
    with contextlib.redirect_stdout(sys.stderr):  # what is fetched is told of
        fill(home / "www", home / "keys")
    argv = [sys.executable, "-m", "http.server", "--bind", address, "--directory", str(home / "www"), port]
    print(processes.start(argv, log=home / "log"))


if __name__ == "__main__":
    main()
