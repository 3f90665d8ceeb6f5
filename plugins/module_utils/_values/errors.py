# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways in which a wish can fail, named by what a caller could do about it.

Every message is one sentence: what was tried, on what, what came back; the remedy follows after a semicolon.
Knows nothing of gRPC, HTTP or Ansible.
"""

from __future__ import annotations


class Failure(Exception):
    """Something was asked for and did not happen. ``kind`` is stable and meant for machines."""

    kind = "failed"

    def __init__(self, message: str, remedy: str = "", *, call: str = "", code: str = "") -> None:
        super().__init__(message + "; " + remedy if remedy else message)
        self.message = message
        self.remedy = remedy
        self.call = call  # the remote call that failed, such as "images.Get" or "GET https://host/v2/"
        self.code = code  # the peer's own word for it, such as "NOT_FOUND" or "404"

    def advise(self, remedy: str) -> Failure:
        """The same failure with the remedy of somebody who knows the context better."""
        return type(self)(self.message, remedy, call=self.call, code=self.code)


class NotFound(Failure):
    """The thing is not there: create it, or correct its name."""

    kind = "not_found"


class AlreadyExists(Failure):
    """The thing is there already: take it, or choose another name."""

    kind = "already_exists"


class Unreachable(Failure):
    """Nobody answered: start the peer, correct its address, or gain the right to talk to it."""

    kind = "unreachable"


class Locked(Failure):
    """Somebody else is at the same work right now: wait and try again."""

    kind = "locked"


class TimedOut(Failure):
    """The peer is there but nothing moved in time: wait longer, or look at the peer."""

    kind = "timed_out"


class Refused(Failure):
    """The peer understood and said no (arguments, state or credentials): change the wish."""

    kind = "refused"


class Unsupported(Failure):
    """This peer, in this version, cannot do it: upgrade it, or wish for less."""

    kind = "unsupported"


class Damaged(Failure):
    """What came back is not what was promised (digest, length, format): distrust the source."""

    kind = "damaged"


class Missing(Failure):
    """A library or a program that this wish needs is not on the host: install it."""

    kind = "missing_requirement"
