# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry client against a real docker-registry: open, with basic authentication over TLS, with tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services.registry.client import (
    Registry as Client,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    NotFound,
    Refused,
    Unreachable,
)
from ansible_collections.community.containerd.plugins.module_utils._values.manifest import (
    parse_index,
    parse_manifest,
)
from ansible_collections.community.containerd.plugins.module_utils._values.reference import parse_reference
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.tests.lab.registries import Registry
from ansible_collections.community.containerd.tests.lab.world import Lab


@pytest.fixture(params=["plain", "basic", "token"])
def registry(request: pytest.FixtureRequest, lab: Lab) -> Registry:
    return lab.registries[request.param]


@pytest.fixture
def client(registry: Registry) -> Iterator[Client]:
    opened = Client(registry.host, access(registry))
    yield opened
    opened.close()


def access(registry: Registry, password: str | None = None) -> RegistryAccess:
    return RegistryAccess(
        username=registry.username,
        password=password or registry.password,
        ca_path=registry.ca_path,
        retries=0,
    )


@pytest.mark.parametrize("name", ["busybox:1", "web:1", "tiny:1"])
def test_an_image_comes_whole(client: Client, registry: Registry, name: str) -> None:
    reference = parse_reference(registry.host + "/" + name)
    found = client.resolve(reference)
    manifest = parse_manifest(client.document(reference, found), found)
    for child in manifest.children:
        digest = hashlib.sha256()
        with client.senders(reference, child).send() as chunks:
            for chunk in chunks:
                digest.update(chunk)
        assert "sha256:" + digest.hexdigest() == child.digest


def test_an_index_resolves_by_tag_and_by_digest(client: Client, registry: Registry) -> None:
    by_tag = client.resolve(parse_reference(registry.host + "/multi:1"))
    by_digest = client.resolve(parse_reference(registry.host + "/multi@" + by_tag.digest))
    assert by_tag == by_digest
    assert by_tag.is_index
    reference = parse_reference(registry.host + "/multi:1")
    assert len(parse_index(client.document(reference, by_tag), by_tag)) == 3


def test_a_blob_resumes_at_its_byte(client: Client, registry: Registry) -> None:
    reference = parse_reference(registry.host + "/busybox:1")
    found = client.resolve(reference)
    (layer,) = parse_manifest(client.document(reference, found), found).layers
    with client.senders(reference, layer).send() as chunks:
        whole = b"".join(chunks)
    for offset in (1, layer.size // 2, layer.size - 1, layer.size):
        with client.senders(reference, layer).send(offset) as chunks:
            assert b"".join(chunks) == whole[offset:]


@pytest.mark.parametrize("name", ["tiny:none", "tiny@sha256:" + "0" * 64, "nobody/knows:1"])
def test_an_absent_name_is_not_found(client: Client, registry: Registry, name: str) -> None:
    with pytest.raises(NotFound, match="is not known to registry .*unknown"):
        client.resolve(parse_reference(registry.host + "/" + name))


def test_wrong_credentials_are_refused(registry: Registry) -> None:
    if registry.username is None:
        return
    with pytest.raises(Refused, match="does not take the credentials of user " + registry.username) as caught:
        Client(registry.host, access(registry, "wrong-password")).resolve(
            parse_reference(registry.host + "/busybox:1")
        )
    assert "wrong-password" not in str(caught.value)


def test_missing_credentials_are_asked_for(registry: Registry) -> None:
    if registry.username is None:
        return
    nobody = RegistryAccess(ca_path=registry.ca_path, retries=0)
    with pytest.raises(Refused, match="set username and password"):
        Client(registry.host, nobody).resolve(parse_reference(registry.host + "/busybox:1"))


def test_tls_of_an_unknown_authority_is_not_trusted(lab: Lab) -> None:
    host = lab.registries["basic"].host
    with pytest.raises(Unreachable, match="certificate is not trusted"):
        Client(host, RegistryAccess(plain_http=False, retries=0)).resolve(parse_reference(host + "/tiny:1"))


def test_a_loopback_registry_is_found_over_either_scheme(lab: Lab) -> None:
    for kind in ("plain", "basic"):
        registry = lab.registries[kind]
        guessing = RegistryAccess(registry.username, registry.password, retries=0)
        assert Client(registry.host, guessing).resolve(parse_reference(registry.host + "/tiny:1"))


def test_a_scheme_given_wrongly_is_explained(lab: Lab) -> None:
    plain, secure = lab.registries["plain"].host, lab.registries["basic"].host
    with pytest.raises(Unreachable, match="set plain_http: true"):
        Client(plain, RegistryAccess(plain_http=False, retries=0)).resolve(parse_reference(plain + "/tiny:1"))
    with pytest.raises(Refused, match="HTTP request to an HTTPS server"):
        Client(secure, RegistryAccess(plain_http=True, retries=0)).resolve(
            parse_reference(secure + "/tiny:1")
        )
