"""The supervisor's live page: one picture of all agents, queues and waiting contacts, sent on as differences that are
encoded once for everybody who watches."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import structlog

from rs_server.db import UnitOfWork
from rs_server.ports import Acd, AcdEvent, AgentView, WaitingView
from rs_server.protocol.supervise import (
    AgentRow,
    InHand,
    QueueRow,
    RoutingAlarm,
    SkillOf,
    SuperviseChanged,
    SuperviseNames,
    SuperviseSnapshot,
    WaitingRow,
)
from rs_server.services.desk import Desk
from rs_server.services.presence import Client

log = structlog.get_logger()

GATHER_SECONDS = 0.25
"""Changes of so long are told together: a change is seen well within a second."""

_Standing = Literal["ready", "busy", "not_ready", "offline"]


class QueueSetting(NamedTuple):
    id: str
    name: str
    groups: Sequence[str]
    service_seconds: float


class QueueDay(NamedTuple):
    """Who arrived today; as in `QueueRow`."""

    offered: int
    answered: int
    in_time: int


class SuperviseFacts(Protocol):
    """What the page shows beside the port's views."""

    def queue_settings(self) -> Sequence[QueueSetting]: ...

    def expected_wait(self, queue: str) -> float | None: ...

    def day(self, queue: str) -> QueueDay: ...

    def in_hand(self, agent: str) -> Sequence[InHand]: ...

    def alarms(self) -> Sequence[RoutingAlarm]: ...

    def names(self) -> SuperviseNames: ...

    def mark(self) -> object:
        """Another object whenever the configuration is another."""


class _Picture:
    """What the watchers know."""

    def __init__(self) -> None:
        self.agents: dict[str, AgentRow] = {}
        self.queues: dict[str, QueueRow] = {}
        self.waiting: dict[str, WaitingRow] = {}
        self.alarms: list[RoutingAlarm] = []
        self.names = SuperviseNames()


