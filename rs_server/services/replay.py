"""Finding sessions, their detail report, and the timeline of a recording."""

import base64
import binascii

import msgspec

from rs_server.core.permissions import allowed
from rs_server.core.session import Session
from rs_server.protocol.api import (
    ConsentRow,
    FileRow,
    NoticeRow,
    Part,
    SessionDetail,
    SessionPage,
    SessionRow,
    TimedEvent,
    Timeline,
)
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.services.hub import Hub
from rs_server.store import recordings as part_store
from rs_server.store import sessions as store
from rs_server.store.identity import User
from rs_server.store.recordings import PartRow


class Replay:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def find(
        self,
        user: User,
        *,
        query: str = "",
        agent: str = "",
        queue: str = "",
        since: float | None = None,
        until: float | None = None,
        cursor: str = "",
        limit: int = 50,
    ) -> SessionPage:
        """Newest first. Who may not see all sees those they took part in."""
        before = _read_cursor(cursor) if cursor else None
        async with self._hub.database.read() as connection:
            found = await store.search(
                connection,
                self._hub.tenant,
                query=query,
                agent=agent,
                queue=queue,
                since=since,
                until=until,
                user=None if allowed("sessions.all", user.roles) else user.id,
                before=before,
                limit=limit + 1,
            )
        rows = [
            SessionRow(
                session=row.info,
                agents=row.agents,
                duration=None if row.info.ended_at is None else row.info.ended_at - row.info.created_at,
                recorded=row.recorded,
            )
            for row in found[:limit]
        ]
        more = len(found) > limit
        return SessionPage(rows=rows, next=_cursor(rows[-1]) if more else None)

    async def detail(self, user: User, session_id: str) -> SessionDetail:
        session, parts = await self._load(user, session_id)
        notices: list[NoticeRow] = []
        if allowed("sessions.all", user.roles):
            async with self._hub.database.read() as connection:
                notices = [
                    NoticeRow(at=n.at, participant=n.participant, what=n.what, count=n.count)
                    for n in await part_store.notices(connection, session_id)
                ]
        replays = allowed("recordings.replay", user.roles)
        names = {p.id: p.name for p in session.participants.values()}
        streams: dict[str, float] = {}
        for part in parts:
            streams[part.label] = streams.get(part.label, 0.0) + max(0.0, (part.ended_at or 0) - part.started_at)
        return SessionDetail(
            session=session.info,
            participants=list(session.participants.values()),
            consents=[
                ConsentRow(
                    capability=g.capability,
                    giver=names.get(g.giver, ""),
                    holder=names.get(g.holder, ""),
                    state=g.state,
                    asked_at=g.asked_at,
                    decided_at=g.decided_at,
                    ended_at=g.ended_at,
                    basis=g.basis,
                )
                for g in session.grants.values()
            ],
            files=[
                FileRow(
                    id=f.id,
                    name=f.name,
                    size=f.size,
                    sender=names.get(f.sender, ""),
                    sha256=f.sha256,
                    state=f.state,
                    url=f"/api/v1/recordings/files/{f.id}"
                    if replays and f.state == "ready" and f.folder_of is None
                    else "",
                )
                for f in session.files.values()
                if f.folder_of is None
            ],
            lines=session.lines,
            note=session.note,
            streams=streams,
            recorded=bool(parts) or any(line.kind == "recording_on" for line in session.lines),
            notices=notices,
        )

    async def timeline(self, user: User, session_id: str) -> Timeline:
        session, parts = await self._load(user, session_id)
        async with self._hub.database.read() as connection:
            events = await store.raw_events(connection, session_id)
        began = session.info.created_at
        ends = [
            session.info.ended_at or began,
            *(p.ended_at or p.started_at for p in parts),
            *(at for _, at, _ in events),
        ]
        return Timeline(
            began_at=began,
            duration=max(ends) - began,
            parts=[self._part(session, part, began) for part in parts],
            events=[
                TimedEvent(at=max(0.0, at - began), seq=seq, body=msgspec.Raw(body.encode()))
                for seq, at, body in events
            ],
        )

    def _part(self, session: Session, part: PartRow, began: float) -> Part:
        person = session.participants.get(part.participant)
        return Part(
            id=part.id,
            participant=part.participant,
            name=person.name if person else "",
            role=person.role if person else "",
            label=part.label,  # type: ignore[arg-type]  # the column holds these labels only
            starts=part.started_at - began,
            ends=(part.ended_at or part.started_at) - began,
            bytes=part.bytes,
            frames=part.frames,
            complete=part.complete,
            codec=part.codec,
            url=f"/api/v1/recordings/parts/{part.id}",
        )

    async def part(self, part_id: str) -> PartRow:
        async with self._hub.database.read() as connection:
            part = await part_store.part(connection, self._hub.tenant, part_id)
        if part is None:
            raise ProtocolError(Code.NOT_FOUND)
        return part

    async def _load(self, user: User, session_id: str) -> tuple[Session, list[PartRow]]:
        session = await self._hub.get(session_id)
        async with self._hub.database.read() as connection:
            mine = allowed("sessions.all", user.roles) or await store.took_part(connection, session_id, user.id)
            if not mine:
                raise ProtocolError(Code.NOT_FOUND, "no such session")
            return session, await part_store.of_session(connection, session_id)


def _cursor(row: SessionRow) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([row.session.created_at, row.session.id])).decode()


def _read_cursor(cursor: str) -> tuple[float, str]:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor), type=tuple[float, str])
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise ProtocolError(Code.BAD_REQUEST, "not a cursor of ours", field="cursor") from error
