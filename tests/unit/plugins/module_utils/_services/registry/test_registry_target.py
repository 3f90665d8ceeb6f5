# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a registry that takes, and what its refusals mean, against real HTTP."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._services.registry.client import Registry
from ansible_collections.community.containerd.plugins.module_utils._services.registry.target import Target
from ansible_collections.community.containerd.plugins.module_utils._services.registry.upload import Upload
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    Failure,
    NotFound,
    Refused,
    Unreachable,
)
from ansible_collections.community.containerd.plugins.module_utils._values.reference import parse_reference
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.tests.lab.lying_registry import LAYER, Blob, LyingRegistry

BLOB = Blob(LAYER, bytes(range(256)) * 4096)  # 1 MiB
OF = Descriptor(BLOB.media_type, BLOB.digest, BLOB.size)
UPLOADS = "/v2/team/app/blobs/uploads/"


def target(server: LyingRegistry, **given: Any) -> Target:
    known: dict[str, Any] = {"retry_delay_s": 0.01, "timeout_s": 5.0, "plain_http": True, "hosts_dir": ""}
    access = RegistryAccess(**{**known, **given})
    reference = parse_reference(server.host + "/team/app:1")
    return Target(Registry(server.host, access).to_push(), reference, access)


def send(server: LyingRegistry, *, source: str = "", **given: Any) -> bool:
    return Upload(target(server, **given), OF, lambda offset: [BLOB.content[offset:]]).run(source)


def has_blob(server: LyingRegistry) -> bool:
    return server.find("team/app", "blobs", BLOB.digest) is not None


def methods(server: LyingRegistry) -> list[str]:
    return [request.method for request in server.requests]


def test_a_blob_takes_two_requests() -> None:
    with LyingRegistry() as server:
        assert send(server)
        assert methods(server) == ["POST", "PUT"]
        assert server.requests[1].headers["content-length"] == str(BLOB.size)
        assert has_blob(server)
        assert server.uploads.left == {}


def test_a_blob_of_no_bytes_is_sent_too() -> None:
    empty = Blob(LAYER, b"")
    with LyingRegistry() as server:
        of = Descriptor(empty.media_type, empty.digest, 0)
        assert Upload(target(server), of, lambda offset: []).run()
        assert server.find("team/app", "blobs", empty.digest) is not None


def test_a_blob_is_mounted_from_where_it_is() -> None:
    with LyingRegistry() as server:
        server.add_blob("other/app", BLOB)
        assert not send(server, source="other/app")
        assert methods(server) == ["POST"]
        assert server.requests[0].query == {"mount": [BLOB.digest], "from": ["other/app"]}


@pytest.mark.parametrize("status", [0, 400, 401, 403, 404, 405])
def test_a_blob_that_is_not_mounted_is_sent(status: int) -> None:
    with LyingRegistry() as server:
        server.add_blob("other/app", BLOB)
        server.uploads.mounts = False
        if status:
            server.lie("POST", status=status, times=1)
        assert send(server, source="other/app")
        assert methods(server) == ["POST", "PUT"] if status == 0 else ["POST", "POST", "PUT"]


@pytest.mark.parametrize(
    "location", ["{path}", "{url}{path}", "{url}{path}?a=b&c=d%3D", "{path}?_state=x%2Fy%3D"]
)
def test_the_address_of_an_upload_may_be_written_in_any_way(location: str) -> None:
    with LyingRegistry() as server:
        server.uploads.location = location
        assert send(server)
        query = dict(server.requests[1].query)
        assert query.pop("digest") == [BLOB.digest]
        assert bool(query) == ("?" in location)


def test_another_host_that_takes_the_bytes_gets_no_credentials() -> None:
    with LyingRegistry(auth="basic") as server, LyingRegistry() as storage:
        storage.uploads._open[UPLOADS + "1"] = bytearray()
        server.uploads.location = storage.url + "{path}"
        assert send(server, username="user", password="secret")
        assert storage.find("team/app", "blobs", BLOB.digest) is not None
        assert "authorization" in server.requests[-1].headers
        assert [request.headers.get("authorization") for request in storage.requests] == [None]


@pytest.mark.parametrize("location", ["", "http://[", "ftp://x/y", "http://:80/"])
def test_an_address_that_is_none_is_damage(location: str) -> None:
    with LyingRegistry() as server:
        server.lie("POST", status=202, headers={"Location": location})
        with pytest.raises(Failure, match="named "):
            send(server)


