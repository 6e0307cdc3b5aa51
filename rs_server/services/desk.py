"""An agent's desk: own state, offers, who waits, the team. Each socket is told what differs from what it knows."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec
import structlog

from rs_server.core.permissions import Profile, allowed
from rs_server.core.session import Session
from rs_server.db import UnitOfWork
from rs_server.ports import Acd, AcdEvent, OfferView, WaitingView
from rs_server.protocol.acd import Colleague, DeskChanged, DeskSnapshot, Offer, Waiting, WrapUp
from rs_server.protocol.session import Durable, InviteChanged, ParticipantChanged, QueuePosition, SessionChanged
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity
from rs_server.services.parts import Parts
from rs_server.services.presence import Client, Presences
from rs_server.store.identity import User

log = structlog.get_logger()

_GATHER_SECONDS = 0.05
"""Changes of an instant are told together."""
_SHOWN = (SessionChanged, ParticipantChanged, InviteChanged)
"""A desk shows nothing of what else happens in a session."""
_SERVING = frozenset({Profile.AGENT.value, Profile.SUPERVISOR.value})
"""In the team whether they are in a queue or not."""


class _Now(NamedTuple):
    """What all desks have in common: made once, however many there are. `waiting`: as who may not pick sees it, and
    as who may."""

    team: dict[str, Colleague]
    waiting: list[tuple[Waiting, Waiting]]


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


class DeskFacts(Protocol):
    """What the desk shows beside the port's views: names of queues, and the wrap-ups an agent is in."""

    def queue_name(self, queue: str) -> str: ...

    def may_pick(self, queue: str, agent: str) -> bool: ...

    def wrap_ups(self, agent: str) -> Sequence[WrapUpFact]: ...


