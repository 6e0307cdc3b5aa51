"""A customer says that something is not right: everything ends, it is written down, and supervisors are told. Also of
a session that is over: whoever did harm may have ended it first."""

import msgspec
import structlog

from rs_server.core.permissions import allowed
from rs_server.protocol.acd import DeskNotice
from rs_server.protocol.session import Participant
from rs_server.services.desk import Desk
from rs_server.services.hub import Hub
from rs_server.services.sessions import Sessions
from rs_server.store import preferences as store

log = structlog.get_logger()


class Reports:
    def __init__(self, hub: Hub, sessions: Sessions, desk: Desk) -> None:
        self._hub = hub
        self._sessions = sessions
        self._desk = desk
        self.count = 0
        """Since the start."""

    async def report(self, session_id: str, who: Participant, reason: str) -> None:
        """Again changes nothing."""
        async with self._hub.unit() as unit:
            async with self._hub.change(session_id, unit) as change:
                session = change.session
                new = not await store.is_noted(unit.connection, self._hub.tenant, "reported", session_id)
                if new:
                    # Before the end, so that nothing goes on where the end should fail.
                    change.close_grants(lambda grant: grant.giver == who.id)
                    change.line("reported", who, reason, audience="staff")
            people = ", ".join(each.name for each in session.participants.values() if each.role != "customer")
            if new:
                detail = {"customer": who.name, "agents": people, "reason": reason}
                text = msgspec.json.encode(detail).decode()
                now = self._hub.clock.now()
                await store.note_supervision(
                    unit.connection, self._hub.tenant, now, who.id, "reported", session_id, text
                )
        if new:
            self.count += 1
            log.warning("session reported", session=session_id)
            self._alarm(DeskNotice(kind="reported", by_name=who.name, data=_data(session.info.reference, people)))
        await self._sessions.end(session_id, who)

    def _alarm(self, notice: DeskNotice) -> None:
        for user in self._desk.users.values():
            if allowed("agents.supervise", user.roles):
                self._desk.notify(user.id, notice)


def _data(reference: str, people: str) -> dict[str, str]:
    return {"reference": reference, "agents": people}
