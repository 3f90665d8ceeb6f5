# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an archive's images are called, for each thing that a user says about names."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile.archive_names import (
    Naming,
    named_images,
)
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Failure,
    NotFound,
    Refused,
)
from ansible_collections.community.containerd.plugins.module_utils._values.offer import Listing
from ansible_collections.community.containerd.tests.unit.fakes.archives import named

INDEX = Descriptor("index", digest_of(b"index"), 1)
NGINX = "docker.io/library/nginx:1"


def image(text: str, annotations: dict[str, str]) -> Descriptor:
    return Descriptor("manifest", digest_of(text.encode()), 1, annotations)


FULL = image("full", named(NGINX))
OTHER = image("other", named("reg.example/team/app:2"))
TAGGED = image("tagged", {"org.opencontainers.image.ref.name": "3"})
FOREIGN = image("foreign", {"org.opencontainers.image.ref.name": "localhost/built:1"})
NAMELESS = image("nameless", {})


def names(*images: Descriptor, **said: Any) -> dict[str, Descriptor]:
    naming = Naming(
        tuple(said.get("names", ())),
        said.get("base_name", ""),
        said.get("index_name", ""),
        said.get("digests", False),
    )
    return named_images(Listing(INDEX, images, False), naming, "/a.tar")


def at(base: str, of: Descriptor) -> str:
    return base + "@" + of.digest


@pytest.mark.parametrize(
    ("images", "said", "expected"),
    [
        ([FULL], {}, {NGINX: FULL}),
        ([FOREIGN], {}, {"localhost/built:1": FOREIGN}),
        ([FULL, NAMELESS], {}, {NGINX: FULL}),
        ([TAGGED], {"base_name": "b"}, {"b:3": TAGGED}),
        (
            [FULL, OTHER, TAGGED],
            {"base_name": "reg.example/team"},
            {"reg.example/team/app:2": OTHER, "reg.example/team:3": TAGGED},
        ),
        ([OTHER], {"base_name": "reg.example/team/app"}, {"reg.example/team/app:2": OTHER}),
        ([FULL], {"base_name": NGINX}, {NGINX: FULL}),
        ([NAMELESS], {"index_name": "i"}, {"i": INDEX}),
        ([TAGGED], {"index_name": "i"}, {"i": INDEX}),
        ([FULL], {"index_name": "i"}, {NGINX: FULL, "i": INDEX}),
        ([NAMELESS], {"digests": True, "base_name": "b"}, {at("b", NAMELESS): NAMELESS}),
        (
            [FULL, TAGGED],
            {"digests": True, "base_name": "b"},
            {at("b", FULL): FULL, "b:3": TAGGED, at("b", TAGGED): TAGGED},
        ),
        ([FULL, OTHER], {"names": ["nginx:1"]}, {NGINX: FULL}),
        (
            [FULL, OTHER],
            {"names": [NGINX, "reg.example/team/app:2"]},
            {NGINX: FULL, "reg.example/team/app:2": OTHER},
        ),
        ([FULL, TAGGED], {"names": ["b:3"], "base_name": "b"}, {"b:3": TAGGED}),
        (
            [FULL, TAGGED],
            {"names": ["b:3"], "base_name": "b", "digests": True},
            {"b:3": TAGGED, at("b", TAGGED): TAGGED},
        ),
        ([FULL, image("later", named(NGINX))], {}, {NGINX: image("later", named(NGINX))}),
    ],
)
def test_an_image_is_called_what_ctr_calls_it(
    images: list[Descriptor], said: dict[str, Any], expected: dict[str, Descriptor]
) -> None:
    assert names(*images, **said) == expected


@pytest.mark.parametrize(
    ("images", "said", "kind", "says"),
    [
        ([], {}, NotFound, "holds no image; "),
        ([NAMELESS], {}, NotFound, "does not name its images; set index_name"),
        ([TAGGED, FULL], {}, Refused, "only by the tag 3; set base_name"),
        ([FULL], {"base_name": "docker.io/library/ngin"}, NotFound, "no image below .*" + NGINX),
        ([FULL], {"names": ["redis"]}, NotFound, "no image named redis; name one that it holds: " + NGINX),
        ([NAMELESS], {"names": ["A B"]}, NotFound, "no image named A B; .*none is named"),
        ([FULL, OTHER], {"names": [NGINX, "redis"]}, NotFound, "no image named redis"),
        (
            [image(str(n), named("r.example/%02d:1" % n)) for n in range(12)],
            {"names": ["x"]},
            NotFound,
            r"r.example/07:1 \.\.\.$",
        ),
    ],
)
def test_nothing_is_passed_over_in_silence(
    images: list[Descriptor], said: dict[str, Any], kind: type[Failure], says: str
) -> None:
    with pytest.raises(kind, match=says):
        names(*images, **said)
