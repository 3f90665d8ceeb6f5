# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian packages into a cache directory, unpacked there and never installed.

Knows apt (its own state and sources, this machine's mirror and keys) and where a package keeps its programs.
Must never know how a program is used, and never touch what is installed on this machine.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .processes import LabError, run

SUITE_OF = {
    "1.6": "bookworm",
    "1.7": "trixie",
    "2.1": "sid",
}  # containerd version -> the Debian that packages it
VERSIONS = tuple(SUITE_OF)
TOOLS_SUITE = "bookworm"  # the oldest: its programs run on every newer libc
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Release:
    """One containerd version, ready to run: ``bin`` holds it, its shim, ctr and a runc that works here."""

    version: str
    exact: str
    bin: Path
    runc: str


def cache_directory() -> Path:
    return Path(os.environ.get("CTR_LAB_CACHE") or CHECKOUT / ".cache" / "lab").resolve()


def fetch(versions: Iterable[str] = VERSIONS) -> dict[str, Release]:
    """Everything a lab of these versions needs; what is in the cache is not fetched again."""
    versions = list(versions)
    unknown = sorted(set(versions) - set(VERSIONS))
    if unknown:
        raise LabError(
            f"no Debian package is known for containerd {', '.join(unknown)}; known: {', '.join(VERSIONS)}"
        )
    cache = cache_directory()
    cache.mkdir(parents=True, exist_ok=True)
    with _lock(cache / "lock"):
        for package in ("docker-registry", "busybox-static"):
            _package(cache, TOOLS_SUITE, package)
        return {version: _release(cache, version) for version in versions}


def unpacked(*names: str) -> dict[str, Path]:
    """The trees of further packages, of the suite whose programs run everywhere; by name."""
    cache = cache_directory()
    cache.mkdir(parents=True, exist_ok=True)
    with _lock(cache / "lock"):
        return {name: _package(cache, TOOLS_SUITE, name) for name in names}


def program(name: str) -> Path:
    """A tool that every lab has: docker-registry or busybox."""
    places = {
        "docker-registry": "docker-registry/usr/bin/docker-registry",
        "busybox": "busybox-static/bin/busybox",
    }
    path = cache_directory() / "packages" / TOOLS_SUITE / places[name]
    for candidate in (path, path.parents[1] / "usr" / "bin" / name):
        if candidate.is_file():
            return candidate
    raise LabError(f"{path} is missing; run: python3 tests/lab/lab.py fetch")


def _release(cache: Path, version: str) -> Release:
    tree = _package(cache, SUITE_OF[version], "containerd")
    suite, runc = _runc_for(cache, version)
    bin_dir = cache / "bin" / version
    bin_dir.mkdir(parents=True, exist_ok=True)
    for target in [*(tree / "usr" / "bin").iterdir(), runc]:
        link = bin_dir / target.name
        if not link.is_symlink() or os.readlink(link) != str(target):
            link.unlink(missing_ok=True)
            link.symlink_to(target)
    return Release(
        version,
        _version_of(cache, SUITE_OF[version], "containerd"),
        bin_dir,
        _version_of(cache, suite, "runc"),
    )


def _runc_for(cache: Path, version: str) -> tuple[str, Path]:
    """The runc of the same suite, or (an older libc here) the newest older one that runs."""
    suites = list(SUITE_OF.values())
    for suite in reversed(suites[: suites.index(SUITE_OF[version]) + 1]):
        runc = _package(cache, suite, "runc") / "usr" / "sbin" / "runc"
        if not runc.exists():
            runc = runc.parents[1] / "bin" / "runc"
        if subprocess.run([str(runc), "--version"], capture_output=True, check=False).returncode == 0:
            return suite, runc
    raise LabError(f"no packaged runc runs on this machine, tried: {runc} --version")


def _version_of(cache: Path, suite: str, package: str) -> str:
    text = (cache / "packages" / suite / f"{package}.version").read_text()
    found = re.match(r"(?:\d+:)?(\d+(?:\.\d+)*)", text)
    return found.group(1) if found else text.strip()


def _package(cache: Path, suite: str, package: str) -> Path:
    """The unpacked tree of a package, fetched when the cache lacks it; the .version file says it is whole."""
    tree, stamp = cache / "packages" / suite / package, cache / "packages" / suite / f"{package}.version"
    if stamp.exists():
        return tree
    part = tree.with_suffix(".part")
    for rest in (tree, part):
        shutil.rmtree(rest, ignore_errors=True)
    part.mkdir(parents=True)
    print(f"fetch {package} from Debian {suite}", flush=True)
    _download(cache, f"{package}/{suite}", into=part)
    (deb,) = part.glob("*.deb")
    version = run(["dpkg-deb", "-f", str(deb), "Version"]).strip()
    run(["dpkg-deb", "-x", str(deb), str(part)])
    deb.unlink()
    part.rename(tree)
    stamp.write_text(version + "\n")
    print(f"      {package} {version}", flush=True)
    return tree


def _download(cache: Path, what: str, *, into: Path) -> None:
    """When it fails the package lists may be too old to be true: once more with new ones."""
    for is_last_try in (False, True):
        try:
            run(["apt-get", *_apt_options(cache), "download", what], cwd=into, timeout_s=600)
            return
        except LabError:
            if is_last_try:
                raise
            (cache / "apt" / "ready").unlink(missing_ok=True)


def _apt_options(cache: Path) -> list[str]:
    """apt with its own everything but this machine's way to the mirror; makes the package lists once."""
    home = cache / "apt"
    options = ["-qq", "-c", str(home / "apt.conf")]
    if (home / "ready").exists():
        return options
    for path in ("lists/partial", "archives/partial"):
        (home / path).mkdir(parents=True, exist_ok=True)
    (home / "status").touch()
    mirror, signed_by = _mirror(), f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    (home / "sources.list").write_text(
        "".join(f"deb {signed_by}{mirror} {suite} main\n" for suite in SUITE_OF.values())
    )
    (home / "apt.conf").write_text(_APT_CONF.format(home=home))
    print(f"fetch package lists from {mirror}", flush=True)
    run(["apt-get", *options, "update"], timeout_s=600)
    (home / "ready").touch()
    return options


# Signatures are checked as ever; only the age of sid's Release file is not (mirrors may be weeks behind).
_APT_CONF = """\
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
APT::Sandbox::User "root";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
APT::Update::Error-Mode "any";
Dir::State "{home}";
Dir::State::lists "lists";
Dir::State::status "{home}/status";
Dir::Cache "{home}";
Dir::Cache::archives "archives";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Etc::sourcelist "{home}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
"""


def _mirror() -> str:
    """Where this machine gets its own Debian from."""
    stanzas = run(["apt-get", "indextargets", "Created-By: Packages", "Component: main"]).split("\n\n")
    targets = [
        dict(line.split(": ", 1) for line in stanza.splitlines() if ": " in line) for stanza in stanzas
    ]
    codename = _os_release().get("VERSION_CODENAME", "sid")
    for target in targets:
        if {codename, "sid", "unstable"} & {
            target.get("Release"),
            target.get("Codename"),
            target.get("Suite"),
        }:
            return target["Repo-URI"]
    raise LabError(
        f"apt here knows no Debian archive for {codename}; the lab needs Debian 12 or newer with a mirror"
    )


def _os_release() -> dict[str, str]:
    lines = Path("/etc/os-release").read_text().splitlines()
    return {key: value.strip('"') for key, _sign, value in (line.partition("=") for line in lines)}


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
