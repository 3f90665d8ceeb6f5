# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registries that lie, refuse or break, and wishes that make no sense: a good error, and nothing left behind."""

from __future__ import annotations

import hashlib
import json
import random
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.lab import certificates
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.lying_registry import (
    INDEX,
    Blob,
    Image,
    LyingRegistry,
    layer,
)

QUICK = {"retries": 1, "retry_delay": 0}
BASE = layer({"base": random.Random(1).randbytes(400_000)})
OTHER = layer({"other": random.Random(2).randbytes(400_000)})
NOTHING_HASHES_TO = "sha256:" + 64 * "0"


@pytest.fixture
def image(liar: LyingRegistry) -> Image:
    return liar.add("team/app", "1", layers=(BASE, layer({"top": b"top\n"})))


def pull(daemon: Daemon, namespace: str, liar: LyingRegistry, **options: Any) -> modules.Result:
    return modules.run(
        "ctr_image",
        daemon,
        namespace,
        **{"name": liar.host + "/team/app:1", **QUICK, "timeout": 2, **options},
    )


def same_length(content: bytes) -> bytes:
    return bytes([content[0] ^ 1]) + content[1:]


# By name of the case: what the registry does, the kind of the error, words of its message.
Lies = Callable[[LyingRegistry, Image], object]
EARLY_LIES: dict[str, tuple[Lies, str, str]] = {
    "another-manifest": (
        lambda liar, image: liar.lie(
            "GET /v2/team/app/manifests/", content=same_length(image.manifest.content)
        ),
        "damaged",
        "with digest sha256:",
    ),
    "another-config": (
        lambda liar, image: liar.lie(image.config.digest, content=same_length(image.config.content)),
        "damaged",
        "with digest sha256:",
    ),
    "cut-config": (
        lambda liar, image: liar.lie(image.config.digest, cut_after=3),
        "unreachable",
        "connection was lost",
    ),
    "cut-manifest": (
        lambda liar, image: liar.lie("GET .*/manifests/", cut_after=3),
        "unreachable",
        "connection was lost",
    ),
    "stalled-manifest": (
        lambda liar, image: liar.lie("/manifests/", delay_s=5),
        "timed_out",
        "sent nothing in time",
    ),
    "forbidden": (
        lambda liar, image: liar.lie("/manifests/", status=403, body=b'{"errors":[{"code":"DENIED"}]}'),
        "refused",
        "DENIED",
    ),
    "broken": (
        lambda liar, image: liar.lie("/manifests/", status=500, body=b"<h1>Traceback (most recent</h1>"),
        "unreachable",
        "answered 500",
    ),
    "overrun": (
        lambda liar, image: liar.lie("/manifests/", status=429, headers={"Retry-After": "0"}),
        "refused",
        "answered 429",
    ),
    "hangs-up": (
        lambda liar, image: liar.lie("/manifests/", hang_up=True),
        "unreachable",
        "connection was lost",
    ),
    "no-manifest-but-a-page": (
        lambda liar, image: liar.lie("/manifests/", status=200, body=b"<html>Sign in</html>"),
        "damaged",
        "",
    ),
    "redirects-in-a-circle": (
        lambda liar, image: liar.lie(
            "/manifests/", status=307, headers={"Location": "/v2/team/app/manifests/1"}
        ),
        "refused",
        "redirect",
    ),
    "redirects-to-a-file": (
        lambda liar, image: liar.lie("/manifests/", status=307, headers={"Location": "file:///etc/passwd"}),
        "refused",
        "",
    ),
}

