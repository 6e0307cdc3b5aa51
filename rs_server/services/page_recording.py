"""The part of a recording that holds the page: the messages that viewers get, and what was done and shown there."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import structlog

from rs_server.core.page_record import Packer, Record, RecordKind, pack
from rs_server.core.session import Session
from rs_server.ports import Blobs
from rs_server.protocol.cobrowse import (
    PageAct,
    PageGo,
    PageInsert,
    PageOp,
    PageOutcome,
    PagePoint,
    PageReason,
    PageValue,
)
from rs_server.protocol.page import HEADER_SIZE
from rs_server.protocol.session import Participant
from rs_server.services import ids
from rs_server.services.hub import Hub
from rs_server.services.recordings import RETRY_SECONDS, Recordings
from rs_server.store import recordings as store
from rs_server.store import sessions as session_store

log = structlog.get_logger()

FLUSH_SECONDS = 2.0
"""What came before can be read after a crash."""
SMALL = 32 * 1024
"""Bytes that are packed sooner than a thread is asked to."""
MOST_UNWRITTEN = 32 * 1024 * 1024
"""Bytes; a disk that is so far behind cannot be recorded to."""

_TYPED = ("text", "value", "key")


class _Part:
    def __init__(self, part: str, session: str, participant: str, began_at: float) -> None:
        self.id = part
        self.session = session
        self.participant = participant
        self.began_at = began_at
        self.began = _now()
        self.blob = f"recordings/{session}/{part}.page"
        self.waiting = bytearray()
        self.stirred = asyncio.Event()
        self.over = False
        self.behind = False
        self.lasted = 0.0
        self.messages = 0
        self.snapshots = 0
        self.size = 0
        self.cut = False

    def add(self, kind: RecordKind, epoch: int, payload: bytes) -> None:
        self.lasted = _now() - self.began
        self.waiting += pack(Record(int(self.lasted * 1000), kind, epoch, payload))

    def end(self) -> None:
        self.lasted = _now() - self.began
        self.over = True
        self.stirred.set()


class PageRecorder:
    """A part goes from the first snapshot of a session that is recorded, and whose page somebody may see, to the end
    of either."""

    def __init__(self, hub: Hub, blobs: Blobs, recordings: Recordings) -> None:
        self._hub = hub
        self._blobs = blobs
        self._recordings = recordings
        self._wanted: dict[str, str] = {}
        """Sessions whose page is recorded now, and the participant that it is of."""
        self._parts: dict[str, _Part] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._not_before: dict[str, asyncio.TimerHandle] = {}
        self._ask: Callable[[str], None] = lambda _session: None

    def on_snapshot(self, ask: Callable[[str], None]) -> None:
        """Call with a session whose part waits for a snapshot to begin with."""
        self._ask = ask

    async def close(self) -> None:
        """Store what is open."""
        for timer in self._not_before.values():
            timer.cancel()
        for session in list(self._parts):
            self._end(session)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def settle(self, session: Session, seen: bool) -> None:
        """The session changed. `seen`: somebody may see its page."""
        name, customer = session.info.id, session.customer
        if session.info.recording and seen and customer is not None:
            if name not in self._wanted:
                self._wanted[name] = customer.id
                self._ask(name)
        elif self._wanted.pop(name, None) is not None:
            self.cut(name)
            self._end(name)
            if (timer := self._not_before.pop(name, None)) is not None:
                timer.cancel()

    # --- what is recorded ---

    def message(self, session: str, epoch: int, begins: bool, frames: Sequence[bytes]) -> None:
        """One that was passed on."""
        part = self._parts.get(session)
        if part is None:
            if not begins or session not in self._wanted or session in self._not_before:
                return
            part = self._begin(session)
        part.messages += 1
        part.snapshots += begins
        part.cut = False
        part.add(RecordKind.MESSAGE, epoch, b"".join(frame[HEADER_SIZE:] for frame in frames))
        if len(part.waiting) > MOST_UNWRITTEN:
            part.behind = True
            self._failed(part)

    def act(self, session: str, body: PageAct, who: Participant) -> None:
        self._say(session, RecordKind.ACT, body.epoch, act=body.act, by=who.id, by_name=who.name, op=_untyped(body.op))

    def result(self, session: str, act: str, outcome: PageOutcome, reason: PageReason | None) -> None:
        self._say(session, RecordKind.RESULT, 0, act=act, outcome=outcome, reason=reason)

    def shown(self, session: str, body: PagePoint, who: Participant) -> None:
        self._say(session, RecordKind.SHOWN, body.epoch, by=who.id, by_name=who.name, shown=body.shown)

    def cut(self, session: str) -> None:
        """Nobody sees the page until the next snapshot."""
        part = self._parts.get(session)
        if part is not None and not part.cut:
            part.cut = True
            part.add(RecordKind.CUT, 0, b"")

    def _say(self, session: str, kind: RecordKind, epoch: int, **fields: Any) -> None:
        part = self._parts.get(session)
        if part is not None:
            part.add(kind, epoch, msgspec.json.encode(fields))

    # --- parts ---

    def _begin(self, session: str) -> _Part:
        part = _Part(ids.new_id(), session, self._wanted[session], self._hub.clock.now())
        self._parts[session] = part
        task = asyncio.create_task(self._write(part))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return part

    def _end(self, session: str) -> None:
        part = self._parts.pop(session, None)
        if part is not None:
            part.end()

    async def _write(self, part: _Part) -> None:
        """From its row in the store to its last byte."""
        complete = True
        try:
            await self._open(part)
            await self._write_all(part)
        except Exception:
            complete = False
            log.exception("page recording failed", session=part.session)
            self._failed(part)
        try:
            await self._close(part, complete)
            if not complete:
                await self._recordings.tell_failed(part.session, part.participant, "page")
        except Exception:
            # Where recordings cannot be written, this may not go on disk, either.
            log.exception("page recording not closed", session=part.session)

    async def _open(self, part: _Part) -> None:
        async with self._hub.database.begin() as unit:
            await store.add_part(
                unit.connection,
                store.PartRow(
                    id=part.id,
                    session=part.session,
                    participant=part.participant,
                    label="page",
                    codec="page",
                    blob=part.blob,
                    started_at=part.began_at,
                ),
            )
            await session_store.mark_recorded(unit.connection, part.session)

    async def _write_all(self, part: _Part) -> None:
        packer = Packer()
        while True:
            if part.behind:
                raise OSError("the disk is too far behind")
            over, data = part.over, bytes(part.waiting)
            part.waiting.clear()
            if data or over:
                # Neither work nor the disk may hold up the others.
                small = len(data) <= SMALL
                packed = _pack(packer, data, over) if small else await asyncio.to_thread(_pack, packer, data, over)
                part.size = await self._blobs.append(part.blob, part.size, packed)
            if over:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(part.stirred.wait(), FLUSH_SECONDS)

    def _failed(self, part: _Part) -> None:
        """The page goes on unrecorded for a while; then a new part begins."""
        if self._parts.get(part.session) is not part:
            return
        del self._parts[part.session]
        part.end()
        loop = asyncio.get_running_loop()
        self._not_before[part.session] = loop.call_later(RETRY_SECONDS, self._again, part.session)

    def _again(self, session: str) -> None:
        self._not_before.pop(session, None)
        self._ask(session)

    async def _close(self, part: _Part, complete: bool) -> None:
        async with self._hub.database.begin() as unit:
            await store.close_part(
                unit.connection,
                part.id,
                ended_at=part.began_at + part.lasted,
                frames=part.messages,
                keyframes=part.snapshots,
                size=await self._blobs.size(part.blob) or 0,
                complete=complete,
            )


def _untyped(op: PageOp) -> dict[str, Any]:
    """The act without what was typed: it may be a secret, which the page masks, or an act that the page refuses."""
    kept: dict[str, Any] = msgspec.to_builtins(op)
    length = sum(len(kept.pop(name, "")) for name in _TYPED)
    if isinstance(op, PageInsert | PageValue):
        kept["length"] = length
    elif isinstance(op, PageGo):
        kept["to"] = op.to.partition("?")[0].partition("#")[0]
    return kept


def _pack(packer: Packer, data: bytes, over: bool) -> bytes:
    packed = packer.add(data) if data else b""
    return packed + packer.end() if over else packed


def _now() -> float:
    return asyncio.get_running_loop().time()
