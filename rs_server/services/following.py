"""Sessions follow what the queue decides of their contacts: in its unit of work, or right after its commit."""

import asyncio
from collections.abc import Coroutine, Sequence

import structlog

from rs_server.core.session import Step, is_in
from rs_server.db import UnitOfWork
from rs_server.ports import Acd, AcdEvent, AcdRefused, Assigned, ContactEnded, ContactLeft, WrapUpEnded
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.services import ids
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity
from rs_server.services.recordings import record_by_policy
from rs_server.store import sessions as store

log = structlog.get_logger()


class Following:
    """Brings agents into sessions and takes them out, as the queue gives and takes contacts."""

    def __init__(self, hub: Hub, acd: Acd, identity: Identity) -> None:
        self._hub = hub
        self._acd = acd
        self._identity = identity
        self._tasks: set[asyncio.Task[None]] = set()
        acd.listen(self._on_acd)

    async def start(self) -> None:
        """Once the queue is there: what was to be done after a commit may have been cut off by the end of a process."""
        for session in self._hub.open():
            info = session.info
            if info.state == "inviting" and info.primary is None and info.callback is None:
                self._later(self._withdraw(info.id))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _on_acd(self, unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        for event in events:
            try:
                await self._follow(unit, event)
            except ProtocolError:
                # The queue serves everybody: one session that cannot follow must not hold up the others.
                log.exception("session did not follow its contact", event=type(event).__name__)

    async def _follow(self, unit: UnitOfWork, event: AcdEvent) -> None:
        match event:
            case Assigned():
                await self._assigned(unit, event)
            case ContactLeft(session=session, agent=agent, reason="agent_lost"):
                await self._agent_lost(unit, session, agent)
            case ContactEnded(session=session, outcome="abandoned"):
                async with self._hub.change(session, unit) as change:
                    # An invitation whose agent is gone stays open: it has no contact until its customer comes.
                    if change.session.info.state != "inviting":
                        change.end(change.session.customer)
            case ContactEnded(session=session, outcome="redirected"):
                async with self._hub.change(session, unit) as change:
                    change.end(None, "redirected")
            case WrapUpEnded(session=session, outcome_code=str(code)):
                async with self._hub.change(session, unit) as change:
                    change.info(outcome_code=code)
            case _:
                pass

    async def _assigned(self, unit: UnitOfWork, event: Assigned) -> None:
        user = await self._identity.user(event.agent)
        if user is None:
            raise ProtocolError(Code.NOT_FOUND, "no such agent")
        async with self._hub.change(event.session, unit) as change:
            session = change.session
            agent = session.of_user(user.id)
            if agent is None or not is_in(agent):
                agent = Participant(
                    id=agent.id if agent else ids.new_id(),
                    role="agent",
                    name=user.display_name,
                    user=user.id,
                    joined_at=change.now,
                )
                change.join(agent)
                # The queue gave them the session: whether they may join as a further agent is no question any more.
                change.close_grants(lambda g: g.capability == "further_agent" and g.holder == agent.id)
            if session.info.state == "inviting":
                change.info(primary=agent.id)
                return
            change.step(Step.ASSIGNED, primary=agent.id, answered_at=session.info.answered_at or change.now)
            change.pass_on(agent)
            record_by_policy(change)

    async def _agent_lost(self, unit: UnitOfWork, session_id: str, user: str) -> None:
        async with self._hub.change(session_id, unit) as change:
            session = change.session
            agent = session.of_user(user)
            if agent is not None:
                change.leave(agent, "lost")
            if session.info.state == "inviting":
                change.info(primary=None)
                if session.info.callback is not None:
                    # The customer is still to be called: its contact waits for another agent.
                    return
                unit.after_commit(lambda: self._later(self._withdraw(session_id)))
            elif session.info.state == "live":
                change.step(Step.RETURNED, primary=None, waiting_since=session.info.created_at)
                change.line("queued", None, queue=session.info.queue_name or "")
                unit.after_commit(lambda: self._later(self._fall_back(session_id)))

    async def _fall_back(self, session_id: str) -> None:
        """Whoever of staff is longest in the session takes it on; with nobody there or no slot free, the queue does."""
        session = await self._hub.get(session_id)
        for agent in session.staff:
            if session.info.state != "waiting" or agent.user is None:
                return
            try:
                async with self._hub.unit() as unit:
                    contact = await store.contact_of(unit.connection, session_id)
                    if contact is not None:
                        await self._acd.pick(unit, contact, agent.user, by_right=True)
                return
            except AcdRefused as refused:
                log.info("not taken on", session=session_id, agent=agent.user, reason=refused.code)

    async def _withdraw(self, session_id: str) -> None:
        """Nobody is there yet to be served: the contact leaves the queue until the customer comes."""
        async with self._hub.unit() as unit:
            session = await self._hub.get(session_id)
            contact = await store.contact_of(unit.connection, session_id)
            if session.info.state != "inviting" or session.info.primary is not None or contact is None:
                return
            if self._acd.waiting_contact(contact) is not None:
                await self._acd.abandon(unit, contact)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("work after a commit failed", exc_info=task.exception())
