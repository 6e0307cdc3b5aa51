"""Customers who want to be called: instead of waiting, or because the queue is closed."""

from rs_server.db import UnitOfWork
from rs_server.ports import Acd, CallbackRequest, Callbacks, CallbackView
from rs_server.protocol.api import ClosedInfo
from rs_server.protocol.callbacks import CallbackChoice, CallbackPromise, CallbackWish, CallTimes
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.services.callbacks import told
from rs_server.services.hub import Hub
from rs_server.services.queues import Queues
from rs_server.services.throttle import Throttle, network
from rs_server.store import sessions as store

DAY = 86400.0
OFFERED_DAYS = 8
"""Times of a week are offered, to the end of its last day."""
STILL_SECONDS = 600.0
"""For so long after the opening somebody may send what was begun before."""


class Wishes:
    def __init__(self, hub: Hub, acd: Acd, queues: Queues, callbacks: Callbacks) -> None:
        self._hub = hub
        self._acd = acd
        self._queues = queues
        self._callbacks = callbacks
        self._asked = Throttle(hub.clock, burst=10, refill=60.0)
        self._numbers = Throttle(hub.clock, burst=3, refill=1800.0)

    # --- instead of waiting ---

    async def choice(self, session: str, zone: str) -> CallbackChoice:
        """What the panel of the queue offers."""
        info = (await self._hub.get(session)).info
        return self._choice(info.queue or "", zone, info.number)

    async def wish(self, session_id: str, who: Participant, address: str, body: CallbackWish) -> CallbackPromise:
        """The customer is called instead of waiting: the session ends, the place in the queue does not.

        Raises `session_ended`, `conflict` when it is not waiting any more, `not_found` where nobody is called back,
        `bad_request` for the number or the time, `throttled`. The answer is the same whether there was a callback for
        this number already or not."""
        info = (await self._hub.get(session_id)).info
        if info.state == "ended":
            raise ProtocolError(Code.SESSION_ENDED)
        if info.state != "waiting":
            raise ProtocolError(Code.CONFLICT, "an agent is here")
        self._may_ask(info.queue or "", address)
        with told():
            async with self._hub.unit() as unit:
                contact = await store.contact_of(unit.connection, session_id)
                waiting = self._acd.waiting_contact(contact) if contact is not None else None
                if contact is None or waiting is None:
                    raise ProtocolError(Code.CONFLICT, "an agent is here")
                made = await self._ask(
                    unit,
                    CallbackRequest(
                        queue=waiting.queue,
                        source="page",
                        name=body.name.strip() or info.customer_name,
                        number=body.number,
                        country=body.country,
                        zone=body.zone,
                        language=info.language,
                        note=info.question,
                        at=body.at,
                        priority=await self._callbacks.priority_of(unit, contact),
                        arrived_at=waiting.arrived_at if body.at is None else None,
                    ),
                )
                promise = self._promise(made, body)
                async with self._hub.change(session_id, unit) as change:
                    change.info(number=made.number)
                    at = "" if promise.at is None else f"{promise.at:.0f}"
                    change.end(change.session.participants[who.id], "callback", {"reference": made.reference, "at": at})
                await self._acd.abandon(unit, contact)
        return promise

    # --- while the queue is closed ---

    def closed(self, queue: str) -> ClosedInfo | None:
        """None: it is open."""
        found = self._queues.closed(queue)
        return None if found is None else ClosedInfo(opens_at=found.opens_at, callback=self._offered(queue))

    def choice_while_closed(self, queue: str, zone: str) -> CallbackChoice:
        return self._choice(queue, zone, "")

    async def wish_while_closed(self, queue: str, address: str, body: CallbackWish) -> CallbackPromise:
        """Whoever knows a number may ask: what is live for it stays as it is, and the answer does not show it.

        Raises `conflict` when the queue is open, and has been for a while, and as `wish`."""
        if self._queues.closed(queue) is None and self._queues.closed(queue, ago=STILL_SECONDS) is None:
            raise ProtocolError(Code.CONFLICT, "the queue is open", field="queue")
        self._may_ask(queue, address)
        if body.at is not None and body.at > self._hub.clock.now() + OFFERED_DAYS * DAY:
            raise ProtocolError(Code.BAD_REQUEST, "bad_time", field="at")
        request = CallbackRequest(
            queue=queue,
            source="page",
            name=body.name,
            number=body.number,
            country=body.country,
            zone=body.zone,
            language=body.language,
            note=body.note,
            at=body.at,
            stranger=True,
        )
        with told():
            async with self._hub.unit() as unit:
                made = await self._ask(unit, request)
        return self._promise(made, body)

    # --- shared ---

    def _choice(self, queue: str, zone: str, number: str) -> CallbackChoice:
        hours = self._callbacks.hours(queue, zone)
        return CallbackChoice(
            offer_after=hours.offer_after,
            open=None if hours.open is None else [CallTimes(start=start, end=end) for start, end in hours.open],
            number=number,
        )

    def _offered(self, queue: str) -> bool:
        return self._callbacks.hours(queue, "").offer_after is not None

    def _may_ask(self, queue: str, address: str) -> None:
        """Raises `not_found` where nobody is called back, `throttled`."""
        if not self._offered(queue):
            raise ProtocolError(Code.NOT_FOUND, "nobody is called back from this queue")
        self._asked.take(network(address))

    def _promise(self, made: CallbackView, body: CallbackWish) -> CallbackPromise:
        """When it will be: what was wished is moved into the hours at the customer's place."""
        at_once = body.at is None and made.at <= self._hub.clock.now()
        return CallbackPromise(reference=made.reference, at=None if at_once else made.at)

    async def _ask(self, unit: UnitOfWork, request: CallbackRequest) -> CallbackView:
        made = await self._callbacks.ask(unit, request)
        self._numbers.take(made.number)
        return made
