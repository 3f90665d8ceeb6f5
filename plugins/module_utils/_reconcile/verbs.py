# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be possible for each decision. For type checkers and readers; no task loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.container import Container, Creation, Host, Identity, ImageFacts
    from .._values.execution import Command, Executed
    from .._values.image import Extent, Image, LookUp, Naming, Pull, Pulled, Remote, Stored
    from .._values.image_details import Details
    from .._values.registry import RegistryAccess
    from .._values.task import Exit, Task


class ImageReadingVerbs(Protocol):
    """For a decision that only reads about images."""

    def snapshotter(self, wish: str | None) -> str:
        """The snapshotter to use; Refused when the daemon does not have the one that is wished for."""

    def records(self, names: Sequence[str]) -> dict[str, Image]:
        """The records of these exact names, as far as there are any."""

    def all_records(self, filters: Sequence[str] = ()) -> list[Image]:
        """Every record that matches any of ``filters`` (containerd's filter grammar); without any, all."""

    def inspect(self, images: Sequence[Image], extent: Extent) -> dict[str, Stored]:
        """How complete each image is, by name."""


class ImageListingVerbs(ImageReadingVerbs, Protocol):
    """For a decision that reads all about images."""

    def describe(
        self, images: Sequence[Image], extent: Extent, config: bool, usage: bool
    ) -> dict[str, Details]:
        """All about each image, by name; its config and what its layers take on the disk when asked for."""


class ImageVerbs(ImageReadingVerbs, Protocol):
    """For the decision about images."""

    def users(self, names: Sequence[str]) -> dict[str, list[str]]:
        """The containers made from each of these image names."""

    def are_pulls_abandoned(self, images: Sequence[Image]) -> bool:
        """Whether a pull that made one of these died before it could give up its lease."""

    def give_up_abandoned(self) -> None:
        """Give up the leases of the dead."""

    def look_up(
        self, questions: Sequence[LookUp], extent: Extent, access: RegistryAccess
    ) -> dict[str, Remote]:
        """What the registries offer, by name. Stores nothing."""

    def pull(self, pulls: Sequence[Pull], access: RegistryAccess) -> list[Pulled]:
        """Complete the images; all of them or, on failure, nothing that was not there."""

    def name(self, namings: Sequence[Naming]) -> None:
        """Point further names at targets that are here."""

    def label(self, labels: Mapping[str, Mapping[str, str]]) -> None:
        """Set these labels of these records, by name; an empty one is removed, all others stay."""

    def remove(self, names: Sequence[str], sync: bool) -> None:
        """Remove the records."""


class TaskReadingVerbs(Protocol):
    """For whoever asks what runs."""

    def container(self, container_id: str) -> Container | None:
        """The record of that id; None when there is none."""

    def namespaces(self) -> list[str]:
        """The namespaces that there are."""

    def task(self, container_id: str) -> Task | None:
        """The container's process; None when it has none."""


class TaskVerbs(TaskReadingVerbs, Protocol):
    """For the decision about tasks."""

    def start(self, container_id: str, log_uri: str | None) -> None:
        """Run the process; what a former one left is removed first."""

    def stop(self, container_id: str, signal_number: int, timeout_s: float) -> Exit:
        """Ask the process to end, and end it after ``timeout_s``."""

    def kill(self, container_id: str, signal_number: int) -> Exit | None:
        """Send a signal; KILL is waited for."""

    def pause(self, container_id: str) -> None:
        """Freeze the process."""

    def resume(self, container_id: str) -> None:
        """Let a frozen process go on."""

    def wait(self, container_id: str, timeout_s: float) -> Exit:
        """How the process ended; TimedOut when it still runs."""

    def delete(self, container_id: str) -> Exit:
        """Remove a task that has stopped, or was never started."""


