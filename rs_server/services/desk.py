"""An agent's desk: own state, offers, who waits, the team. Each socket is told what differs from what it knows.

What many have in common is made and encoded once, and only what belongs to somebody whom a change concerns is looked
at again: a change costs one look at each socket, not one at each pair of agents.
"""

import asyncio
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import structlog

from rs_server.core.session import Session
from rs_server.db import UnitOfWork
from rs_server.ports import Acd, AcdEvent, Offered, OfferEnded, OfferView, WaitingView
from rs_server.protocol.acd import (
    Colleague,
    DeskChanged,
    DeskNotice,
    DeskRules,
    DeskSnapshot,
    Invitation,
    Offer,
    Shift,
    Waiting,
    WrapUp,
)
from rs_server.protocol.session import Durable, InviteChanged, ParticipantChanged, QueuePosition, SessionChanged
from rs_server.protocol.socket import EventFrame, ServerBody
from rs_server.services.board import Board, BoardFacts, TeamView
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity
from rs_server.services.parts import Parts
from rs_server.services.preferences import TEAM_BAR, Preferences
from rs_server.services.presence import Client, Presences
from rs_server.store.identity import User

log = structlog.get_logger()

_GATHER_SECONDS = 0.05
"""Changes of an instant are told together."""
_SHOWN = (SessionChanged, ParticipantChanged, InviteChanged)
"""A desk shows nothing of what else happens in a session."""


class WrapUpFact(Protocol):
    @property
    def contact(self) -> str: ...
    @property
    def session(self) -> str: ...
    @property
    def customer(self) -> str: ...
    @property
    def queue(self) -> str | None: ...
    @property
    def deadline(self) -> float | None: ...


class DeskFacts(BoardFacts, Protocol):
    """What the desk shows beside the port's views."""

    def wrap_ups(self, agent: str) -> Sequence[WrapUpFact]: ...

    def rules(self) -> DeskRules: ...

    def shift(self, agent: str) -> Shift | None: ...

    def mark(self) -> object:
        """Another object whenever the configuration is another."""


class _Own(msgspec.Struct, frozen=True):
    """What is the reader's alone. Fields as in `DeskSnapshot`."""

    me: Colleague
    offers: list[Offer]
    wrap_ups: list[WrapUp]
    invitations: list[Invitation]
    bar: list[str]
    shift: Shift | None
    rules: DeskRules


class _Reader:
    """What a socket knows."""

    __slots__ = ("line", "own", "team", "team_view")

    def __init__(self, own: _Own, line: Hashable, team: Hashable, team_view: TeamView) -> None:
        self.own = own
        self.line = line
        self.team = team
        self.team_view = team_view


