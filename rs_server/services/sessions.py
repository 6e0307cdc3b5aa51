"""The life of a session: from a click or an invitation to its end. See `following` for what the queue does to it."""

import asyncio
from typing import NamedTuple

import structlog
from msgspec.structs import replace

from rs_server.core import consent
from rs_server.core.address import origin_and_path
from rs_server.core.capabilities import ENDS_WITH_CHARGE, FROM_BROWSER, FROM_NATIVE, FROM_PAGE
from rs_server.core.errors import Refusal
from rs_server.core.session import Change, Session, Step, is_in
from rs_server.db import UnitOfWork
from rs_server.ports import Acd, AcdRefused, CallbackView, ContactRequest
from rs_server.protocol.api import HelpRequest, Ignored, OutboundRequest
from rs_server.protocol.consent import Capability
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import (
    InviteChanged,
    Participant,
    SessionChanged,
    SessionInfo,
)
from rs_server.services import ids
from rs_server.services.hub import Hub
from rs_server.services.queues import QueueFacts, Queues, lead
from rs_server.services.recordings import record_by_policy
from rs_server.services.throttle import Throttle, network
from rs_server.store import sessions as store
from rs_server.store.identity import User
from rs_server.store.sites import Site

log = structlog.get_logger()

TIDY_SECONDS = 60.0


class Asked(NamedTuple):
    """A customer who waits from now on."""

    session: Session
    customer: Participant
    ignored: list[Ignored]
    """What of the page's wishes does not count."""


class Sessions:
    """Starts, joins, hands over and ends sessions."""

    def __init__(self, hub: Hub, acd: Acd, queues: Queues, company: str) -> None:
        self._hub = hub
        self._acd = acd
        self._queues = queues
        self._company = company
        self._asked = Throttle(hub.clock, burst=20, refill=3.0)
        self._tidying: asyncio.Task[None] | None = None

    def throttle(self, address: str) -> None:
        """Count a request for help from this address. Raises `throttled`."""
        self._asked.take(network(address))

    # --- beginning ---

    async def ask_for_help(self, unit: UnitOfWork, site: Site, request: HelpRequest, number: str = "") -> Asked:
        """An inbound session: the customer is in the queue when the unit commits. `number`: the customer's (E.164).

        Raises `not_found` where there is no queue at all, `queue_closed` with the seconds until it opens."""
        queue, skills, ignored = lead(self._queues, site, request.queue, request.skills)
        if queue is None:
            raise ProtocolError(Code.NOT_FOUND, "no such queue", field="queue")
        now = self._hub.clock.now()
        info = self._info(
            kind="inbound",
            company=site.company,
            site=site.key,
            queue=queue,
            name=request.name,
            question=request.question,
            page_url=origin_and_path(request.page_url),
            language=request.language if request.language in site.languages else site.languages[0],
            now=now,
            withheld=sorted((FROM_BROWSER | FROM_PAGE | FROM_NATIVE) - set(site.capabilities)),
        )
        info = replace(info, number=number, skills=skills, attributes=request.attributes)
        contact = ids.new_id()
        change = await self._open(unit, contact, info)
        customer = Participant(id=ids.new_id(), role="customer", name=request.name, user=None, joined_at=now)
        change.join(customer)
        change.line("queued", None, queue=queue.name)
        await self._hub.save(unit, change)
        try:
            await self._acd.enqueue(unit, replace(self._request(contact, info), within_hours=True))
        except AcdRefused as refused:
            if refused.code != "queue_closed":
                raise
            opens_at = closed.opens_at if (closed := self._queues.closed(queue.id)) is not None else None
            wait = None if opens_at is None else max(0.0, opens_at - self._hub.clock.now())
            raise ProtocolError(Code.QUEUE_CLOSED, "the queue is closed", field="queue", retry_after=wait) from refused
        return Asked(change.session, customer, ignored)

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
            skills=dict.fromkeys(info.skills, 1),
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
            record_by_policy(change)
        return customer

    async def _queue_again(self, unit: UnitOfWork, change: Change) -> None:
        """A contact of its own for a session whose former one was taken out of the queue."""
        await self._hub.save(unit, change)
        contact, info = ids.new_id(), change.session.info
        await store.set_contact(unit.connection, info.id, contact)
        change.line("queued", None, queue=info.queue_name or "")
        await self._hub.save(unit, change)
        await self._acd.enqueue(unit, self._request(contact, info))

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

    async def hand_over(self, session_id: str, who: Participant, to: str, unit: UnitOfWork | None = None) -> None:
        """Another agent in the session becomes the one in charge; what the customer granted to the former one for
        viewing stays with each as it is, control ends."""
        async with self._hub.unit(unit) as inside:
            async with self._hub.change(session_id, inside) as change:
                session = change.session
                if session.info.primary != who.id:
                    raise ProtocolError(Code.NOT_ALLOWED, "only the agent in charge hands over")
                other = session.participants.get(to)
                if other is None or not is_in(other) or other.role == "customer" or other.user is None:
                    raise ProtocolError(Code.NOT_FOUND, "no such agent in the session")
                if other.id == who.id:
                    return
                change.close_grants(lambda g: g.holder == who.id and g.capability in ENDS_WITH_CHARGE)
                change.info(primary=other.id)
                change.pass_on(other)
                change.line("control_passed", who, to=other.name)
            contact = await store.contact_of(inside.connection, session_id)
            if contact is not None:
                await self._acd.hand_over(inside, contact, other.user)

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

    # --- looking after those that nobody ends ---

    async def start(self) -> None:
        self._tidying = asyncio.create_task(self._tidy_now_and_then())

    async def _tidy_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            try:
                await self.tidy()
            except Exception:
                log.exception("tidying sessions failed")

    async def close(self) -> None:
        if self._tidying is not None:
            self._tidying.cancel()
            await asyncio.gather(self._tidying, return_exceptions=True)

    async def tidy(self) -> None:
        """Sessions that wait for an invited customer, whose agent is gone and whose invitations have run out, end."""
        now = self._hub.clock.now()
        for session in self._hub.open():
            info = session.info
            # A callback's session has no invitation yet: its contact waits for the agent who will call.
            if info.state != "inviting" or info.primary is not None or info.callback is not None:
                continue
            if not any(
                i.role == "customer" and i.state == "open" and i.expires_at > now for i in session.invites.values()
            ):
                async with self._hub.change(session.info.id) as change:
                    change.end(None, "expired")