# Layers go to the daemon while they come, and it has to forget them.
LATE_LIES: dict[str, tuple[Lies, str, str]] = {
    "another-layer": (
        lambda liar, image: liar.lie(BASE.digest, content=same_length(BASE.content)),
        "damaged",
        "sent wrong bytes: ",
    ),
    "cut-layer": (
        lambda liar, image: liar.lie(BASE.digest, cut_after=len(BASE.content) // 2, no_range=True),
        "unreachable",
        "connection was lost",
    ),
    "stalled-layer": (
        lambda liar, image: liar.lie(BASE.digest, stall_after=100, delay_s=5),
        "timed_out",
        "sent nothing in time",
    ),
    "short-layer": (
        lambda liar, image: liar.lie(BASE.digest, content=BASE.content[:-1]),
        "damaged",
        "fewer than the promised",
    ),
    "long-layer": (
        lambda liar, image: liar.lie(BASE.digest, content=BASE.content + b"x"),
        "damaged",
        "more than the promised",
    ),
    "long-layer-of-unknown-length": (
        lambda liar, image: liar.lie(BASE.digest, content=BASE.content + b"x", chunked=True),
        "damaged",
        "more than the promised",
    ),
    "wrong-content-length": (
        lambda liar, image: liar.lie(BASE.digest, length=len(BASE.content) + 7),
        "damaged",
        "more than the promised",
    ),
    "blob-is-gone": (
        lambda liar, image: liar.lie(BASE.digest, status=404, body=b'{"errors":[{"code":"BLOB_UNKNOWN"}]}'),
        "not_found",
        "BLOB_UNKNOWN",
    ),
    "broken-blobs": (
        lambda liar, image: liar.lie("/blobs/", status=503),
        "unreachable",
        "answered 503",
    ),
}


@pytest.mark.parametrize("case", EARLY_LIES)
def test_a_registry_that_lies_is_found_out(
    newest: Daemon, newest_namespace: str, liar: LyingRegistry, image: Image, case: str
) -> None:
    lies, kind, words = EARLY_LIES[case]
    lies(liar, image)
    message = modules.complaint(pull(newest, newest_namespace, liar), kind)
    assert words in message
    assert inventory.take(newest, newest_namespace) == inventory.NOTHING


@pytest.mark.parametrize("case", LATE_LIES)
def test_what_a_lying_registry_sent_is_forgotten(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image, case: str
) -> None:
    lies, kind, words = LATE_LIES[case]
    lies(liar, image)
    message = modules.complaint(pull(daemon, namespace, liar), kind)
    assert words in message
    assert inventory.take(daemon, namespace) == inventory.NOTHING


@pytest.fixture
def mirror(liar: LyingRegistry, image: Image, tmp_path: Path) -> Iterator[LyingRegistry]:
    """What ``hosts_dir=tmp_path`` puts in front of the registry."""
    place = tmp_path / (liar.host.replace(":", "_") + "_")
    place.mkdir()
    with LyingRegistry() as server:
        server.add("team/app", "1", layers=(BASE, layer({"top": b"top\n"})))
        (place / "hosts.toml").write_text('server = "%s"\n[host."%s"]\n' % (liar.url, server.url))
        yield server


def test_a_mirror_that_sends_wrong_bytes_is_followed_by_the_registry(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image, mirror: LyingRegistry, tmp_path: Path
) -> None:
    for blob in (image.config, image.layers[0]):
        mirror.lie(blob.digest, content=same_length(blob.content))
    result = modules.done(pull(daemon, namespace, liar, hosts_dir=str(tmp_path)))
    assert [call.path.rpartition("/")[2] for call in liar.requests] == [
        image.config.digest,
        image.layers[0].digest,
    ]
    (entry,) = result["images"]
    assert entry["source"] == mirror.host
    assert entry["complete"] and entry["unpacked"]
    check = daemon.ctr("images", "check", namespace=namespace)
    assert " complete (" in check and check.rstrip().endswith("true")


def test_wrong_bytes_from_all_hosts_are_told_with_host_and_digests(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image, mirror: LyingRegistry, tmp_path: Path
) -> None:
    wrong = same_length(BASE.content)
    for server in (mirror, liar):
        server.lie(BASE.digest, content=wrong)
    message = modules.complaint(pull(daemon, namespace, liar, hosts_dir=str(tmp_path)), "damaged")
    found = "sha256:" + hashlib.sha256(wrong).hexdigest()
    assert all(words in message for words in (mirror.host, liar.host, BASE.digest, found))
    assert inventory.take(daemon, namespace) == inventory.NOTHING


def test_a_layer_that_is_not_what_the_config_promises_is_refused(
    daemon: Daemon, namespace: str, liar: LyingRegistry
) -> None:
    image = liar.add("team/app", "1", layers=(BASE,))
    document = json.loads(image.manifest.content)
    document["layers"] = [OTHER.descriptor]
    liar.add_blob("team/app", OTHER)
    liar.add_manifest("team/app", "1", Blob(image.manifest.media_type, json.dumps(document).encode()))
    message = modules.complaint(pull(daemon, namespace, liar), "damaged")
    assert "the image config promises" in message
    assert inventory.take(daemon, namespace) == inventory.NOTHING


def test_a_layer_that_is_no_archive_is_refused(daemon: Daemon, namespace: str, liar: LyingRegistry) -> None:
    liar.add("team/app", "1", layers=(Blob(BASE.media_type, b"no archive"), BASE))
    result = pull(daemon, namespace, liar)
    modules.complaint(result, result.data["error"]["kind"])
    assert inventory.take(daemon, namespace) == inventory.NOTHING


def test_an_index_without_this_platform_is_refused(
    newest: Daemon, newest_namespace: str, liar: LyingRegistry, image: Image
) -> None:
    liar.add_index("team/app", "1", {"linux/s390x": image})
    assert "linux/s390x" in modules.complaint(pull(newest, newest_namespace, liar), "not_found")
    assert inventory.take(newest, newest_namespace) == inventory.NOTHING


def test_an_index_without_end_is_refused(newest: Daemon, newest_namespace: str, liar: LyingRegistry) -> None:
    entry = {"mediaType": INDEX, "digest": NOTHING_HASHES_TO, "size": 10}
    for _level in range(12):
        document = Blob(
            INDEX, json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}).encode()
        )
        liar.add_manifest("team/app", "1", document)
        entry = document.descriptor
    result = pull(newest, newest_namespace, liar)
    modules.complaint(result, result.data["error"]["kind"])
    assert inventory.take(newest, newest_namespace) == inventory.NOTHING


