"""The life of a session: from a click or an invitation, through the queue, to its end."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Protocol

import msgspec
import structlog
from msgspec.structs import replace

from rs_server.core import consent
from rs_server.core.errors import Refusal
from rs_server.core.session import Change, Session, Step, is_in
from rs_server.db import UnitOfWork
from rs_server.ports import (
    Acd,
    AcdEvent,
    AcdRefused,
    Assigned,
    CallbackView,
    ContactEnded,
    ContactLeft,
    ContactRequest,
    WrapUpEnded,
)
from rs_server.protocol.api import HelpRequest, OutboundRequest
from rs_server.protocol.consent import Capability, Grant
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import (
    InviteChanged,
    Participant,
    RecordingPolicy,
    SessionChanged,
    SessionInfo,
)
from rs_server.services import ids
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity
from rs_server.services.throttle import Throttle, network
from rs_server.store import sessions as store
from rs_server.store.identity import Site, User

log = structlog.get_logger()

TIDY_SECONDS = 60.0


class QueueFacts(msgspec.Struct, frozen=True):
    """What a session takes over from its queue."""

    id: str
    name: str
    recording: RecordingPolicy


class Queues(Protocol):
    """Read side of the queues' configuration."""

    def queue(self, queue: str) -> QueueFacts | None: ...

    def default_queue(self) -> QueueFacts | None: ...


