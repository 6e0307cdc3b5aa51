"""Input on its way from who controls to the injector: a bounded queue that is asked at both ends whether it may."""

from collections import deque
from typing import NamedTuple

from rs_server.protocol.desktop import DesktopDo, InputEvent, InputMove, InputRelease, ShareKind

from .rights import Rights

MOST = 4096
"""Events that may wait. More is nobody's hand: all of it is thrown away."""


class Act(NamedTuple):
    by: str
    event: InputEvent


class Hands:
    def __init__(self, rights: Rights) -> None:
        self._rights = rights
        self._picture: int | None = None
        self._kind: ShareKind | None = None
        self._waiting: deque[Act] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def show(self, picture: int | None, kind: ShareKind | None) -> None:
        """Another picture: what was meant for the former one is thrown away."""
        if (picture, kind) != (self._picture, self._kind):
            self._picture, self._kind = picture, kind
            self._waiting.clear()

    def may(self, by: str) -> bool:
        """Whether this person's input is applied now."""
        return self._picture is not None and self._kind is not None and by in self._rights.controllers(self._kind)

    def take(self, do: DesktopDo) -> bool:
        """False when it was not taken: no grant, another picture, or far too much. Of a person without a grant
        nothing waits any more either."""
        if do.picture != self._picture or not self.may(do.by):
            return False
        if len(self._waiting) + len(do.events) > MOST:
            self._waiting.clear()
            self._waiting.append(Act(do.by, InputRelease()))
            return False
        self._waiting.extend(Act(do.by, each) for each in do.events)
        return True

    def next(self) -> Act | None:
        """What is to be applied now; None when nothing. Of moves that follow each other only the last counts."""
        while self._waiting:
            act = self._waiting.popleft()
            if not self.may(act.by):
                continue
            if isinstance(act.event, InputMove) and self._waiting:
                after = self._waiting[0]
                if after.by == act.by and isinstance(after.event, InputMove):
                    continue
            return act
        return None

    def drop(self) -> None:
        self._waiting.clear()

    def sift(self) -> bool:
        """Throw away what may not be applied any more; whether there was any."""
        before = len(self._waiting)
        self._waiting = deque(act for act in self._waiting if self.may(act.by))
        return len(self._waiting) != before