class Desk:
    def __init__(self, hub: Hub, acd: Acd, identity: Identity, presences: Presences, facts: DeskFacts) -> None:
        self._hub = hub
        self._acd = acd
        self._identity = identity
        self._presences = presences
        self._facts = facts
        self._users: dict[str, User] = {}
        self._known: dict[Client, DeskSnapshot] = {}
        self._positions: dict[str, QueuePosition] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._parts = Parts()
        acd.listen(self._on_acd)
        hub.react(self._on_session)
        presences.on_gone(lambda _actor: self.stir())

    async def start(self) -> None:
        await self.reload_users()
        for session in self._hub.open():
            self._parts.follow(session)
        # Who waited before a restart is told the place again.
        self.stir()

    async def reload_users(self) -> None:
        self._users = {user.id: user for user in await self._identity.users(self._hub.tenant)}
        self.stir()

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def _on_acd(self, unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        if events:
            unit.after_commit(self.stir)

    def _on_session(self, session: Session, events: Sequence[Durable]) -> None:
        if any(isinstance(event, _SHOWN) for event in events):
            self._parts.follow(session)
            self.stir()

    def sessions(self, user: str) -> list[str]:
        """Open sessions that the user is in, the oldest first."""
        return self._parts.sessions(user)

    # --- telling ---

    def stir(self) -> None:
        """Something may have changed: look soon, once for all that comes together."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._look)

    def _look(self) -> None:
        self._timer = None
        waiting = self._acd.waiting()
        self._tell_customers(waiting)
        now = self._now(waiting)
        for client, before in list(self._known.items()):
            try:
                after = self._snapshot(client.actor, now)
                self._known[client] = after
                change = difference(before, after)
                if change is not None:
                    client.send(None, change)
            except Exception:
                log.exception("desk update failed", user=client.actor)

    def _tell_customers(self, waiting: Sequence[WaitingView]) -> None:
        positions = {
            w.session: QueuePosition(position=w.position, estimate=None if w.estimate is None else round(w.estimate))
            for w in waiting
        }
        for session, position in positions.items():
            if self._positions.get(session) != position:
                self._hub.tell(session, position)
        self._positions = positions

    def position(self, session: str) -> QueuePosition | None:
        return self._positions.get(session)

    # --- sockets ---

    def watch(self, client: Client) -> None:
        """Send the desk to a socket, and from now on what changes."""
        snapshot = self._snapshot(client.actor, self._now(self._acd.waiting()))
        self._known[client] = snapshot
        client.send(None, snapshot)
        self.stir()

    def unwatch(self, client: Client) -> None:
        self._known.pop(client, None)

    def _snapshot(self, agent: str, now: _Now) -> DeskSnapshot:
        user = self._users.get(agent)
        watches = user is not None and allowed("desk.watch", user.roles)
        sees_all = user is not None and allowed("sessions.all", user.roles)
        view = self._acd.agent(agent)
        mine = set(view.queues) if view else set()
        picks = {queue for queue in mine if self._facts.may_pick(queue, agent)} if watches else set()
        return DeskSnapshot(
            me=now.team.get(agent) or self._colleague(agent),
            offers=[self._offer(offer) for offer in self._acd.offers(agent)],
            waiting=[
                picked if closed.queue in picks else closed
                for closed, picked in now.waiting
                if watches and (sees_all or closed.queue in mine)
            ],
            team=list(now.team.values()) if watches else [],
            wrap_ups=[
                WrapUp(contact=w.contact, session=w.session, customer=w.customer, queue=w.queue, deadline=w.deadline)
                for w in self._facts.wrap_ups(agent)
            ],
            invitations=self._parts.invitations(agent),
            sessions=self._parts.sessions(agent),
        )

    def _now(self, waiting: Sequence[WaitingView]) -> _Now:
        serving = [user for user in self._users.values() if self._serves(user)]
        return _Now(
            team={user.id: self._colleague(user.id) for user in sorted(serving, key=lambda user: user.display_name)},
            waiting=[(self._waiting(each, False), self._waiting(each, True)) for each in waiting],
        )

    def _serves(self, user: User) -> bool:
        """Who may serve without being an agent of any queue, like an administrator, is nobody's colleague here."""
        may = allowed("session.agent", user.roles) and not user.disabled
        return may and (not _SERVING.isdisjoint(user.roles) or self._acd.agent(user.id) is not None)

    def _colleague(self, agent: str) -> Colleague:
        user = self._users.get(agent)
        view = self._acd.agent(agent)
        online = self._presences.online(agent)
        return Colleague(
            user=agent,
            name=user.display_name if user else "",
            department=user.department if user else "",
            state=view.state if view else "not_ready" if online else "offline",
            reason=view.reason if view else None,
            since=view.since if view else 0.0,
            sessions=view.sessions if view else 0,
            capacity=view.capacity if view else 0,
        )

    def _offer(self, offer: OfferView) -> Offer:
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
        )

    def _waiting(self, waiting: WaitingView, may_pick: bool) -> Waiting:
        return Waiting(
            contact=waiting.contact,
            session=waiting.session,
            queue=waiting.queue,
            queue_name=self._facts.queue_name(waiting.queue),
            customer=waiting.customer,
            question=waiting.question,
            arrived_at=waiting.arrived_at,
            position=waiting.position,
            estimate=None if waiting.estimate is None else round(waiting.estimate),
            may_pick=may_pick,
            offered_to=waiting.offered_to,
        )


def difference(before: DeskSnapshot, after: DeskSnapshot) -> DeskChanged | None:
    """What to tell a reader who knows `before`; None when nothing differs. Sessions that the reader is no longer in
    are told at once, by the socket."""
    changes: dict[str, Any] = {}
    if before.me != after.me:
        changes["me"] = after.me
    for field, key, gone in _LISTS:
        fresh, lost = _compare(getattr(before, field), getattr(after, field), key)
        if fresh:
            changes[field] = fresh
        if lost and gone:
            changes[gone] = lost
    return DeskChanged(**changes) if changes else None


_LISTS: tuple[tuple[str, Callable[[Any], str], str | None], ...] = (
    ("offers", lambda item: item.id, "offers_gone"),
    ("waiting", lambda item: item.contact, "waiting_gone"),
    ("team", lambda item: item.user, None),
    ("wrap_ups", lambda item: item.contact, "wrap_ups_gone"),
    ("invitations", lambda item: item.session, "invitations_gone"),
)


def _compare(
    before: Sequence[msgspec.Struct], after: Sequence[msgspec.Struct], key: Callable[[Any], str]
) -> tuple[list[msgspec.Struct], list[str]]:
    known: Mapping[str, msgspec.Struct] = {key(item): item for item in before}
    here = {key(item) for item in after}
    return [item for item in after if known.get(key(item)) != item], [name for name in known if name not in here]
