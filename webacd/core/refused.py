"""Commands that cannot be carried out."""

from collections.abc import Sequence

from .events import Event


class Refused(Exception):
    """The command cannot be carried out now; it changed nothing.

    `code` is one of those of `rs_server.ports.AcdRefused`. `events` is what deadlines that were due had
    caused before the command was looked at; that has happened all the same.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.events: Sequence[Event] = ()
