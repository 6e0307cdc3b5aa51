"""The agent in charge gives the customer on, to a queue or another agent, and leaves."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import structlog

from rs_server.core.session import Session, Step, is_in
from rs_server.db import UnitOfWork
from rs_server.ports import Acd, AcdEvent, AgentView, ContactQueued
from rs_server.protocol.api import AgentTarget, QueueTarget, TransferTargets
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant, SessionTransfer
from rs_server.services.desk import Desk
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity
from rs_server.services.queues import QueueFacts, Queues
from rs_server.services.sessions import Sessions
from rs_server.store import sessions as store

log = structlog.get_logger()

_ELSEWHERE = frozenset({"moved", "overflowed", "transferred"})
"""Reasons of a return after which the contact may wait for another queue."""


class TransferFacts(Queues, Protocol):
    def queue_targets(self) -> list[QueueTarget]: ...


class _Target(NamedTuple):
    name: str
    queue: QueueFacts | None
    agent: str | None


class Transfers:
    def __init__(
        self, hub: Hub, acd: Acd, identity: Identity, queues: TransferFacts, sessions: Sessions, desk: Desk
    ) -> None:
        self._hub = hub
        self._acd = acd
        self._identity = identity
        self._queues = queues
        self._sessions = sessions
        self._desk = desk
        acd.listen(self._on_acd)

    def targets(self, reader: str) -> TransferTargets:
        """To whom this reader could give a session on now."""
        views = [view for view in self._acd.agents() if view.state != "offline" and view.agent != reader]
        rows = [row for view in views if (row := self._agent_target(view)) is not None]
        rows.sort(key=lambda row: (row.state != "ready" or row.sessions >= row.capacity, row.sessions, row.name))
        return TransferTargets(queues=self._queues.queue_targets(), agents=rows)

    def _agent_target(self, view: AgentView) -> AgentTarget | None:
        user = self._desk.users.get(view.agent)
        if user is None or user.disabled or view.state == "offline":
            return None
        return AgentTarget(
            user=user.id,
            name=user.display_name,
            department=user.department,
            state=view.state,
            reason=view.reason,
            sessions=view.sessions,
            capacity=view.capacity,
        )

    async def transfer(self, session_id: str, who: Participant, to: SessionTransfer) -> None:
        """The customer stays, with chat and recording; who leaves loses what was granted to them. An agent who is in
        the session already takes it on at once.

        Raises `not_allowed` for who is not in charge, `conflict` while no customer is there, `not_found`,
        `bad_request`; `AcdRefused`: not_ready, at_capacity."""
        target = await self._target(who, to)
        async with self._hub.unit() as unit:
            session = await self._hub.within(unit, session_id)
            inside = session.of_user(target.agent) if target.agent is not None else None
            if inside is not None and is_in(inside):
                await self._pass_on(unit, session_id, who, inside, to.note)
                return
            async with self._hub.change(session_id, unit) as change:
                _check(change.session, who)
                if to.note.strip():
                    change.line("chat", who, to.note.strip(), audience="staff")
                kind = "queue" if target.agent is None else "agent"
                change.line("transferred", who, to=target.name, target=kind)
                change.leave(change.session.participants[who.id])
                queue = {} if target.queue is None else {"queue": target.queue.id, "queue_name": target.queue.name}
                change.step(Step.RETURNED, primary=None, waiting_since=change.session.info.created_at, **queue)
            contact = await store.contact_of(unit.connection, session_id)
            if contact is None or who.user is None:
                raise ProtocolError(Code.CONFLICT, "the queue knows nothing of this session")
            await self._acd.transfer(
                unit, contact, who.user, queue=target.queue.id if target.queue else None, agent=target.agent
            )

    async def _target(self, who: Participant, to: SessionTransfer) -> _Target:
        if to.queue is None and to.agent is None:
            raise ProtocolError(Code.BAD_REQUEST, "a queue or an agent", field="queue")
        queue = None if to.queue is None else self._queues.queue(to.queue)
        if to.queue is not None and queue is None:
            raise ProtocolError(Code.NOT_FOUND, "no such queue", field="queue")
        if to.agent is None:
            assert queue is not None
            return _Target(queue.name, queue, None)
        user = await self._identity.user(to.agent)
        ours = user is not None and user.tenant == self._hub.tenant and not user.disabled
        if user is None or not ours or self._acd.agent(user.id) is None:
            raise ProtocolError(Code.NOT_FOUND, "no such agent", field="agent")
        if user.id == who.user:
            raise ProtocolError(Code.BAD_REQUEST, "that is yourself", field="agent")
        return _Target(user.display_name, queue, user.id)

    async def _pass_on(self, unit: UnitOfWork, session_id: str, who: Participant, to: Participant, note: str) -> None:
        """To one who is in the session."""
        async with self._hub.change(session_id, unit) as change:
            _check(change.session, who)
            if note.strip():
                change.line("chat", who, note.strip(), audience="staff")
        await self._sessions.hand_over(session_id, who, to.id, unit)
        async with self._hub.change(session_id, unit) as change:
            change.leave(change.session.participants[who.id])

    async def _on_acd(self, unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        for event in events:
            if isinstance(event, ContactQueued) and event.returned in _ELSEWHERE:
                try:
                    await self._follow(unit, event)
                except ProtocolError:
                    # The queue serves everybody: one session that cannot follow must not hold up the others.
                    log.exception("session did not follow its contact", session=event.session)

    async def _follow(self, unit: UnitOfWork, event: ContactQueued) -> None:
        """The session says for which queue its customer waits now."""
        queue = self._queues.queue(event.queue)
        if queue is None or not event.session:
            return
        async with self._hub.change(event.session, unit) as change:
            info = change.session.info
            if info.state == "waiting" and info.queue != queue.id:
                change.info(queue=queue.id, queue_name=queue.name)
                change.line("queued", None, queue=queue.name)


def _check(session: Session, who: Participant) -> None:
    if session.info.state == "ended":
        raise ProtocolError(Code.SESSION_ENDED)
    if session.info.primary != who.id:
        raise ProtocolError(Code.NOT_ALLOWED, "only the agent in charge transfers")
    if session.info.state != "live":
        raise ProtocolError(Code.CONFLICT, "no customer is in this session yet")