class ContainerVerbs(TaskReadingVerbs, Protocol):
    """For the decision about containers."""

    def snapshotter(self, wish: str | None) -> str:
        """The snapshotter to use; Refused when the daemon does not have the one that is wished for."""

    def records(self, names: Sequence[str]) -> dict[str, Image]:
        """The image records of these exact names, as far as there are any."""

    def inspect(self, images: Sequence[Image], extent: Extent) -> dict[str, Stored]:
        """How complete each image is, by name."""

    def image_config(self, container: Container, image: Image) -> Mapping[str, Any] | None:
        """The config of ``image`` when the container stands on that image as it is now; None when it does not."""

    def image_facts(self, image: Image) -> ImageFacts | None:
        """What a container takes over from this image; None when a part of that is not here."""

    def parent(self, container: Container) -> str | None:
        """The chain id that the container's snapshot stands on; None when the snapshot is gone."""

    def identity(self, container: Container, user: str) -> Identity:
        """Who ``user`` is in the container's own file system."""

    def group_ids(self, container: Container, groups: Sequence[str]) -> tuple[int, ...]:
        """The numbers of these groups in the container's own file system."""

    def host(self) -> Host:
        """What this host can lend to a container."""

    def runtime_options(self, container: Container) -> Mapping[str, Any]:
        """Every option of its runtime by name; none for a runtime whose options have other names."""

    def version(self) -> str:
        """The daemon's release."""

    def device(self, path: str) -> Mapping[str, Any]:
        """The device node at ``path`` of this host, as an entry of the spec's linux.devices."""

    def cdi_files(self) -> dict[str, str]:
        """The CDI specifications of this host by their paths, later ones win; only JSON has its text."""

    def check_directory(self, path: str) -> None:
        """Refused when there is no directory of that path on this host."""

    def read_file(self, path: str) -> str:
        """The text of a file of this host; Refused when it cannot be read."""

    def own_directory(self, container_id: str) -> str:
        """Where on this host the files lie that are made for this container."""

    def own_file(self, path: str) -> str:
        """The text of a file of this host that is mounted into a container; '' when there is none."""

    def look_up(
        self, questions: Sequence[LookUp], extent: Extent, access: RegistryAccess
    ) -> dict[str, Remote]:
        """What the registries offer, by name. Stores nothing."""

    def pull(self, pulls: Sequence[Pull], access: RegistryAccess) -> list[Pulled]:
        """Complete the images; all of them or, on failure, nothing that was not there."""

    def create(self, creation: Creation, snapshotter: str) -> None:
        """Make the snapshot, its own files and the record; on failure none of them stays."""

    def replace(
        self, creation: Creation, snapshotter: str, signal_number: int, timeout_s: float, starts: bool
    ) -> None:
        """Make a container anew, and start it if it ``starts``; on failure the old one is back as it was."""

    def relabel(self, container_id: str, wanted: Mapping[str, str]) -> None:
        """Set these labels; the others stay."""

    def limit(self, container_id: str, resources: Mapping[str, Any]) -> None:
        """Set parts of the spec's linux.resources, for the process and on record; the others stay."""

    def remove(self, container_id: str, signal_number: int, timeout_s: float) -> None:
        """Stop the process, then remove task, snapshot, record and its own files."""

    def start(self, container_id: str, log_uri: str | None) -> None:
        """Run the process; what a former one left is removed first."""

    def stop(self, container_id: str, signal_number: int, timeout_s: float) -> Exit:
        """Ask the process to end, and end it after ``timeout_s``."""


class ListingVerbs(Protocol):
    """For a decision that only reads about containers."""

    def containers(self, names: Sequence[str] | None) -> list[Container]:
        """Those of these names that are there, in this order; without names all, sorted."""

    def tasks(self) -> dict[str, Task]:
        """By container."""


class CommandVerbs(TaskReadingVerbs, Protocol):
    """For the decision about commands."""

    def has_path(self, task: Task, path: str) -> bool:
        """Whether the running container has something at ``path``."""

    def execute(self, container: Container, command: Command) -> Executed:
        """Run a command inside; returns when it has ended, unless it is detached."""