def test_a_token_is_asked_for_pull_and_push() -> None:
    with LyingRegistry(auth="bearer") as server:
        server.add_blob("other/app", BLOB)
        assert send(server, username="user", password="secret")
        assert not send(server, source="other/app", username="user", password="secret")
        scopes = [request.query["scope"] for request in server.calls("GET /token")]
    assert scopes[0][0] == "repository:team/app:pull,push"
    assert scopes[1][:2] == ["repository:team/app:pull,push", "repository:other/app:pull"]


def test_a_lost_upload_goes_on_where_the_registry_is() -> None:
    with LyingRegistry() as server:
        server.lie("PUT", drop_after=300000, times=1)
        assert send(server)
        assert methods(server) == ["POST", "PUT", "HEAD", "GET", "PUT"]
        last = server.requests[-1]
        assert last.headers["content-range"] == "300000-%d" % (BLOB.size - 1)
        assert len(last.body) == BLOB.size - 300000
        assert has_blob(server)


def test_losses_far_apart_do_not_add_up() -> None:
    with LyingRegistry() as server:
        server.lie("PUT", drop_after=100000, times=5)
        assert send(server, retries=1)
        assert has_blob(server)


def test_losses_without_progress_end_in_the_failure_and_the_upload_is_cancelled() -> None:
    with LyingRegistry() as server:
        server.lie("PUT", drop_after=0)
        with pytest.raises(Unreachable):
            send(server, retries=2)
        assert len(server.calls("PUT")) == 3
        assert methods(server)[-1] == "DELETE"
        assert server.uploads.left == {}


@pytest.mark.parametrize("lie", [{"status": 404}, {"status": 204, "headers": {"Range": ""}}, {"status": 204}])
def test_an_upload_whose_progress_is_not_known_begins_anew(lie: dict[str, Any]) -> None:
    with LyingRegistry() as server:
        server.lie("PUT", drop_after=300000, times=1)
        server.lie("GET", **lie)
        assert send(server)
        assert methods(server) == ["POST", "PUT", "HEAD", "GET", "DELETE", "POST", "PUT"]
        assert has_blob(server)
        assert server.uploads.left == {}


@pytest.mark.parametrize("status", [400, 404, 416])
def test_a_registry_that_cannot_go_on_gets_all_of_it_again(status: int) -> None:
    with LyingRegistry() as server:
        server.lie("PUT", drop_after=300000, times=1)
        server.lie("PUT .*/1$", status=status)
        assert send(server)
        assert has_blob(server)
        assert server.uploads.left == {}


def test_an_answer_that_was_lost_is_no_reason_to_send_again() -> None:
    with LyingRegistry() as server:
        server.lie("PUT", drop_after=BLOB.size - 1, times=1)
        server.add_blob("team/app", BLOB)
        assert send(server)
        assert methods(server) == ["POST", "PUT", "HEAD"]


def test_all_bytes_that_arrived_only_have_to_be_confirmed() -> None:
    with LyingRegistry() as server:
        server.lie("PUT", drop_after=BLOB.size, times=1)
        assert send(server)
        assert server.requests[-1].body == b""
        assert "content-range" not in server.requests[-1].headers
        assert has_blob(server)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_is_waited_for(status: int) -> None:
    with LyingRegistry() as server:
        for method in ("HEAD", "POST", "PUT"):
            server.lie(method, status=status, times=1)
        there = target(server)
        assert there.find("1") == ""
        assert not there.has(BLOB.digest)
        assert send(server)