def test_when_one_of_several_images_fails_none_is_there(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image
) -> None:
    liar.add("team/bad", "1", layers=(OTHER,))
    liar.lie(OTHER.digest, status=500)
    names = [liar.host + "/team/app:1", liar.host + "/team/bad:1"]
    modules.complaint(pull(daemon, namespace, liar, name=names), "unreachable")
    assert inventory.take(daemon, namespace) == inventory.NOTHING


def test_a_failed_pull_leaves_an_older_image_as_it_was(
    daemon: Daemon, namespace: str, liar: LyingRegistry, image: Image
) -> None:
    modules.done(pull(daemon, namespace, liar))
    before = inventory.take(daemon, namespace)
    liar.add("team/app", "1", layers=(BASE, OTHER))
    liar.lie(OTHER.digest, content=same_length(OTHER.content))
    modules.complaint(pull(daemon, namespace, liar, pull="always"), "damaged")
    assert inventory.take(daemon, namespace) == before
    assert "complete" in daemon.ctr("images", "check", namespace=namespace)


def test_nobody_at_the_registrys_address(newest: Daemon, newest_namespace: str) -> None:
    with socket.socket() as taken:  # bound and not listening: nobody can be there by chance
        taken.bind(("127.0.0.1", 0))
        name = "127.0.0.1:%d/team/app:1" % taken.getsockname()[1]
        result = modules.run("ctr_image", newest, newest_namespace, name=name, **QUICK)
    assert "connection refused" in modules.complaint(result, "unreachable").lower()
    assert inventory.take(newest, newest_namespace) == inventory.NOTHING


def test_a_registry_whose_name_is_unknown(newest: Daemon, newest_namespace: str) -> None:
    result = modules.run("ctr_image", newest, newest_namespace, name="registry.invalid/team/app:1", **QUICK)
    modules.complaint(result, "unreachable")


def test_a_certificate_of_nobody_we_trust(newest: Daemon, newest_namespace: str, tmp_path: Path) -> None:
    authority = certificates.make_authority(tmp_path, name="ca")
    pair = certificates.make_server(tmp_path, name="server", authority=authority, addresses="IP:127.0.0.1")
    with LyingRegistry(certificate=(str(pair.certificate), str(pair.key))) as liar:
        liar.add("team/app", "1")
        message = modules.complaint(pull(newest, newest_namespace, liar, plain_http=False), "unreachable")
        assert "certificate is not trusted" in message and "ca_path" in message
        assert inventory.take(newest, newest_namespace) == inventory.NOTHING
        trusting = {"plain_http": False, "ca_path": str(authority.certificate)}
        assert pull(newest, newest_namespace, liar, **trusting).changed


