"""What a supervisor does to agents and to who waits: each act is written down, and told to the agent."""

from typing import Literal, Protocol

import msgspec

from rs_server.db import UnitOfWork
from rs_server.ports import Acd
from rs_server.protocol.acd import DeskNotice
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.services.desk import Desk
from rs_server.services.hub import Hub
from rs_server.store import preferences as store
from rs_server.store.identity import User


class AgentSettings(Protocol):
    """The part of the routing's configuration that a supervisor may change. Each call routes by it at once and
    returns the name of the skill or queue. Raises `not_found` for an unknown agent, skill or queue."""

    async def set_skill(self, unit: UnitOfWork, agent: str, skill: str, level: int, by: str) -> str:
        """`level` 0 takes the skill."""

    async def set_queue(self, unit: UnitOfWork, agent: str, queue: str, inside: bool, by: str) -> str:
        """Raises `by_group`: out of a queue into which a group brings the agent all the same."""


class Supervision:
    def __init__(self, hub: Hub, acd: Acd, desk: Desk, settings: AgentSettings) -> None:
        self._hub = hub
        self._acd = acd
        self._desk = desk
        self._settings = settings

    async def set_state(
        self, by: User, agent: str, state: Literal["ready", "not_ready"], reason: str | None = None
    ) -> None:
        """Raises `not_found`, `not_ready` when the agent is offline; `AcdRefused`: unknown_reason."""
        async with self._hub.unit() as unit:
            # Inside: who left while others wrote must not be signed in by it.
            view = self._acd.agent(agent)
            if view is None:
                raise ProtocolError(Code.NOT_FOUND, "no such agent", field="agent")
            if view.state == "offline":
                raise ProtocolError(Code.NOT_READY, "the agent is not signed in")
            await self._acd.set_state(unit, agent, state, reason)
            detail = {"state": state, "reason": reason or "", "was": view.state, "was_reason": view.reason or ""}
            await self._note(unit, by, "state", agent, detail)
            self._tell(unit, by, agent, DeskNotice(kind="state_set", data={"state": state, "reason": reason or ""}))

    async def set_skill(self, by: User, agent: str, skill: str, level: int) -> None:
        """Raises `not_found`."""
        async with self._hub.unit() as unit:
            name = await self._settings.set_skill(unit, agent, skill, level, by.id)
            await self._note(unit, by, "skill", agent, {"skill": skill, "level": str(level)})
            kind: Literal["skill_set", "skill_removed"] = "skill_set" if level else "skill_removed"
            self._tell(unit, by, agent, DeskNotice(kind=kind, data={"skill": name, "level": str(level)}))

    async def set_queue(self, by: User, agent: str, queue: str, inside: bool) -> None:
        """Raises `not_found`, `by_group`."""
        async with self._hub.unit() as unit:
            name = await self._settings.set_queue(unit, agent, queue, inside, by.id)
            await self._note(unit, by, "queue_in" if inside else "queue_out", agent, {"queue": queue})
            self._tell(unit, by, agent, DeskNotice(kind="queue_in" if inside else "queue_out", data={"queue": name}))

    async def move(self, by: User, contact: str, queue: str) -> None:
        """Raises `AcdRefused`: contact_gone, unknown_queue."""
        before = self._acd.waiting_contact(contact)
        async with self._hub.unit() as unit:
            await self._acd.move(unit, contact, queue)
            await self._note(unit, by, "move", contact, {"queue": queue, "was": before.queue if before else ""})

    async def pull(self, by: User, contact: str) -> None:
        """Raises `AcdRefused`: contact_gone, not_ready, at_capacity, unknown_agent for who serves nobody."""
        before = self._acd.waiting_contact(contact)
        async with self._hub.unit() as unit:
            await self._acd.pick(unit, contact, by.id, by_right=True)
            await self._note(unit, by, "pull", contact, {})
            if before is not None and before.offered_to not in (None, by.id):
                notice = DeskNotice(kind="contact_taken", data={"customer": before.customer})
                self._tell(unit, by, before.offered_to or "", notice)

    async def _note(self, unit: UnitOfWork, by: User, action: str, subject: str, detail: dict[str, str]) -> None:
        text = msgspec.json.encode(detail).decode()
        await store.note_supervision(
            unit.connection, self._hub.tenant, self._hub.clock.now(), by.id, action, subject, text
        )

    def _tell(self, unit: UnitOfWork, by: User, agent: str, notice: DeskNotice) -> None:
        if agent != by.id:
            told = msgspec.structs.replace(notice, by_name=by.display_name)
            unit.after_commit(lambda: self._desk.notify(agent, told))
