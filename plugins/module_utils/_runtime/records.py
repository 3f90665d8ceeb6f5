# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image records: their targets and labels, changed one by one and never replaced as a whole.

containerd takes a message without a mask for the whole record, and so forgets the labels of the user and the
kubelet; one without a target kills it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._values.errors import AlreadyExists, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._services.images import Images
    from .._values.image import Naming


def point(images: Images, naming: Naming) -> None:
    """The name at its target, with these labels set; others that it has stay."""
    try:
        images.create(naming.name, naming.target, _set(naming.labels))
    except AlreadyExists:
        mask = ["target", *_mask(naming.labels)]
        images.update(naming.name, naming.target, _set(naming.labels), mask)


def label(images: Images, name: str, labels: Mapping[str, str]) -> None:
    """These labels set, an empty one removed; NotFound when the record is gone."""
    image = images.find(name)
    if image is None:
        raise NotFound("image %s was removed while it was labelled" % name, "run the task again")
    images.update(name, image.target, _set(labels), _mask(labels))


def _set(labels: Mapping[str, str]) -> dict[str, str]:
    """Those that are not removed: what a mask names and the message lacks goes."""
    return {key: text for key, text in labels.items() if text}


def _mask(labels: Mapping[str, str]) -> list[str]:
    return ["labels." + key for key in labels]
