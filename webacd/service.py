"""The WebACD as the rest of the house sees it: one tenant's routing, on disk before anyone hears of it."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.db import Database, UnitOfWork
from rs_server.ports import (
    AcdListener,
    AcdRefused,
    AgentView,
    Clock,
    ContactRequest,
    Explanation,
    OfferView,
    WaitingView,
)

from .config import AcdConfig
from .core import commands as cmd
from .core import events as ev
from .core.config import Choice, Configuration, QueueConfig, Rules
from .core.contact import Contact, ContactState
from .core.explain import can_handle
from .core.refused import Refused
from .core.routing import RoutingCore
from .effects import Effect, preview
from .explain import explained
from .steady import SteadyClock, Steps
from .store import AcdStore, StaleWriter
from .translate import agent_view, offer_views, outward, request_of, waiting_view

log = logging.getLogger(__name__)

TURN_SECONDS = 10.0
"""How long a unit of work waits for its turn. Two units that wait for each other, one here and one in the
database, are parted by it."""
RETRY_SECONDS = 1.0
LOOK_SECONDS = 30.0
"""The wall clock is looked at at least so often, since it may jump."""


class AcdService:
    """Implements `rs_server.ports.Acd` for one tenant. Register listeners, then `start`.

    The first command in a unit of work takes the turn, its commit or rollback gives it back: commands of one
    unit follow each other, and no other unit's come between. After a rollback what the unit had done is
    forgotten by loading the state again.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tenant: str,
        grace: float | None = None,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        """`grace`: seconds without a beat after which an agent is offline, instead of the tenant's rule. `monotonic`:
        what the grace is measured by; `clock` when not given."""
        self.tenant = tenant
        self.config = AcdConfig(tenant, clock.now)
        self.store = AcdStore(tenant)
        self.database = database
        self._clock = SteadyClock(clock)
        self._steps = Steps(monotonic or self._clock.now)
        self._before_leases_end: list[Callable[[], None]] = []
        self._grace = grace
        self._listeners: list[AcdListener] = []
        self._core = RoutingCore()
        self._event_seq = 0
        self._turn = asyncio.Lock()
        self._unit: UnitOfWork | None = None
        self._changed = False
        self._stale = True
        self._wake = asyncio.Event()
        self._timer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Load what was stored and take up the work: who waited keeps the place, agents get a fresh grace,
        offers that ran out meanwhile go back without penalty."""
        async with self.database.begin() as unit:
            await self.store.take_over(unit.connection)
            await self._enter(unit)
            resume = cmd.Resume(await self._configuration(unit))
            await self._apply(unit, self._core.step(resume, self._now()))
        self._timer = asyncio.create_task(self._run_timer(), name=f"acd-{self.tenant}")

    async def close(self) -> None:
        """Stop the timer. Nothing is said to be lost: the next `start` goes on from here."""
        if self._timer is not None:
            self._timer.cancel()
            await asyncio.wait([self._timer])
            self._timer = None

    @property
    def running(self) -> bool:
        """False once the timer is dead: before the start, after the end, or when another process writes the tables."""
        return self._timer is not None and not self._timer.done()

    def listen(self, listener: AcdListener) -> None:
        self._listeners.append(listener)

    async def reconfigure(self, unit: UnitOfWork) -> None:
        """Route by what the configuration tables say now. Raises `BadConfiguration`."""
        await self._do(unit, cmd.Configure(await self._configuration(unit)))

    async def preview(self, connection: AsyncConnection, configuration: Configuration) -> list[Effect]:
        """What routing by that configuration would do now; nothing is done. Raises `BadConfiguration`."""
        now = self._now()
        copy = RoutingCore(await self.store.load(connection))
        copy.state.restore_leases(self._core.state.leases, now)
        return preview(copy, self._with_grace(configuration), now)

    async def enqueue(self, unit: UnitOfWork, request: ContactRequest) -> None:
        """Raises `AcdRefused`: unknown_queue, unknown_agent (the one that the contact shall wait for), queue_closed."""
        await self._do(unit, cmd.Enqueue(request_of(request)))

    async def start_outbound(self, unit: UnitOfWork, request: ContactRequest, agent: str) -> None:
        """A contact that the agent began; takes a slot at once, also of an agent who is not ready. With an
        empty `queue` it belongs to none; should it have to wait, it waits in the default queue.

        Raises `AcdRefused`: at_capacity, unknown_agent, unknown_queue."""
        await self._do(unit, cmd.StartOutbound(request_of(request), agent))

    async def accept(self, unit: UnitOfWork, offer: str, agent: str) -> None:
        """Raises `AcdRefused`: offer_gone, not_yours."""
        await self._do(unit, cmd.Accept(offer, agent))

    async def reject(self, unit: UnitOfWork, offer: str, agent: str) -> None:
        """Raises `AcdRefused`: offer_gone, not_yours."""
        await self._do(unit, cmd.Reject(offer, agent))

    async def pick(self, unit: UnitOfWork, contact: str, agent: str, *, by_right: bool = False) -> None:
        """The agent, ready or not, takes a contact that waits or is being offered to this same agent; `by_right`,
        also one that is being offered to another, whatever the queue's rules.

        Raises `AcdRefused`: contact_gone (also while it is being offered to another), not_in_queue,
        pick_not_allowed, not_ready (offline), at_capacity, unknown_agent."""
        await self._do(unit, cmd.Pick(contact, agent, by_right))

    async def abandon(self, unit: UnitOfWork, contact: str) -> None:
        """Raises `AcdRefused`: contact_gone, when it neither waits nor is being offered."""
        await self._do(unit, cmd.Abandon(contact))

    async def complete(self, unit: UnitOfWork, contact: str) -> None:
        """A contact that is over already, or was never known, is left as it is.

        Raises `AcdRefused`: contact_gone, when no agent has it yet (then it is `abandon`ed)."""
        await self._do(unit, cmd.Complete(contact))

    async def hand_over(self, unit: UnitOfWork, contact: str, agent: str) -> None:
        """Raises `AcdRefused`: contact_gone, unknown_agent, not_ready (offline), at_capacity."""
        await self._do(unit, cmd.HandOver(contact, agent))

    async def transfer(
        self, unit: UnitOfWork, contact: str, by: str, *, queue: str | None = None, agent: str | None = None
    ) -> None:
        """See the port. Raises `AcdRefused`: contact_gone, not_yours, unknown_queue, unknown_agent, not_ready,
        queue_closed."""
        await self._do(unit, cmd.Transfer(contact, by, queue, agent))

    async def move(self, unit: UnitOfWork, contact: str, queue: str) -> None:
        """Raises `AcdRefused`: contact_gone, unknown_queue."""
        await self._do(unit, cmd.Move(contact, queue))

    async def wrap_up_done(self, unit: UnitOfWork, contact: str, agent: str, outcome_code: str | None) -> None:
        """Raises `AcdRefused`: contact_gone, not_yours, unknown_outcome_code."""
        await self._do(unit, cmd.EndWrapUp(contact, agent, outcome_code))

    async def set_state(
        self, unit: UnitOfWork, agent: str, state: Literal["not_ready", "ready"], reason: str | None = None
    ) -> None:
        """Signs the agent in where need be. Who is not ready any more loses the offers that are open.

        Raises `AcdRefused`: unknown_agent, unknown_reason."""
        await self._do(unit, cmd.SetState(agent, state, reason))

    async def presence(self, agent: str, present: bool) -> None:
        """See the port. Never to be called inside a unit of work. Raises `AcdRefused`: unknown_agent."""
        if present and self.renew(agent):
            return
        async with self.database.begin() as unit:
            await self._do(unit, cmd.Beat(agent) if present else cmd.SignOut(agent))

    def renew(self, agent: str) -> bool:
        """A beat of an agent who is signed in; nothing is written and nobody told. False for all others."""
        return self._core.renew(agent, self._now())

    def before_leases_end(self, hook: Callable[[], None]) -> None:
        """Call `hook` before it is looked whose grace has run out; it may still `renew`."""
        self._before_leases_end.append(hook)

    async def tick(self) -> None:
        """Do what is due now, in a unit of work of its own. The timer does the same by itself."""
        async with self.database.begin() as unit:
            await self._do(unit, cmd.Tick())

    def poke(self) -> None:
        """Have the timer look at the clock now; for clocks that are moved by hand."""
        self._wake.set()

    def agent(self, agent: str) -> AgentView | None:
        known = self._core.state.agents.get(agent)
        return agent_view(self._core.state, known) if known is not None else None

    def knows(self, agent: str) -> bool:
        """Whether there is such an agent; may be asked from any thread."""
        return agent in self._core.state.agents

    def agents(self) -> Sequence[AgentView]:
        state = self._core.state
        return [agent_view(state, state.agents[id]) for id in sorted(state.agents)]

    def waiting(self) -> Sequence[WaitingView]:
        """By queue, in order."""
        contacts = [each for each in self._core.state.contacts.values() if each.state in _WAITING]
        views = [waiting_view(self._core.state, contact) for contact in contacts]
        return sorted(views, key=lambda view: (view.queue, view.position))

    def waiting_contact(self, contact: str) -> WaitingView | None:
        known = self._core.state.contacts.get(contact)
        return waiting_view(self._core.state, known) if known is not None and known.state in _WAITING else None

    def offers(self, agent: str) -> Sequence[OfferView]:
        known = self._core.state.agents.get(agent)
        return offer_views(self._core.state, known) if known is not None else []

    def contacts_of(self, agent: str) -> Sequence[Contact]:
        """Everything that holds one of the agent's slots: offers, contacts in hand, wrap-ups."""
        return [each for each in self._core.state.contacts.values() if each.agent == agent]

    def queues(self) -> Sequence[QueueConfig]:
        """Queues as routed by now, by name, with their recording policy and outcome codes."""
        return self._core.state.configuration.queues

    def rules(self) -> Rules:
        """The tenant's, as routed by now."""
        return self._core.state.configuration.rules

    def reasons(self) -> Sequence[Choice]:
        """Reasons that an agent may give for being not ready."""
        return self._core.state.configuration.reasons

    def configuration(self) -> Configuration:
        """As routed by now."""
        return self._core.state.configuration

    def can_handle(self, agent: str) -> Sequence[str]:
        """See the port."""
        known = self._core.state.agents.get(agent)
        if known is None:
            return []
        return [contact.id for contact in can_handle(self._core.state, known)]

    def explain(self, contact: ContactRequest | str) -> Explanation:
        """See the port. Raises `AcdRefused`: unknown_queue, unknown_agent, contact_gone."""
        try:
            about = contact if isinstance(contact, str) else request_of(contact)
            return explained(self._core, about, self._now())
        except Refused as refusal:
            raise AcdRefused(refusal.code) from None

    def expected_wait(self, queue: str) -> float | None:
        """Seconds that somebody who came now would have to wait; None when unknown."""
        state = self._core.state
        return state.estimate_at(queue, state.book(queue).length + 1) if queue in state.queues else None

    async def _configuration(self, unit: UnitOfWork) -> Configuration:
        return self._with_grace(await self.config.read(unit.connection))

    def _with_grace(self, configuration: Configuration) -> Configuration:
        if self._grace is None:
            return configuration
        rules = msgspec.structs.replace(configuration.rules, grace_seconds=self._grace)
        return msgspec.structs.replace(configuration, rules=rules)

    async def _do(self, unit: UnitOfWork, command: cmd.Command) -> None:
        await self._enter(unit)
        for hook in self._before_leases_end:
            hook()
        now = self._now()
        try:
            # Apart, so that what was due is written even where the command is refused and the unit goes on.
            if not isinstance(command, cmd.Beat):
                await self._apply(unit, self._core.step(cmd.Tick(), now))
            await self._apply(unit, self._core.step(command, now))
        except Refused as refusal:
            raise AcdRefused(refusal.code) from None
        except BaseException:
            # What the core did before it failed is on no disk.
            self._stale = True
            raise

    async def _apply(self, unit: UnitOfWork, events: Sequence[ev.Event]) -> None:
        """Write the events, then tell them, all in the unit."""
        if not events:
            return
        self._changed = True
        told = outward(self._core.state, events)
        try:
            after = self._event_seq
            self._event_seq += len(events)
            await self.store.write(unit.connection, events, after)
            for listener in self._listeners:
                await listener(unit, told)
        except BaseException:
            # Should the unit be committed all the same, what it wrote is the truth.
            self._stale = True
            raise

    async def _enter(self, unit: UnitOfWork) -> None:
        """Take the turn for the unit, and load the state where it is not known."""
        if self._unit is not unit:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turn.acquire()
            self._unit = unit
            self._changed = False
            unit.after_commit(self._committed)
            unit.after_rollback(self._rolled_back)
        if self._stale:
            now = self._now()
            # Whoever was being lost or signed out when the unit failed is due again at once.
            leases = dict.fromkeys(self._core.state.agents, now) | self._core.state.leases
            core = RoutingCore(await self.store.load(unit.connection))
            self._event_seq = await self.store.last_event(unit.connection)
            core.state.restore_leases(leases, now)
            self._core = core
            self._stale = False

    def _committed(self) -> None:
        self._leave()

    def _rolled_back(self) -> None:
        self._stale = self._stale or self._changed
        self._leave()

    def _leave(self) -> None:
        self._unit = None
        self._turn.release()
        self._wake.set()

    async def _run_timer(self) -> None:
        while True:
            self._wake.clear()
            try:
                if self._stale or self._delay() <= 0:
                    await self.tick()
                    self._wake.clear()
                delay = min(self._delay(), LOOK_SECONDS)
            except StaleWriter:
                log.exception("acd has another writer, this one stops", extra={"tenant": self.tenant})
                return
            except Exception:
                # The unit that failed woke us; that is no reason to try again at once.
                self._wake.clear()
                log.exception("acd timer failed, trying again", extra={"tenant": self.tenant})
                delay = RETRY_SECONDS
            if delay > 0:
                # Not `wait_for`: before Python 3.12 it can swallow the cancellation of `close`.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await self._wake.wait()

    def _delay(self) -> float:
        """Seconds until something is due."""
        deadline = self._core.next_deadline()
        return deadline - self._now() if deadline is not None else LOOK_SECONDS

    def _now(self) -> float:
        """The time; leases move along with a step of the wall clock, so that it takes nobody's grace."""
        now = self._clock.now()
        step = self._steps.since_last(now)
        if step:
            self._core.state.move_leases(step)
        return now


_WAITING = (ContactState.QUEUED, ContactState.OFFERED)
