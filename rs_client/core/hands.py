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

    def allowed(self) -> frozenset[str]:
        """Whose input is applied now."""
        if self._picture is None or self._kind is None:
            return frozenset()
        return self._rights.controllers(self._kind)

    def may(self, by: str) -> bool:
        return by in self.allowed()

    def take(self, do: DesktopDo) -> bool:
        """False when it was not taken: no grant, another picture, or far too much."""
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

    def sift(self) -> None:
        """Throw away what may not be applied any more."""
        allowed = self.allowed()
        self._waiting = deque(act for act in self._waiting if act.by in allowed)