class Sessions:
    """Starts, joins, hands over and ends sessions, and follows what the queue decides."""

    def __init__(self, hub: Hub, acd: Acd, identity: Identity, queues: Queues, company: str) -> None:
        self._hub = hub
        self._acd = acd
        self._identity = identity
        self._queues = queues
        self._company = company
        self._asked = Throttle(hub.clock, burst=20, refill=3.0)
        self._tasks: set[asyncio.Task[None]] = set()
        acd.listen(self._on_acd)

    def throttle(self, address: str) -> None:
        """Count a request for help from this address. Raises `throttled`."""
        self._asked.take(network(address))

    # --- beginning ---

    async def ask_for_help(
        self, unit: UnitOfWork, site: Site, request: HelpRequest, number: str = ""
    ) -> tuple[Session, Participant]:
        """An inbound session: the customer is in the queue when the unit commits. `number`: the customer's (E.164).

        Raises `not_found` for an unknown queue."""
        queue = self._queues.queue(request.queue or site.queue)
        if queue is None or (request.queue is not None and request.queue != site.queue):
            # A page of the site may only lead into the site's own queue.
            raise ProtocolError(Code.NOT_FOUND, "no such queue", field="queue")
        now = self._hub.clock.now()
        info = self._info(
            kind="inbound",
            company=site.company,
            site=site.key,
            queue=queue,
            name=request.name,
            question=request.question,
            page_url=request.page_url,
            language=request.language if request.language in site.languages else site.languages[0],
            now=now,
            withheld=sorted(consent.FROM_BROWSER - set(site.capabilities)),
        )
        info = replace(info, number=number)
        contact = ids.new_id()
        change = await self._open(unit, contact, info)
        customer = Participant(id=ids.new_id(), role="customer", name=request.name, user=None, joined_at=now)
        change.join(customer)
        change.line("queued", None, queue=queue.name)
        await self._hub.save(unit, change)
        await self._acd.enqueue(unit, self._request(contact, info))
        return change.session, customer

    async def start_outbound(self, user: User, request: OutboundRequest) -> str:
        """A session that the agent begins, to invite a customer into. Raises `at_capacity`."""
        queue = self._queues.queue(request.queue) if request.queue else self._queues.default_queue()
        if queue is None:
            raise ProtocolError(Code.NOT_FOUND, "no such queue", field="queue")
        info = self._info(
            kind="outbound",
            company=self._company,
            site=None,
            queue=queue,
            name=request.customer_name,
            question="",
            page_url="",
            language=request.language,
            now=self._hub.clock.now(),
            withheld=[],
        )
        contact = ids.new_id()
        async with self._hub.unit() as unit:
            change = await self._open(unit, contact, info)
            await self._hub.save(unit, change)
            await self._acd.start_outbound(unit, self._request(contact, info), user.id)
        return info.id

    async def open_callback(self, unit: UnitOfWork, callback: CallbackView, contact: str) -> str:
        """The session in which somebody is to be called: an agent gets it from the queue, and may invite into it."""
        queue = self._queues.queue(callback.queue) or self._queues.default_queue()
        if queue is None:
            raise ProtocolError(Code.NOT_FOUND, "no such queue", field="queue")
        info = self._info(
            kind="outbound",
            company=self._company,
            site=None,
            queue=queue,
            name=callback.name[:80],
            # What others noted is not for the customer, who sees the session too.
            question=callback.note if callback.source in ("page", "abandon", "queue") else "",
            page_url="",
            language=callback.language,
            now=self._hub.clock.now(),
            withheld=[],
        )
        change = await self._open(unit, contact, replace(info, callback=callback.id))
        await self._hub.save(unit, change)
        return info.id

    def _info(
        self,
        *,
        kind: str,
        company: str,
        site: str | None,
        queue: QueueFacts,
        name: str,
        question: str,
        page_url: str,
        language: str,
        now: float,
        withheld: list[Capability],
    ) -> SessionInfo:
        inbound = kind == "inbound"
        return SessionInfo(
            id=ids.new_id(),
            reference=ids.new_reference(),
            state="waiting" if inbound else "inviting",
            kind="inbound" if inbound else "outbound",
            company=company,
            site=site,
            queue=queue.id,
            queue_name=queue.name,
            customer_name=name,
            question=question,
            page_url=page_url,
            language=language,
            created_at=now,
            waiting_since=now if inbound else None,
            answered_at=None,
            ended_at=None,
            ended_by=None,
            primary=None,
            recording=False,
            recording_policy=queue.recording,
            withheld=withheld,
        )

    async def _open(self, unit: UnitOfWork, contact: str, info: SessionInfo) -> Change:
        change = await self._hub.create(unit, contact, Session(info))
        change.emit(SessionChanged(session=info))
        change.line("created", None, reference=info.reference)
        return change

    def _request(self, contact: str, info: SessionInfo) -> ContactRequest:
        return ContactRequest(
            contact=contact,
            queue=info.queue or "",
            medium="session",
            session=info.id,
            customer=info.customer_name,
            question=info.question,
            number=info.number,
        )

    async def customer_joins(self, unit: UnitOfWork, session: str, name: str | None) -> Participant:
        """The invited customer is there. Raises `session_ended`, or `conflict` when one is in already."""
        async with self._hub.change(session, unit) as change:
            info = change.session.info
            if info.state == "ended":
                raise ProtocolError(Code.SESSION_ENDED)
            if change.session.customer is not None or info.state != "inviting":
                raise ProtocolError(Code.CONFLICT, "a customer is in this session already")
            called = name or info.customer_name or "Customer"
            customer = Participant(id=ids.new_id(), role="customer", name=called, user=None, joined_at=change.now)
            change.join(customer)
            if info.primary is None:
                # Its agent was lost meanwhile: the customer waits in the queue for another.
                change.step(Step.RETURNED, customer_name=called, waiting_since=change.now)
                if info.callback is None:
                    await self._queue_again(unit, change)
                return customer
            change.step(Step.CUSTOMER_JOINED, answered_at=change.now, customer_name=called)
            self._record_by_policy(change)
        return customer

    async def _queue_again(self, unit: UnitOfWork, change: Change) -> None:
        """A contact of its own for a session whose former one was taken out of the queue."""
        await self._hub.save(unit, change)
        contact, info = ids.new_id(), change.session.info
        await store.set_contact(unit.connection, info.id, contact)
        change.line("queued", None, queue=info.queue_name or "")
        await self._hub.save(unit, change)
        await self._acd.enqueue(unit, self._request(contact, info))

    # --- what the queue decides ---

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
            self._record_by_policy(change)

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
            if session.info.state == "inviting" and session.info.primary is None and contact is not None:
                await self._acd.abandon(unit, contact)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("work after a commit failed", exc_info=task.exception())

    async def start(self) -> None:
        self._later(self._tidy_now_and_then())

    async def _tidy_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            try:
                await self.tidy()
            except Exception:
                log.exception("tidying sessions failed")

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def tidy(self) -> None:
        """Sessions that wait for an invited customer, whose agent is gone and whose invitations have run out, end."""
        now = self._hub.clock.now()
        for session in self._hub.open():
            info = session.info
            if info.state != "inviting" or info.primary is not None or info.callback is not None:
                continue
            if not any(
                i.role == "customer" and i.state == "open" and i.expires_at > now for i in session.invites.values()
            ):
                async with self._hub.change(session.info.id) as change:
                    change.end(None, "expired")

    def _record_by_policy(self, change: Change) -> None:
        """Where the queue always records: the customer was told before joining; the log says so, then it begins."""
        session = change.session
        customer, agent = session.customer, session.participants.get(session.info.primary or "")
        if session.info.recording_policy != "always" or customer is None or agent is None:
            return
        if any(grant.capability == "record" for grant in session.live_grants()):
            return
        change.grant(
            Grant(
                id=change.new_id(),
                capability="record",
                giver=customer.id,
                holder=agent.id,
                state="granted",
                asked_at=change.now,
                decided_at=change.now,
                basis="notice",
            )
        )
        change.line("notice", None, capability="record")
        if not session.info.recording:
            change.info(recording=True)
            change.line("recording_on", None)

    # --- ending and handing over ---

    async def end(self, session_id: str, who: Participant | None) -> None:
        """The agent in charge, or the customer, ends it for everybody. Raises `not_allowed` for other agents."""
        async with self._hub.unit() as unit:
            async with self._hub.change(session_id, unit) as change:
                info = change.session.info
                if who is not None and who.role != "customer" and who.id != info.primary:
                    raise ProtocolError(Code.NOT_ALLOWED, "only the agent in charge ends the session")
                if info.state == "ended":
                    return
                state = info.state
                if state != "waiting":
                    change.end(who)
            contact = await store.contact_of(unit.connection, session_id)
            if contact is None:
                return
            if state == "waiting":
                await self._acd.abandon(unit, contact)
            else:
                await self._acd.complete(unit, contact)

    async def leave(self, session_id: str, who: Participant) -> None:
        """A customer's leaving ends the session; an agent in charge hands over first (`conflict`)."""
        if who.role == "customer":
            await self.end(session_id, who)
            return
        async with self._hub.change(session_id) as change:
            if change.session.info.primary == who.id:
                raise ProtocolError(Code.CONFLICT, "hand over first, or end the session")
            if change.session.participants[who.id].left_at is None:
                change.leave(change.session.participants[who.id])

    async def hand_over(self, session_id: str, who: Participant, to: str) -> None:
        """Another agent in the session becomes the one in charge; what the customer granted to the former one for
        viewing stays with each as it is, control ends."""
        async with self._hub.unit() as unit:
            async with self._hub.change(session_id, unit) as change:
                session = change.session
                if session.info.primary != who.id:
                    raise ProtocolError(Code.NOT_ALLOWED, "only the agent in charge hands over")
                other = session.participants.get(to)
                if other is None or not is_in(other) or other.role == "customer" or other.user is None:
                    raise ProtocolError(Code.NOT_FOUND, "no such agent in the session")
                if other.id == who.id:
                    return
                change.close_grants(lambda g: g.holder == who.id and g.capability in consent.CONTROLLING)
                change.info(primary=other.id)
                change.pass_on(other)
                change.line("control_passed", who, to=other.name)
            contact = await store.contact_of(unit.connection, session_id)
            if contact is not None:
                await self._acd.hand_over(unit, contact, other.user)

    async def rename(self, session_id: str, who: Participant, name: str) -> None:
        async with self._hub.change(session_id) as change:
            if who.role == "customer":
                raise ProtocolError(Code.NOT_ALLOWED)
            change.info(customer_name=name)
            if change.session.customer is not None:
                change.participant(replace(change.session.customer, name=name))

    async def rate(self, session_id: str, who: Participant, stars: int, comment: str) -> None:
        """The customer's rating; once the session is over."""
        async with self._hub.change(session_id) as change:
            if who.role != "customer":
                raise ProtocolError(Code.NOT_ALLOWED)
            if change.session.info.state != "ended":
                raise ProtocolError(Code.CONFLICT, "the session is not over")
            if change.session.info.rating is None:
                change.info(rating=stars, comment=comment)
                change.line("rated", who, comment, stars=str(stars))

    # --- colleagues ---

    async def colleague_joins(self, session_id: str, user: User) -> None:
        """An invited colleague wants in: the customer is asked; with no customer there, they are in at once."""
        async with self._hub.change(session_id) as change:
            session = change.session
            if session.info.state == "ended":
                raise ProtocolError(Code.SESSION_ENDED)
            invited = [
                i
                for i in session.invites.values()
                if i.role == "agent" and i.to == user.id and i.state == "open" and i.expires_at > change.now
            ]
            if not invited:
                raise ProtocolError(Code.NOT_ALLOWED, "nobody invited you")
            if session.of_user(user.id) is not None:
                return
            for invite in invited:
                change.emit(InviteChanged(invite=replace(invite, state="used")))
            colleague = Participant(id=ids.new_id(), role="agent", name=user.display_name, user=user.id, joined_at=None)
            customer = session.customer
            if customer is None:
                raise Refusal("no_customer", "there is no customer yet who could agree")
            change.participant(colleague)
            consent.open_question(change, colleague, "further_agent", customer)
