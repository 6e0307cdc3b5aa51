"""Errors of the routing core."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .events import Event


class IllegalTransition(Exception):
    """A life cycle has no such step. Says a fault of ours, never a late or repeated command of a user."""

    def __init__(self, what: str, state: str, event: str) -> None:
        super().__init__(f"{what}: no '{event}' in state '{state}'")
        self.what = what
        self.state = state
        self.event = event


class Refused(Exception):
    """The command cannot be carried out now; it changed nothing.

    `code` is one of those of `rs_server.ports.AcdRefused`. `events` is what deadlines that were due had
    caused before the command was looked at; that has happened all the same.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.events: Sequence[Event] = ()