class Desk:
    def __init__(
        self,
        hub: Hub,
        acd: Acd,
        identity: Identity,
        presences: Presences,
        facts: DeskFacts,
        preferences: Preferences,
    ) -> None:
        self._hub = hub
        self._acd = acd
        self._identity = identity
        self._presences = presences
        self._facts = facts
        self._preferences = preferences
        self._board = Board(acd, presences, facts)
        self._readers: dict[Client, _Reader] = {}
        self._positions: dict[str, QueuePosition] = {}
        self._waiting: Sequence[WaitingView] = ()
        self._lines: dict[Hashable, dict[str, Waiting]] = {}
        self._stirred: set[str] = set()
        self._seen: set[str] = set()
        """Looked at again since the last look; the others are not told yet."""
        self._mark: object = None
        self._timer: asyncio.TimerHandle | None = None
        self._parts = Parts()
        acd.listen(self._on_acd)
        hub.react(self._on_session)
        presences.on_gone(lambda actor: self.stir([actor]))
        preferences.on_change(lambda user: self.stir([user]))

    async def start(self) -> None:
        await self.reload_users()
        for session in self._hub.open():
            self._parts.follow(session)
        # Who waited before a restart is told the place again.
        self.stir()

    async def reload_users(self) -> None:
        self._board.reload(await self._identity.users(self._hub.tenant))
        self._mark = None
        self.stir()

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def _on_acd(self, unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        users = {agent for event in events if (agent := getattr(event, "agent", None)) is not None}
        missed = [event for event in events if isinstance(event, OfferEnded) and event.outcome == "timed_out"]
        # Whom an offer concerns hears of it at once: seconds run. Everything else is told together.
        answering = {event.agent for event in events if isinstance(event, Offered | OfferEnded)}
        if answering:
            unit.after_commit(lambda: self._tell_at_once(answering))
        unit.after_commit(lambda: self.stir(users))
        if missed:
            unit.after_commit(lambda: self._tell_missed(missed))

    def _tell_at_once(self, users: set[str]) -> None:
        for user in users:
            for client in self._presences.clients(user):
                reader = self._readers.get(client)
                if reader is not None:
                    self.tell_own(client, reader)

    def tell_own(self, client: Client, reader: _Reader) -> None:
        before, after = reader.own, self.own(client.actor)
        if before != after:
            reader.own = after
            client.send(None, _own_difference(before, after))

    def _tell_missed(self, offers: Sequence[OfferEnded]) -> None:
        for offer in offers:
            session = self._hub.peek(offer.session)
            self.notify(
                offer.agent,
                DeskNotice(kind="offer_missed", data={"customer": session.info.customer_name if session else ""}),
            )

    def _on_session(self, session: Session, events: Sequence[Durable]) -> None:
        if any(isinstance(event, _SHOWN) for event in events):
            self.stir(self._parts.follow(session))

    def sessions(self, user: str) -> list[str]:
        """Open sessions that the user is in, the oldest first."""
        return self._parts.sessions(user)

    @property
    def users(self) -> Mapping[str, User]:
        return self._board.users

    @property
    def rules(self) -> DeskRules:
        return self._facts.rules()

    # --- telling ---

    def stir(self, users: Sequence[str] | set[str] = ()) -> None:
        """Something of these may have changed, or of what all see: look soon, once for all that comes together."""
        self._stirred.update(users)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER_SECONDS, self.look)

    def look(self) -> None:
        """Tell everybody what changed since the last look."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        stirred, self._stirred = self._stirred, set()
        mark = self._facts.mark()
        everything = mark is not self._mark
        if everything:
            self._mark = mark
            self._board.forget()
            stirred = {*self._board.users, *stirred}
        waiting = self._acd.waiting()
        self._tell_customers(waiting)
        changed = self._board.refresh(stirred) | self._seen
        self._seen = set()
        this = _Round(self, stirred, changed, waiting, everything)
        for client, reader in list(self._readers.items()):
            try:
                this.tell(client, reader)
            except Exception:
                log.exception("desk update failed", user=client.actor)
        self._waiting, self._lines = waiting, this.lines

    def notify(self, user: str, notice: DeskNotice) -> None:
        """Say it in every console of the user."""
        for client in self._presences.clients(user):
            client.send(None, notice)

    def _tell_customers(self, waiting: Sequence[WaitingView]) -> None:
        positions = {
            w.session: QueuePosition(position=w.position, estimate=None if w.estimate is None else round(w.estimate))
            for w in waiting
            if w.session
        }
        for session, position in positions.items():
            if self._positions.get(session) != position:
                self._hub.tell(session, position)
        self._positions = positions

    def position(self, session: str) -> QueuePosition | None:
        return self._positions.get(session)

    def encoded(self, body: ServerBody) -> bytes:
        return msgspec.json.encode(EventFrame(session=None, seq=0, at=self._hub.clock.now(), body=body))

    # --- sockets ---

    def watch(self, client: Client) -> None:
        """Send the desk to a socket, and from now on what changes."""
        user = client.actor
        self._seen |= self._board.refresh([user])
        key = self._board.team_key(user)
        # What was last told to the others: the next look tells the difference to all alike.
        line = self._board.line_key(user, self._waiting)
        if line not in self._lines:
            self._lines[line] = self._board.line(line, user, self._waiting)
        reader = _Reader(self.own(user), line, key, self._board.team(key, user))
        self._readers[client] = reader
        own, team = reader.own, reader.team_view
        client.send(
            None,
            DeskSnapshot(
                me=own.me,
                offers=own.offers,
                waiting=list(self._lines[line].values()),
                team=[self._board.colleague(member) for member in team.members],
                teams=list(team.lists),
                wrap_ups=own.wrap_ups,
                invitations=own.invitations,
                sessions=self._parts.sessions(user),
                bar=own.bar,
                shift=own.shift,
                rules=own.rules,
            ),
        )
        self.stir([user])

    def unwatch(self, client: Client) -> None:
        self._readers.pop(client, None)

    def own(self, user: str) -> _Own:
        return _Own(
            me=self._board.colleague(user),
            offers=[self._offer(offer) for offer in self._acd.offers(user)],
            wrap_ups=[
                WrapUp(contact=w.contact, session=w.session, customer=w.customer, queue=w.queue, deadline=w.deadline)
                for w in self._facts.wrap_ups(user)
            ],
            invitations=self._parts.invitations(user),
            bar=self._preferences.get(user, TEAM_BAR, list[str]) or [],
            shift=self._facts.shift(user),
            rules=self._facts.rules(),
        )

    def _offer(self, offer: OfferView) -> Offer:
        session = self._hub.peek(offer.session) if offer.session else None
        last = next((line for line in reversed(session.lines) if line.kind == "transferred"), None) if session else None
        return Offer(
            id=offer.offer,
            contact=offer.contact,
            session=offer.session,
            queue=offer.queue,
            queue_name=self._facts.queue_name(offer.queue),
            customer=offer.customer,
            question=offer.question,
            arrived_at=offer.arrived_at,
            made_at=offer.made_at,
            deadline=offer.deadline,
            medium=offer.medium,
            direct=offer.direct,
            transferred_by=last.by_name if last else "",
        )


class _Round:
    """One look: what several readers are told alike is kept."""

    def __init__(
        self,
        desk: Desk,
        stirred: set[str],
        changed: set[str],
        waiting: Sequence[WaitingView],
        everything: bool,
    ) -> None:
        self._desk = desk
        self._board = desk._board
        self._stirred = stirred
        self._changed = changed
        self._everything = everything
        self._waiting = waiting
        self._before = desk._lines
        self._direct = frozenset(w.agent for w in (*waiting, *desk._waiting) if w.agent is not None)
        self._same = not everything and waiting == desk._waiting
        # By identity: readers of one team have the one view.
        self._teams: dict[int, bytes | None] = {}
        self._rows: dict[tuple[Hashable, Hashable], bytes | None] = {}
        self.lines: dict[Hashable, dict[str, Waiting]] = {}

    def tell(self, client: Client, reader: _Reader) -> None:
        user = client.actor
        stirred = user in self._stirred
        if stirred:
            self._desk.tell_own(client, reader)
        if self._everything:
            self._tell_new_team(client, reader)
        elif self._changed:
            frame = self._team(reader.team_view)
            if frame is not None:
                client.put(frame)
        line = reader.line
        if stirred or user in self._direct:
            line = self._board.line_key(user, self._waiting)
        frame = self._line(reader.line, line, user)
        reader.line = line
        if frame is not None:
            client.put(frame)

    def _tell_new_team(self, client: Client, reader: _Reader) -> None:
        before = reader.team_view
        reader.team = self._board.team_key(client.actor)
        after = reader.team_view = self._board.team(reader.team, client.actor)
        known = set(before.members) - self._changed
        change: dict[str, Any] = {}
        if fresh := [self._board.colleague(member) for member in after.members if member not in known]:
            change["team"] = fresh
        if gone := sorted(set(before.members) - set(after.members)):
            change["team_gone"] = gone
        if before.lists != after.lists:
            change["teams"] = list(after.lists)
        if change:
            client.send(None, DeskChanged(**change))

    def _team(self, view: TeamView) -> bytes | None:
        if id(view) not in self._teams:
            rows = [self._board.colleague(member) for member in view.members if member in self._changed]
            self._teams[id(view)] = self._desk.encoded(DeskChanged(team=rows)) if rows else None
        return self._teams[id(view)]

    def _line(self, was: Hashable, now: Hashable, user: str) -> bytes | None:
        if now not in self.lines:
            known = self._before.get(now)
            if self._same and known is not None:
                self.lines[now] = known
            else:
                self.lines[now] = self._board.line(now, user, self._waiting)
        if was == now and self._same:
            return None
        if (was, now) not in self._rows:
            fresh, gone = _compare(self._before.get(was, {}), self.lines[now])
            body = DeskChanged(waiting=fresh, waiting_gone=gone) if fresh or gone else None
            self._rows[was, now] = self._desk.encoded(body) if body else None
        return self._rows[was, now]


def _own_difference(before: _Own, after: _Own) -> DeskChanged:
    changes: dict[str, Any] = {
        name: getattr(after, name)
        for name in ("me", "bar", "shift", "rules")
        if getattr(before, name) != getattr(after, name)
    }
    for field, key in _LISTS:
        fresh, gone = _compare(
            {key(item): item for item in getattr(before, field)}, {key(item): item for item in getattr(after, field)}
        )
        if fresh:
            changes[field] = fresh
        if gone:
            changes[f"{field}_gone"] = gone
    return DeskChanged(**changes)


_LISTS: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("offers", lambda item: item.id),
    ("wrap_ups", lambda item: item.contact),
    ("invitations", lambda item: item.session),
)


def _compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[list[Any], list[str]]:
    if before is after:
        return [], []
    return [item for name, item in after.items() if before.get(name) != item], [n for n in before if n not in after]