@pytest.mark.parametrize(
    ("status", "kind", "remedy"),
    [
        (400, Refused, "log"),
        (403, Refused, "right to push"),
        (404, NotFound, "create the repository"),
        (405, Refused, "read-only"),
        (412, Refused, "free space"),
        (413, Refused, "free space"),
        (507, Refused, "free space"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_each_refusal_has_its_remedy(method: str, status: int, kind: type[Failure], remedy: str) -> None:
    said = b'{"errors": [{"code": "DENIED", "message": "not for you"}]}'
    with LyingRegistry() as server:
        server.lie(method, status=status, body=said)
        with pytest.raises(kind) as caught:
            send(server)
        assert len(server.calls("DELETE")) == (1 if method == "PUT" else 0)
    assert caught.type is kind
    assert remedy in caught.value.remedy
    assert caught.value.code == str(status)
    assert "DENIED not for you" in caught.value.message
    assert server.host in caught.value.message


def test_a_token_without_the_right_to_push_is_told_of() -> None:
    with LyingRegistry(auth="bearer") as server:
        server.lie("POST", status=401, headers={"WWW-Authenticate": 'Bearer realm="%s/token"' % server.url})
        with pytest.raises(Refused, match="answered 401 .*; ask for the right to push there"):
            send(server, username="user", password="secret")


@pytest.mark.parametrize(("times", "left"), [(1, 0), (2, 1)])
def test_an_upload_is_given_up_though_the_connection_is_lost_once(times: int, left: int) -> None:
    with LyingRegistry() as server:
        server.lie("PUT", status=403)
        server.lie("DELETE", hang_up=True, times=times)
        with pytest.raises(Refused):
            send(server, retries=0)
        assert len(server.calls("DELETE")) == 2
        assert len(server.uploads.left) == left


def test_a_refusal_before_the_bytes_were_read_is_heard() -> None:
    with LyingRegistry() as server:
        server.lie("PUT", status=413, is_early=True)
        with pytest.raises(Failure):
            send(server, retries=0)
        assert server.uploads.left == {}


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_another_digest_than_what_was_sent_is_damage(method: str) -> None:
    with LyingRegistry() as server:
        server.lie("PUT", headers={"Docker-Content-Digest": "sha256:" + 64 * "0"})
        with pytest.raises(Damaged, match="with digest sha256:000"):
            send(server)
        with pytest.raises(Damaged, match="with digest sha256:000"):
            target(server).put("1", OF, b'{"layers": []}')


def test_reading_that_fails_is_not_tried_again_and_cancels() -> None:
    gone = NotFound("the blob is not here", "pull it")

    def source(offset: int) -> Any:
        yield BLOB.content[:100]
        raise gone

    with LyingRegistry() as server:
        with pytest.raises(NotFound) as caught:
            Upload(target(server), OF, source).run()
        assert caught.value is gone
        assert len(server.calls("POST")) == 1
        assert server.uploads.left == {}


def test_a_blob_that_is_shorter_than_its_image_says_is_damage() -> None:
    with LyingRegistry() as server, pytest.raises(Damaged, match="has not the 1048576 bytes"):
        Upload(target(server), OF, lambda offset: [b"short"]).run()


@pytest.mark.parametrize("lie", [{"status": 405}, {"headers": {"Docker-Content-Digest": ""}}])
def test_a_digest_that_a_head_does_not_tell_is_computed(lie: dict[str, Any]) -> None:
    with LyingRegistry() as server:
        image = server.add("team/app", "1")
        server.lie("HEAD", **lie)
        assert target(server).find("1") == image.manifest.digest
        assert target(server).find(image.manifest.digest) == image.manifest.digest


def test_a_manifest_that_is_not_there_has_no_digest() -> None:
    with LyingRegistry() as server:
        assert target(server).find("1") == ""
        server.lie("HEAD", status=405)
        assert target(server).find("1") == ""


def test_a_registry_that_says_no_to_looking_is_quoted() -> None:
    with LyingRegistry() as server:
        server.lie(".", status=403, body=b'{"errors": [{"code": "DENIED", "message": "no"}]}')
        with pytest.raises(Refused, match="DENIED no"):
            target(server).find("1")
        with pytest.raises(Refused, match="answered 403"):
            target(server).has(BLOB.digest)


def test_a_blob_behind_a_redirect_is_there() -> None:
    with LyingRegistry() as server, LyingRegistry() as storage:
        storage.add_blob("team/app", BLOB)
        path = "/v2/team/app/blobs/" + BLOB.digest
        server.lie("HEAD", status=307, headers={"Location": storage.url + path})
        assert target(server).has(BLOB.digest)
        storage.lie("HEAD", status=403)
        assert not target(server).has(BLOB.digest)


def test_another_repository_that_is_closed_to_us_is_no_source() -> None:
    with LyingRegistry() as server:
        server.add_blob("other/app", BLOB)
        assert target(server).is_in("other/app", BLOB.digest)
        assert not target(server).is_in("third/app", BLOB.digest)
    with LyingRegistry(auth="basic") as server:
        assert not target(server).is_in("other/app", BLOB.digest)


def test_a_proxy_that_forgets_the_encryption_is_told_of() -> None:
    with LyingRegistry() as server:
        there = target(server)
        answer = there._host.call("POST", there._reference, "blobs/uploads/", {}, limit=0, body=b"")
        answer.call = answer.call.replace("http:", "https:")
        answer.headers = {"Location": server.url + UPLOADS + "1"}
        with pytest.raises(Refused, match="gives up the encryption; .*X-Forwarded-Proto"):
            there._location(answer)
