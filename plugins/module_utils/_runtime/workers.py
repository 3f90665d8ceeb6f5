# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads that talk to containerd, each over a connection of its own, and end together."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from .._services.session import Session


class Workers:
    """A pool; ``submit(f, x)`` runs ``f(session, x)``. Leaving it waits, on failure without starting more."""

    def __init__(self, session: Session, count: int, name: str) -> None:
        self._session = session
        self._own = threading.local()
        self._sessions: list[Session] = []
        self._pool = ThreadPoolExecutor(max_workers=count, thread_name_prefix=name)
        self._pending: list[Future[Any]] = []

    def submit(self, work: Callable[..., Any], *args: Any) -> Future[Any]:
        future = self._pool.submit(self._run, work, *args)
        self._pending.append(future)
        return future

    def _run(self, work: Callable[..., Any], *args: Any) -> Any:
        if not hasattr(self._own, "session"):
            self._own.session = self._session.sibling()
            self._sessions.append(self._own.session)
        return work(self._own.session, *args)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: object, *_exc: object) -> None:
        if kind is not None:
            for future in self._pending:
                future.cancel()
        self._pool.shutdown(wait=True)
        for session in self._sessions:
            session.close()
