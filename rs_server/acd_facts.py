"""What sessions, the desk and the supervisor's page read of the queues, taken from the WebACD."""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence

import msgspec

from rs_server.db import UnitOfWork
from rs_server.ports import Clock
from rs_server.protocol.acd import DeskRules, Limit, Medium, Shift
from rs_server.protocol.api import CodeInfo, QueueInfo, QueueTarget
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.supervise import InHand, InHandState, Named, RoutingAlarm, SuperviseNames
from rs_server.services.board import ListOfColleagues
from rs_server.services.queues import Closed, QueueFacts
from rs_server.services.supervise import QueueDay, QueueSetting
from webacd.books import Books
from webacd.core import opening
from webacd.core.config import AgentConfig, Choice, Configuration, QueueConfig, SkillLevel, Threshold
from webacd.core.contact import Contact, ContactState
from webacd.service import AcdService

_IN_HAND: dict[ContactState, InHandState] = {
    ContactState.OFFERED: "offered",
    ContactState.ACTIVE: "active",
    ContactState.WRAP_UP: "wrap_up",
}


class WrapUpRow(msgspec.Struct, frozen=True):
    contact: str
    session: str
    customer: str
    queue: str | None
    deadline: float | None


class AcdFacts:
    """Implements what `Sessions`, `Desk` and `SupervisePage` ask for."""

    def __init__(self, acd: AcdService, books: Books, clock: Clock) -> None:
        self._acd = acd
        self._clock = clock
        self._books = books
        self._indexed: Configuration | None = None
        self._agents: dict[str, AgentConfig] = {}
        self._queues: dict[str, QueueConfig] = {}

    # --- queues ---

    def queue(self, queue: str) -> QueueFacts | None:
        found = self._find(queue)
        return None if found is None else QueueFacts(found.id, found.name, found.recording)

    def default_queue(self) -> QueueFacts | None:
        queues = self._acd.queues()
        chosen = next((q for q in queues if q.default), queues[0] if queues else None)
        return None if chosen is None else self.queue(chosen.id)

    def skills(self) -> Mapping[str, str]:
        return {skill.id: skill.name for skill in self._acd.configuration().skills}

    def queue_name(self, queue: str) -> str:
        found = self._find(queue)
        return found.name if found else queue

    def may_pick(self, queue: str, agent: str) -> bool:
        found, view = self._find(queue), self._acd.agent(agent)
        return found is not None and found.allow_pick and view is not None and queue in view.queues

    def queue_infos(self) -> list[QueueInfo]:
        return [
            QueueInfo(
                id=q.id,
                name=q.name,
                allow_pick=q.allow_pick,
                recording=q.recording,
                outcome_codes=[code_info(c) for c in q.outcome_codes],
                wrap_up_seconds=int(q.wrap_up_seconds or 0),
            )
            for q in self._acd.queues()
        ]

    def queue_settings(self) -> Sequence[QueueSetting]:
        return [QueueSetting(q.id, q.name, q.groups, q.service_level_seconds) for q in self._acd.queues()]

    def expected_wait(self, queue: str) -> float | None:
        return self._acd.expected_wait(queue)

    def day(self, queue: str) -> QueueDay:
        found = self._books.day(queue)
        return QueueDay(found.offered, found.answered, found.in_time)

    def queue_targets(self) -> list[QueueTarget]:
        lines: dict[str, int] = {}
        for waiting in self._acd.waiting():
            lines[waiting.queue] = lines.get(waiting.queue, 0) + 1
        ready: dict[str, int] = {}
        for view in self._acd.agents():
            if view.state == "ready":
                for queue in view.queues:
                    ready[queue] = ready.get(queue, 0) + 1
        return [
            QueueTarget(
                id=queue.id,
                name=queue.name,
                waiting=lines.get(queue.id, 0),
                expected_wait=self._acd.expected_wait(queue.id),
                ready=ready.get(queue.id, 0),
                open=self.closed(queue.id) is None,
            )
            for queue in self._acd.queues()
        ]

    def closed(self, queue: str, ago: float = 0.0) -> Closed | None:
        found, now = self._find(queue), self._clock.now() - ago
        configuration = self._acd.configuration()
        if found is None or opening.is_open(configuration, found, now):
            return None
        return Closed(opening.opens_at(configuration, found, now))

    # --- agents ---

    def wrap_ups(self, agent: str) -> Sequence[WrapUpRow]:
        return [
            WrapUpRow(c.id, c.session, c.customer, c.queue, c.wrap_up_deadline)
            for c in self._contacts(agent)
            if c.state is ContactState.WRAP_UP
        ]

    def in_hand(self, agent: str) -> Sequence[InHand]:
        return [
            InHand(
                contact=c.id,
                medium=msgspec.convert(c.medium, Medium),
                customer=c.customer,
                queue=c.queue,
                state=_IN_HAND[c.state],
                since=c.arrived_at,
            )
            for c in self._contacts(agent)
        ]

    def media(self, agent: str) -> Sequence[Medium]:
        media = sorted({c.medium for c in self._contacts(agent)})
        return [msgspec.convert(medium, Medium) for medium in media]

    def groups(self, agent: str) -> Sequence[str]:
        found = self._agent(agent)
        return found.groups if found is not None else ()

    def profile(self, agent: str) -> Hashable:
        found = self._agent(agent)
        if found is None:
            return None
        return (found.queues, found.groups, found.skills, tuple(sorted(found.limits.items())))

    def shift(self, agent: str) -> Shift | None:
        found = self._books.shift(agent)
        if found is None or self._agent(agent) is None:
            return None
        return Shift(
            since=found.since,
            at=found.at,
            signed_in=found.signed_in,
            busy=found.busy,
            handled=found.handled,
            handle=found.handle,
            online=found.online,
            working=found.working,
        )

    # --- the configuration ---

    def mark(self) -> object:
        return self._acd.configuration()

    def team_lists(self) -> Sequence[ListOfColleagues]:
        return [
            ListOfColleagues(team.id, team.name, team.members, team.departments, team.groups)
            for team in self._acd.configuration().team_lists
        ]

    def rules(self) -> DeskRules:
        rules = self._acd.rules()
        return DeskRules(
            slow_count=rules.indicator.slow_count,
            slow_seconds=rules.indicator.slow_seconds,
            fast_count=rules.indicator.fast_count,
            fast_seconds=rules.indicator.fast_seconds,
            busy=_limit(rules.busy),
            handle_time=_limit(rules.handle_time),
            handled=_limit(rules.handled),
            reason_required=rules.reason_required and bool(self._acd.reasons()),
        )

    def alarms(self) -> Sequence[RoutingAlarm]:
        return [RoutingAlarm(kind=d.kind, id=d.id, of=d.of, to=d.to) for d in self._acd.configuration().dangling()]

    def names(self) -> SuperviseNames:
        configuration = self._acd.configuration()
        return SuperviseNames(
            skills=[Named(id=each.id, name=each.name) for each in configuration.skills],
            groups=[Named(id=each.id, name=each.name) for each in configuration.groups],
        )

    def _contacts(self, agent: str) -> Sequence[Contact]:
        return self._acd.contacts_of(agent)

    def _find(self, queue: str) -> QueueConfig | None:
        return self._index()._queues.get(queue)

    def _agent(self, agent: str) -> AgentConfig | None:
        return self._index()._agents.get(agent)

    def _index(self) -> "AcdFacts":
        """By id, made once for each configuration."""
        configuration = self._acd.configuration()
        if configuration is not self._indexed:
            self._indexed = configuration
            self._agents = {agent.id: agent for agent in configuration.agents}
            self._queues = {queue.id: queue for queue in configuration.queues}
        return self


