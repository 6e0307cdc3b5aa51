"""An agent's desk: own state, offers, who waits, the team. Each socket is told what differs from what it knows."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import structlog

from rs_server.core.permissions import allowed
from rs_server.db import UnitOfWork
from rs_server.ports import Acd, AcdEvent, OfferView, WaitingView
from rs_server.protocol.acd import Colleague, DeskChanged, DeskSnapshot, Invitation, Offer, Waiting, WrapUp
from rs_server.protocol.session import QueuePosition
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity
from rs_server.services.presence import Client, Presences
from rs_server.store import sessions as session_store
from rs_server.store.identity import User

log = structlog.get_logger()

_GATHER_SECONDS = 0.05
"""Changes of an instant are told together."""


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
        self._telling: asyncio.Task[None] | None = None
        acd.listen(self._on_acd)
        hub.react(lambda _session, _events: self.stir())

    async def start(self) -> None:
        await self.reload_users()
        # Who waited before a restart is told the place again.
        self.stir()

    async def reload_users(self) -> None:
        self._users = {user.id: user for user in await self._identity.users(self._hub.tenant)}

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)

    async def _on_acd(self, unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        if events:
            unit.after_commit(self.stir)

    # --- telling ---

    def stir(self) -> None:
        """Something may have changed: look soon, once for all that comes together."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_GATHER_SECONDS, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._telling is not None and not self._telling.done():
            self.stir()
            return
        self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        try:
            team, waiting = self._team(), self._acd.waiting()
            self._tell_customers(waiting)
            for client, before in list(self._known.items()):
                after = await self.snapshot(client.actor, team, waiting)
                if client in self._known:
                    self._known[client] = after
                    change = difference(before, after)
                    if change is not None:
                        client.send(None, change)
        except Exception:
            log.exception("desk update failed")

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

    async def watch(self, client: Client) -> None:
        """Send the desk to a socket, and from now on what changes."""
        snapshot = await self.snapshot(client.actor, self._team(), self._acd.waiting())
        self._known[client] = snapshot
        client.send(None, snapshot)

    def unwatch(self, client: Client) -> None:
        self._known.pop(client, None)

    async def snapshot(self, agent: str, team: Sequence[Colleague], waiting: Sequence[WaitingView]) -> DeskSnapshot:
        user = self._users.get(agent)
        me = next((colleague for colleague in team if colleague.user == agent), None)
        watches = user is not None and allowed("desk.watch", user.roles)
        view = self._acd.agent(agent)
        mine = set(view.queues) if view else set()
        sees_all = user is not None and allowed("sessions.all", user.roles)
        async with self._hub.database.read() as connection:
            sessions = await session_store.of_user(connection, agent)
        return DeskSnapshot(
            me=me or self._colleague(agent),
            offers=[self._offer(offer) for offer in self._acd.offers(agent)],
            waiting=[self._waiting(w, agent) for w in waiting if watches and (sees_all or w.queue in mine)],
            team=[c for c in team if watches],
            wrap_ups=[
                WrapUp(contact=w.contact, session=w.session, customer=w.customer, queue=w.queue, deadline=w.deadline)
                for w in self._facts.wrap_ups(agent)
            ],
            invitations=self._invitations(agent),
            sessions=sessions,
        )

    def _team(self) -> list[Colleague]:
        serving = [u for u in self._users.values() if allowed("session.agent", u.roles) and not u.disabled]
        return [self._colleague(user.id) for user in sorted(serving, key=lambda u: u.display_name)]

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

    def _waiting(self, waiting: WaitingView, agent: str) -> Waiting:
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
            may_pick=self._facts.may_pick(waiting.queue, agent),
            offered_to=waiting.offered_to,
        )

    def _invitations(self, agent: str) -> list[Invitation]:
        return [
            Invitation(
                session=session.info.id,
                customer=session.info.customer_name,
                by_name=next((line.by_name for line in reversed(session.lines) if line.kind == "invited"), ""),
                made_at=invite.made_at,
            )
            for session in self._hub.open()
            for invite in session.invites.values()
            if invite.role == "agent" and invite.to == agent and invite.state == "open"
        ]


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