@pytest.mark.parametrize("auth", ["basic", "bearer"])
def test_credentials_that_are_missing_or_wrong(newest: Daemon, newest_namespace: str, auth: str) -> None:
    with LyingRegistry(auth=auth) as liar:
        liar.add("team/app", "1")
        message = modules.complaint(pull(newest, newest_namespace, liar), "refused")
        assert "set username and password" in message
        wrong = {"username": "user", "password": "not-this-one"}
        message = modules.complaint(pull(newest, newest_namespace, liar, **wrong), "refused")
        assert "does not take the credentials of user user" in message
        assert inventory.take(newest, newest_namespace) == inventory.NOTHING
        assert pull(newest, newest_namespace, liar, username="user", password="secret").changed


def test_a_tag_that_is_not_there(
    newest: Daemon, newest_namespace: str, liar: LyingRegistry, image: Image
) -> None:
    result = pull(newest, newest_namespace, liar, name=liar.host + "/team/app:2")
    assert "tag 2 is not known" in modules.complaint(result, "not_found")
    digest = "sha256:" + hashlib.sha256(b"").hexdigest()
    result = pull(newest, newest_namespace, liar, name=liar.host + "/team/app@" + digest)
    assert digest in modules.complaint(result, "not_found")
    assert inventory.take(newest, newest_namespace) == inventory.NOTHING


@pytest.mark.parametrize(
    "options",
    [
        {"name": "host/UPPER:1"},
        {"name": "host/app:1:2"},
        {"name": "host/app@sha256:12"},
        {"name": ""},
        {"name": []},
        {"name": "app:" + 129 * "t"},
        {"name": "http://host/app:1"},
        {"name": "app:1", "platform": ["linux"], "all_platforms": True},
        {"name": "app:1", "platform": ["a/b/c/d/e"]},
        {"name": "app:1", "retries": -1},
        {"name": "app:1", "max_concurrent_downloads": 0},
        {"name": "app:1", "namespace": "no such/name"},
        {"name": "app:1", "namespace": "n\u00e4me"},
        {"name": "app:1", "namespace": ""},
        {"name": "app:1", "timeout": 0},
        {"name": "app:1", "snapshotter": "no-such-one"},
    ],
    ids=lambda options: "-".join(map(str, options.values()))[:40],
)
def test_a_wish_that_makes_no_sense(newest: Daemon, newest_namespace: str, options: dict[str, Any]) -> None:
    result = modules.run("ctr_image", newest, **{"namespace": newest_namespace, **options})
    modules.complaint(result, "refused")
    assert inventory.take(newest, newest_namespace) == inventory.NOTHING


def test_an_option_that_does_not_exist(newest: Daemon, newest_namespace: str) -> None:
    result = modules.run("ctr_image", newest, newest_namespace, name="app:1", tag="1")
    assert result.rc and "Unsupported parameters" in result.data["msg"] and "Traceback" not in result.text


def test_an_image_that_may_not_be_pulled_and_is_not_here(newest: Daemon, newest_namespace: str) -> None:
    result = modules.run("ctr_image", newest, newest_namespace, name="app:1", pull="never")
    assert "pull" in modules.complaint(result, "not_found")
    assert inventory.take(newest, newest_namespace) == inventory.NOTHING


def test_a_redirect_is_followed_without_credentials(daemon: Daemon, namespace: str) -> None:
    with LyingRegistry(auth="basic") as liar, LyingRegistry() as elsewhere:
        image = liar.add("team/app", "1", layers=(BASE,))
        elsewhere.add("team/app", "1", layers=(BASE,))
        target = "%s/v2/team/app/blobs/%s" % (elsewhere.url, BASE.digest)
        liar.lie(BASE.digest, status=307, headers={"Location": target})
        modules.done(pull(daemon, namespace, liar, username="user", password="secret"))
        assert "complete (2/2)" in daemon.ctr("images", "check", namespace=namespace)
        assert elsewhere.calls("/blobs/"), "the redirect was not followed"
        assert all("authorization" not in request.headers for request in elsewhere.requests)
        assert any("authorization" in request.headers for request in liar.calls(image.config.digest))
