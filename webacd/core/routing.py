"""The routing core: commands and time in, events out. Deterministic."""

from collections.abc import Callable
from typing import Any

from . import commands as cmd
from . import events as ev
from .answers import Answers
from .arrivals import Arrivals
from .configuring import Configuring
from .presence import Presence
from .refused import Refused
from .state import RoutingState
from .timing import Timing


class RoutingCore(Arrivals, Answers, Presence, Configuring, Timing):
    """Queues, agents and contacts of one tenant.

    Which contact: the smallest virtual arrival, ties in order of arrival, among those the agent may take by queue,
    groups, skills and medium. Which agent: the one it is kept for; else the best skill sum, then fewest contacts in
    hand, then longest since the last assignment. Whoever declined a contact is asked again only when nobody else can
    take it, and not before a pause.

    A contact without a queue (outbound, or its queue was removed) that has to wait goes to the tenant's
    default queue. Where there is no queue at all it waits without one, may be picked by anyone, and is moved
    when the first queue is configured.
    """

    def __init__(self, state: RoutingState | None = None) -> None:
        super().__init__(state)
        self._handlers: dict[type, Callable[[Any], None]] = {
            cmd.Configure: self._configure,
            cmd.Enqueue: self._enqueue,
            cmd.StartOutbound: self._start_outbound,
            cmd.Accept: self._accept,
            cmd.Reject: self._reject,
            cmd.Pick: self._pick,
            cmd.Abandon: self._abandon,
            cmd.Complete: self._complete,
            cmd.HandOver: self._hand_over,
            cmd.Transfer: self._transfer,
            cmd.Move: self._move,
            cmd.EndWrapUp: self._end_wrap_up,
            cmd.SetState: self._set_state,
            cmd.Beat: self._beat,
            cmd.SignOut: self._sign_out,
            cmd.Tick: lambda _: None,
            cmd.Resume: self._resume,
        }

    def step(self, command: cmd.Command, now: float) -> list[ev.Event]:
        """Carry out what was due by `now`, then the command. A clock that goes back stands still instead.

        Raises `Refused`; the command has then changed nothing, and what was due is told in its `events`.
        A beat and a new start are heard before the deadlines: an agent who says something is there, and no
        agent could answer while we were not.
        """
        self.now = max(self.now, now)
        events: list[ev.Event] = []
        self._events = events
        self.state.ended.clear()
        first = isinstance(command, cmd.Beat | cmd.Resume)
        if first:
            self._handlers[type(command)](command)
        self._expire()
        self._match()
        if not first:
            try:
                self._handlers[type(command)](command)
            except Refused as refusal:
                refusal.events = events
                raise
            self._match()
            # What the command brought about may be due already, such as the end of a hold without a window.
            self._expire()
            self._match()
        return events