class SupervisePage:
    def __init__(self, acd: Acd, desk: Desk, facts: SuperviseFacts) -> None:
        self._acd = acd
        self._desk = desk
        self._facts = facts
        self._watchers: dict[Client, None] = {}
        self._picture = _Picture()
        self._standings: dict[str, tuple[frozenset[str], _Standing]] = {}
        self._counts: dict[str, Counter[str]] = {}
        self._stirred: set[str] = set()
        self._mark: object = None
        self._timer: asyncio.TimerHandle | None = None
        acd.listen(self._on_acd)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def _on_acd(self, unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        if self._watchers:
            users = {agent for event in events if (agent := getattr(event, "agent", None)) is not None}
            unit.after_commit(lambda: self.stir(users))

    def stir(self, users: set[str] | frozenset[str] = frozenset()) -> None:
        """Something of these agents, or of the queues, may have changed."""
        if not self._watchers:
            return
        self._stirred |= users
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._due)

    def watch(self, client: Client) -> None:
        """Send all there is, and from now on what changes."""
        if not self._watchers:
            # Nobody looked: what is remembered is of then.
            self._mark = None
        self._watchers[client] = None
        self.look(but=client)
        picture = self._picture
        client.send(
            None,
            SuperviseSnapshot(
                agents=list(picture.agents.values()),
                queues=list(picture.queues.values()),
                waiting=list(picture.waiting.values()),
                alarms=picture.alarms,
                names=picture.names,
            ),
        )

    def unwatch(self, client: Client) -> None:
        self._watchers.pop(client, None)

    def _due(self) -> None:
        try:
            self.look()
        except Exception:
            log.exception("the supervisor's page is behind")

    def look(self, but: Client | None = None) -> None:
        """Tell every watcher, except `but`, what changed since the last look."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        change = self._change()
        others = [client for client in self._watchers if client is not but]
        if change is None or not others:
            return
        frame = self._desk.encoded(change)
        for client in others:
            client.put(frame)

    def _change(self) -> SuperviseChanged | None:
        picture, changes = self._picture, dict[str, Any]()
        mark = self._facts.mark()
        if mark is not self._mark:
            self._mark = mark
            self._all_anew(changes)
        else:
            self._some_anew(self._stirred, changes)
        self._stirred = set()
        waiting = self._acd.waiting()
        rows = {each.contact: _waiting_row(each) for each in waiting}
        _compare(changes, "waiting", picture.waiting, rows)
        queues = self._queues(waiting)
        _compare(changes, "queues", picture.queues, queues)
        picture.waiting, picture.queues = rows, queues
        return SuperviseChanged(**changes) if changes else None

    def _all_anew(self, changes: dict[str, Any]) -> None:
        picture = self._picture
        alarms, names = list(self._facts.alarms()), self._facts.names()
        if alarms != picture.alarms:
            changes["alarms"] = picture.alarms = alarms
        if names != picture.names:
            changes["names"] = picture.names = names
        self._standings.clear()
        self._counts.clear()
        views = self._acd.agents()
        agents = {view.agent: self._agent_row(view) for view in views}
        for view in views:
            self._stand(agents[view.agent])
        _compare(changes, "agents", picture.agents, agents)
        picture.agents = agents

    def _some_anew(self, stirred: set[str], changes: dict[str, Any]) -> None:
        agents = self._picture.agents
        fresh = []
        for name in stirred:
            view = self._acd.agent(name)
            if view is None:
                continue
            row = self._agent_row(view)
            if agents.get(name) != row:
                agents[name] = row
                self._stand(row)
                fresh.append(row)
        if fresh:
            changes["agents"] = fresh

    def _agent_row(self, view: AgentView) -> AgentRow:
        user = self._desk.users.get(view.agent)
        return AgentRow(
            user=view.agent,
            name=user.display_name if user else view.agent,
            department=user.department if user else "",
            state=view.state,
            reason=view.reason,
            since=view.since,
            capacity=view.capacity,
            queues=list(view.queues),
            groups=list(view.groups),
            skills=[SkillOf(skill=skill, level=level) for skill, level in sorted(view.skills.items())],
            missed=view.missed,
            in_hand=list(self._facts.in_hand(view.agent)),
        )

    def _stand(self, row: AgentRow) -> None:
        """The agent counts in each queue whose contacts come to them from the start."""
        queues, standing = self._standings.get(row.user, (frozenset(), "offline"))
        for queue in queues:
            self._counts[queue][standing] -= 1
        groups = set(row.groups)
        of = frozenset(
            each.id
            for each in self._facts.queue_settings()
            if each.id in row.queues or not groups.isdisjoint(each.groups)
        )
        now = _standing(row)
        self._standings[row.user] = (of, now)
        for queue in of:
            self._counts.setdefault(queue, Counter())[now] += 1

    def _queues(self, waiting: Sequence[WaitingView]) -> dict[str, QueueRow]:
        lines: dict[str, list[float]] = {}
        for each in waiting:
            lines.setdefault(each.queue, []).append(each.arrived_at)
        rows = {}
        for queue in self._facts.queue_settings():
            counts, line = self._counts.get(queue.id, Counter[str]()), lines.get(queue.id, [])
            wait, day = self._facts.expected_wait(queue.id), self._facts.day(queue.id)
            rows[queue.id] = QueueRow(
                id=queue.id,
                name=queue.name,
                waiting=len(line),
                oldest=min(line, default=None),
                expected_wait=None if wait is None else round(wait),
                agents=counts.total(),
                ready=counts["ready"],
                busy=counts["busy"],
                not_ready=counts["not_ready"],
                offered=day.offered,
                answered=day.answered,
                in_time=day.in_time,
                service_seconds=queue.service_seconds,
                groups=list(queue.groups),
            )
        return rows


def _standing(row: AgentRow) -> _Standing:
    if row.state != "ready":
        return row.state
    return "busy" if len(row.in_hand) >= row.capacity else "ready"


def _waiting_row(view: WaitingView) -> WaitingRow:
    return WaitingRow(
        contact=view.contact,
        customer=view.customer,
        queue=view.queue,
        medium=view.medium,
        arrived_at=view.arrived_at,
        position=view.position,
        priority=view.priority,
        offered_to=view.offered_to,
        agent=view.agent,
    )


def _compare(changes: dict[str, Any], field: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    if fresh := [row for name, row in after.items() if before.get(name) != row]:
        changes[field] = fresh
    if gone := [name for name in before if name not in after]:
        changes[f"{field}_gone"] = gone