class AcdSettings:
    """Implements `AgentSettings`: what a supervisor may change of an agent."""

    def __init__(self, acd: AcdService) -> None:
        self._acd = acd

    async def set_skill(self, unit: UnitOfWork, agent: str, skill: str, level: int, by: str) -> str:
        configuration = await self._acd.config.read(unit.connection)
        found = next((each for each in configuration.skills if each.id == skill), None)
        if found is None and level:
            raise ProtocolError(Code.NOT_FOUND, "no such skill", field="skill")

        def change(before: AgentConfig) -> AgentConfig:
            kept = tuple(each for each in before.skills if each.skill != skill)
            fresh = (SkillLevel(skill, level),) if level else ()
            return msgspec.structs.replace(before, skills=(*kept, *fresh))

        await self._change(unit, configuration, agent, change, by)
        return found.name if found is not None else skill

    async def set_queue(self, unit: UnitOfWork, agent: str, queue: str, inside: bool, by: str) -> str:
        configuration = await self._acd.config.read(unit.connection)
        found = next((each for each in configuration.queues if each.id == queue), None)
        if found is None and inside:
            raise ProtocolError(Code.NOT_FOUND, "no such queue", field="queue")

        def change(before: AgentConfig) -> AgentConfig:
            if not inside and found is not None:
                _not_by_group(configuration, before, found)
            kept = tuple(each for each in before.queues if each != queue)
            return msgspec.structs.replace(before, queues=(*kept, queue) if inside else kept)

        await self._change(unit, configuration, agent, change, by)
        return found.name if found is not None else queue

    async def _change(
        self,
        unit: UnitOfWork,
        configuration: Configuration,
        agent: str,
        change: Callable[[AgentConfig], AgentConfig],
        by: str,
    ) -> None:
        before = next((each for each in configuration.agents if each.id == agent), None)
        if before is None:
            raise ProtocolError(Code.NOT_FOUND, "no such agent", field="agent")
        after = change(before)
        if after != before:
            await self._acd.config.put(unit, "agent", agent, after, by)
            await self._acd.reconfigure(unit)


def _not_by_group(configuration: Configuration, agent: AgentConfig, queue: QueueConfig) -> None:
    """Raises `by_group` where the agent gets contacts of the queue from their arrival, whatever the agent's own queues.
    Groups of later steps only help out, and do not count."""
    names = {group.id: group.name for group in configuration.groups}
    by = [names[group] for group in queue.groups if group in agent.groups and group in names]
    if by:
        raise ProtocolError(Code.BY_GROUP, "the agent is in this queue by groups", field=", ".join(by))


def _limit(threshold: Threshold) -> Limit:
    return Limit(warn=threshold.warn, alarm=threshold.alarm)


def code_info(choice: Choice) -> CodeInfo:
    """A label is one text, or a JSON object of texts by language."""
    label = json.loads(choice.label) if choice.label.startswith("{") else {"en": choice.label}
    return CodeInfo(code=choice.id, label=label)
