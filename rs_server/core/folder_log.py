"""What of the customer's folders stands in the log: every change and every file fetched, each look once for a while,
and not so much that it hides the rest. Pure."""

from collections.abc import Sequence

from rs_server.protocol.session import Line

MOST_LOOKS = 500
"""Lines of looks in one session; the last of them says that there were more."""
MOST_ACTS = 5000
"""The same, of all else: then no more is let through."""
LOOK_AGAIN = 600.0
"""Seconds after which a look at the same place is one of its own."""


def _is_look(line: Line) -> bool:
    return line.kind == "folder" and line.data["act"] in ("list", "more")


def look(lines: Sequence[Line], holder: str, place: str, now: float) -> str | None:
    """The act of the line to be written; None: none."""
    looks = [line for line in lines if _is_look(line)]
    if len(looks) >= MOST_LOOKS:
        return None
    for line in reversed(looks):
        if now - line.at >= LOOK_AGAIN:
            break
        if (line.by, line.data["place"]) == (holder, place):
            return None
    return "list" if len(looks) < MOST_LOOKS - 1 else "more"


def is_full(lines: Sequence[Line]) -> bool:
    return sum(line.kind == "folder" and not _is_look(line) for line in lines) >= MOST_ACTS
