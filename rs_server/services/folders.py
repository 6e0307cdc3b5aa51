"""What staff asks of a customer's folders: passed to the native client, answered by it, and said in the log."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from msgspec.structs import replace

from rs_server.core import folder_log, native
from rs_server.core.session import Session
from rs_server.protocol.consent import Capability
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.folders import (
    FolderAnswer,
    FolderAnswered,
    FolderAsk,
    FolderAsking,
    FolderDelete,
    FolderDo,
    FolderDone,
    FolderDownload,
    FolderEntries,
    FolderList,
    FolderMake,
    FolderOp,
    FolderProgress,
    FolderReason,
    FolderRefused,
    FolderRename,
    FolderResult,
    FolderStop,
    FolderUpload,
)
from rs_server.protocol.session import (
    Durable,
    FileChanged,
    GrantChanged,
    Participant,
    ParticipantChanged,
    SessionChanged,
)
from rs_server.services.hub import Hub
from rs_server.services.natives import Natives, NativeSocket
from rs_server.services.notices import Notices
from rs_server.services.presence import Presences, actor_of
from rs_server.services.texts import plain
from rs_server.services.throttle import Throttle
from rs_server.store import files as store

log = structlog.get_logger()

ANSWER_SECONDS = 60.0
"""Without a word of the client for so long, an ask has failed."""
ASKING_SECONDS = 180.0
"""The same, while it asks the customer."""
MOST_WAITING = 50
"""Asks of one person that are not answered yet."""

_READ: frozenset[Capability] = frozenset({"files_read"})
_WRITE: frozenset[Capability] = frozenset({"files_write"})
NEEDS: Mapping[type, frozenset[Capability]] = {
    FolderList: _READ | _WRITE,
    FolderDownload: _READ,
    FolderMake: _WRITE,
    FolderRename: _WRITE,
    FolderDelete: _WRITE,
    FolderUpload: _WRITE,
    FolderStop: _READ | _WRITE,
}
"""One of these."""

_Change = FolderMake | FolderRename | FolderDelete | FolderUpload
_Key = tuple[str, str]
"""Who asked (participant), and their mark of it."""


@dataclass(slots=True)
class _Waiting:
    giver: str
    endpoint: str
    op: FolderOp
    timer: asyncio.TimerHandle


class Folders:
    def __init__(self, hub: Hub, presences: Presences, natives: Natives, notices: Notices) -> None:
        self._hub = hub
        self._presences = presences
        self._natives = natives
        self._notices = notices
        self._waiting: dict[str, dict[_Key, _Waiting]] = {}
        self._roots: dict[str, dict[str, str]] = {}
        """Names of roots, by session and id, as the client told them."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._asks = Throttle(hub.clock, burst=60, refill=0.2)
        self._further = Throttle(hub.clock, burst=200, refill=0.05)
        """Further pages of a list, and stops: they follow from what was asked."""
        hub.react(self._changed)

    async def close(self) -> None:
        for waiting in self._waiting.values():
            for each in waiting.values():
                each.timer.cancel()
        self._waiting.clear()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ask(self, session_id: str, who: Participant, body: FolderAsk) -> None:
        """Pass it to the client. Raises `not_allowed` (and notes it), `conflict` for a mark that waits for its answer,
        `not_ready` without a client, `throttled` when too much waits or comes, `not_found` for nothing to stop."""
        session = await self._hub.get(session_id)
        client = self._natives.of(session_id, body.giver)
        needed = NEEDS[type(body.op)]
        if not native.has_any(session, body.giver, who.id, needed):
            await self._notices.add(session_id, who.id, "dropped:folder", 1)
            raise ProtocolError(Code.NOT_ALLOWED, "the customer did not allow that")
        if client is None or not _may(session, body.giver, who.id, body.op, client.endpoint):
            raise ProtocolError(Code.NOT_READY, "the client is away")
        waiting = self._waiting.get(session_id, {})
        mine = [key for key in waiting if key[0] == who.id]
        key = (who.id, body.ask)
        if key in waiting:
            raise ProtocolError(Code.CONFLICT, "this ask waits for its answer")
        if isinstance(body.op, FolderStop):
            if (who.id, body.op.ask) not in waiting:
                raise ProtocolError(Code.NOT_FOUND, "nothing to stop")
            self._further.take(who.id)
        elif len(mine) >= MOST_WAITING:
            raise ProtocolError(Code.THROTTLED, "too much waits for an answer")
        else:
            if not isinstance(body.op, FolderList) and folder_log.is_full(session.lines):
                raise ProtocolError(Code.THROTTLED, "this session has too many lines")
            further = isinstance(body.op, FolderList) and body.op.after is not None
            (self._further if further else self._asks).take(who.id)
            if isinstance(body.op, FolderUpload) and not _is_ready(session, body.op.file, body.giver, who.id):
                raise ProtocolError(Code.NOT_FOUND, "no such file", field="file")
            timer = self._expire_after(session_id, key, ANSWER_SECONDS)
            self._waiting.setdefault(session_id, {})[key] = _Waiting(body.giver, client.endpoint, body.op, timer)
        client.send(session_id, FolderDo(ask=body.ask, by=who.id, by_name=who.name, op=body.op))

    async def answer(self, session_id: str, who: Participant, client: NativeSocket, body: FolderAnswer) -> None:
        """The client's answer. One that nobody waits for any more is of no use. Raises `bad_request` for one that does
        not fit what was asked."""
        key = (body.holder, body.ask)
        waiting = self._waiting.get(session_id, {}).get(key)
        if waiting is None or (waiting.giver, waiting.endpoint) != (who.id, client.endpoint):
            return
        session = await self._hub.get(session_id)
        if not _fits(session, who, waiting.op, body.answer):
            raise ProtocolError(Code.BAD_REQUEST, "no answer to what was asked", field="answer")
        if isinstance(body.answer, FolderProgress | FolderAsking):
            waiting.timer.cancel()
            asking = isinstance(body.answer, FolderAsking)
            waiting.timer = self._expire_after(session_id, key, ASKING_SECONDS if asking else ANSWER_SECONDS)
            self._tell(session_id, key, waiting.giver, body.answer)
            return
        self._forget(session_id, key)
        self._learn_roots(session_id, waiting.op, body.answer)
        data = _said(waiting.op, body.answer, self._roots.get(session_id, {}))
        if data is not None:
            file = body.answer.file if isinstance(body.answer, FolderDone) else None
            try:
                await self._log(session_id, body.holder, waiting.giver, data, file)
            except ProtocolError:
                self._tell(session_id, key, waiting.giver, FolderRefused(reason="failed"))
                raise
        self._tell(session_id, key, waiting.giver, body.answer)

    async def _log(
        self, session_id: str, holder: str, giver: str, data: dict[str, str], file: str | None = None
    ) -> None:
        """`file`: it is the holder's from now on, who gets it no sooner than the log says so. Raises `bad_request`."""
        async with self._hub.unit() as unit, self._hub.change(session_id, unit) as change:
            if file is not None:
                if not await store.hand_over(unit.connection, file, holder):
                    raise ProtocolError(Code.BAD_REQUEST, "no such file", field="answer")
                change.emit(FileChanged(file=replace(change.session.files[file], folder_for=holder)))
            if data["act"] == "list":
                act = folder_log.look(change.session.lines, holder, data["place"], change.now)
                if act is None:
                    return
                data["act"] = act
            people = change.session.participants
            data["giver"] = people[giver].name
            change.line("folder", people[holder], **data)  # type: ignore[arg-type]  # none is the audience

    def _learn_roots(self, session_id: str, op: FolderOp, answer: FolderResult) -> None:
        if isinstance(op, FolderList) and op.root is None and isinstance(answer, FolderEntries):
            names = {entry.root: entry.name for entry in answer.entries if entry.root is not None}
            self._roots.setdefault(session_id, {}).update(names)

    # --- what waits ---

    def _expire_after(self, session: str, key: _Key, seconds: float) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, self._end, session, key, "unanswered")

    def _forget(self, session: str, key: _Key) -> _Waiting:
        waiting = self._waiting[session]
        found = waiting.pop(key)
        found.timer.cancel()
        if not waiting:
            del self._waiting[session]
        return found

    def _end(self, session: str, key: _Key, reason: FolderReason) -> None:
        found = self._forget(session, key)
        self._tell(session, key, found.giver, FolderRefused(reason=reason))
        if isinstance(found.op, _Change):
            # The client had begun, perhaps, and no answer of it counts any more.
            data = _unsure(found.op, self._roots.get(session, {}))
            task = asyncio.create_task(self._log(session, key[0], found.giver, data))
            self._tasks.add(task)
            task.add_done_callback(self._logged)

    def _logged(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("folder line not written", exc_info=task.exception())

    def _tell(self, session_id: str, key: _Key, giver: str, answer: FolderResult) -> None:
        session = self._hub.peek(session_id)
        holder = session.participants.get(key[0]) if session is not None else None
        if holder is not None:
            for client in self._presences.clients(actor_of(holder)):
                client.send(session_id, FolderAnswered(ask=key[1], giver=giver, answer=answer))

    def _changed(self, session: Session, events: Sequence[Durable]) -> None:
        """Whoever may not do it any more gets no answer to it, and what waits for the client is thrown away."""
        if not any(isinstance(event, GrantChanged | ParticipantChanged | SessionChanged) for event in events):
            return
        name = session.info.id
        for key, each in list(self._waiting.get(name, {}).items()):
            if not _may(session, each.giver, key[0], each.op, each.endpoint):
                self._end(name, key, "no_consent")
        for client in self._natives.in_session(name):
            _take_back(session, client)
        if session.info.state == "ended":
            self._roots.pop(name, None)


def _take_back(session: Session, client: NativeSocket) -> None:
    client.unsend(
        lambda body: (
            isinstance(body, FolderDo) and not _may(session, client.participant, body.by, body.op, client.endpoint)
        )
    )


def _may(session: Session, giver: str, holder: str, op: FolderOp, endpoint: str) -> bool:
    return any(holder in native.holders(session, giver, needed, endpoint) for needed in NEEDS[type(op)])


def _is_ready(session: Session, file: str | None, giver: str, sender: str) -> bool:
    """A file that was made for these folders."""
    found = session.files.get(file or "")
    known = found and (found.state, found.folder_of, found.sender, found.folder_for)
    return known == ("ready", giver, sender, None)


def _fits(session: Session, giver: Participant, op: FolderOp, answer: FolderResult) -> bool:
    match answer:
        case FolderEntries():
            return isinstance(op, FolderList)
        case FolderDone(file=file, name=name, replaced=replaced):
            exists = op.exists if isinstance(op, FolderUpload) else ""
            if (name is not None and exists != "keep_both") or (replaced and exists != "replace"):
                return False
            if isinstance(op, FolderDownload):
                return _is_ready(session, file, giver.id, giver.id)
            return file is None and not isinstance(op, FolderList)
        case _:
            return True


def _said(op: FolderOp, answer: FolderResult, roots: Mapping[str, str]) -> dict[str, str] | None:
    """What the log says of it; None for what was not done."""
    if isinstance(answer, FolderRefused):
        return _unsure(op, roots) if answer.reason == "stopped" and isinstance(op, _Change) else None
    if isinstance(op, FolderStop):
        return None
    if isinstance(op, FolderList):
        return {"act": "list", "place": "" if op.root is None else _place(op.root, op.path, roots)}
    act: Any = op.__struct_config__.tag
    more = {"to": plain(op.name)} if isinstance(op, FolderRename) else {}
    path = op.path
    if isinstance(answer, FolderDone):
        act = "replace" if answer.replaced else act
        path = [*path[:-1], answer.name or path[-1]]
    return {"act": act, "place": _place(op.root, path, roots), **more}


def _unsure(op: _Change, roots: Mapping[str, str]) -> dict[str, str]:
    """It was begun, and may have been done before it was cut."""
    return {"act": "unsure", "place": _place(op.root, op.path, roots)}


def _place(root: str, path: Sequence[str], roots: Mapping[str, str]) -> str:
    return plain("/".join([roots[root], *path] if root in roots else path))
