"""What others ask of the folders here: checked, done, answered; and cut as soon as it may be no longer."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from rs_client.consent_ui.base import Removal, Surface
from rs_client.core.rights import Rights
from rs_client.core.roots import Root
from rs_client.folders import tree, words
from rs_client.folders.blocking import Threads
from rs_client.folders.carry import Carrier, Progress
from rs_client.folders.names import readable
from rs_client.folders.no import No, no
from rs_client.folders.part import Part, replaced
from rs_client.link import Refused, Server, Unreachable
from rs_client.texts import Texts
from rs_client.turn import Turn
from rs_server.protocol.consent import Capability
from rs_server.protocol.folders import (
    PAGE,
    FolderAnswer,
    FolderAsking,
    FolderDelete,
    FolderDo,
    FolderDone,
    FolderDownload,
    FolderEntries,
    FolderEntry,
    FolderList,
    FolderMake,
    FolderOp,
    FolderProgress,
    FolderRefused,
    FolderRename,
    FolderResult,
    FolderStop,
    FolderUpload,
)
from rs_server.protocol.socket import ClientBody

log = logging.getLogger(__name__)

MOST = 100
"""Asks at a time, of all together."""
MOST_CARRIED = 3
"""Files on their way at a time; further ones wait."""
THREADS = 6
TELL = 0.5
"""Seconds between words of progress, at least."""
TELL_ANYWAY = 15.0
"""Seconds after which a word is said though nothing moved: the server gives up who is silent."""
ANSWER = 170.0
"""Seconds for the person to answer; the server's patience is a little longer."""
CLOSE = 5.0
"""Seconds for what is cut to clean up; a disk that hangs is not waited for."""
_EITHER: tuple[Capability, ...] = ("files_read", "files_write")
NEEDS: Mapping[type, tuple[Capability, ...]] = {
    FolderList: _EITHER,
    FolderDownload: ("files_read",),
    FolderMake: ("files_write",),
    FolderRename: ("files_write",),
    FolderDelete: ("files_write",),
    FolderUpload: ("files_write",),
}
_Key = tuple[str, str]
"""Who asks, and their mark of it."""


@dataclass
class _Visit:
    do: FolderDo
    task: "asyncio.Task[None] | None" = None
    busy: bool = False
    """It runs and is not over: to stop it is to cancel it."""
    stopped: bool = False
    given_up: bool = False
    """It may not, or is not to, change anything from now on; threads look at it."""
    done: FolderDone | None = None
    """What it changed: no stop undoes that."""

    def check(self) -> None:
        if self.given_up:
            raise No("stopped")

    def give_up(self) -> None:
        self.given_up = True
        if self.task is not None:
            self.task.cancel()


class Visits:
    """`turn` is held while the person is asked something: one thing after the other."""

    def __init__(
        self,
        rights: Rights,
        server: Server,
        surface: Surface,
        texts: Texts,
        say: Callable[[ClientBody], Awaitable[None]],
        turn: Turn,
    ) -> None:
        self._rights = rights
        self._surface = surface
        self._texts = texts
        self._say = say
        self._turn = turn
        self._threads = Threads(THREADS)
        self._carrier = Carrier(server, self._threads)
        self._lanes = asyncio.Semaphore(MOST_CARRIED)
        self._visits: dict[_Key, _Visit] = {}
        self._said = {True: "", False: ""}
        """The last look, and the last of all else."""

    def welcome(self, access: str | None, session: str | None) -> None:
        self._carrier.access, self._carrier.session = access or "", session or ""

    def settle(self) -> None:
        """To be called when somebody may do more or less than before. While the connection is away what was begun
        waits; what may be no longer ends, without an answer."""
        self._carrier.you = self._rights.you
        if self._rights.open:
            self._carrier.open.set()
        else:
            self._carrier.open.clear()
        for visit in self._visits.values():
            if not self._may(visit.do):
                visit.give_up()

    async def close(self) -> None:
        for visit in self._visits.values():
            visit.give_up()
        tasks = [visit.task for visit in self._visits.values() if visit.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=CLOSE)
        self._threads.close()

    def take(self, do: FolderDo) -> None:
        key = (do.by, do.ask)
        if not self._rights.open or key in self._visits or len(self._visits) >= MOST:
            log.info("an ask of folders was dropped")
            return
        self._visits[key] = visit = _Visit(do)
        if isinstance(do.op, FolderStop):
            self._stop(do.by, do.op.ask)
        visit.task = asyncio.create_task(self._run(visit))
        visit.task.add_done_callback(lambda task: self._over(key, task))

    def _over(self, key: _Key, task: "asyncio.Task[None]") -> None:
        del self._visits[key]
        if not task.cancelled() and task.exception() is not None:
            log.error("in a folder", exc_info=task.exception())

    def _stop(self, by: str, ask: str) -> None:
        meant = self._visits.get((by, ask))
        if meant is not None and meant.task is not None:
            meant.stopped = True
            if meant.busy:
                meant.give_up()

    # --- may ---

    def _roots(self, by: str, needs: Collection[Capability]) -> dict[str, Root]:
        return {root.id: root for root in self._rights.roots(by, needs)}

    def _may(self, do: FolderDo) -> bool:
        if isinstance(do.op, FolderStop):
            return True
        roots = self._roots(do.by, NEEDS[type(do.op)])
        return bool(roots) if do.op.root is None else do.op.root in roots

    # --- do ---

    async def _run(self, visit: _Visit) -> None:
        do = visit.do
        visit.busy = True
        result: FolderResult
        try:
            result = FolderRefused(reason="stopped") if visit.stopped else await self._done(visit)
        except No as refused:
            log.info("refused: %s %s", refused.reason, refused)
            result = FolderRefused(reason=refused.reason, message=str(refused)[:500])
        except OSError as error:
            result = FolderRefused(reason=no(error).reason, message=str(error.strerror or "")[:500])
        except asyncio.CancelledError:
            if not visit.stopped:
                raise
            result = visit.done or FolderRefused(reason="stopped")
        except Exception:
            log.exception("in a folder")
            result = FolderRefused(reason="failed")
        visit.busy = False
        await self._answer(do, result)

    async def _answer(self, do: FolderDo, result: FolderResult) -> None:
        """It arrives once the connection is back; the server has forgotten it if that took too long."""
        while True:
            await self._carrier.open.wait()
            try:
                await self._say(FolderAnswer(ask=do.ask, holder=do.by, answer=result))
            except Unreachable:
                # The loss is told by itself, a moment later than what came of it.
                await asyncio.sleep(TELL)
            except Refused as refused:
                log.info("an answer was not taken: %s", refused)
                return
            else:
                return

    async def _done(self, visit: _Visit) -> FolderResult:
        do = visit.do
        if isinstance(do.op, FolderStop):
            return FolderDone()
        roots = self._roots(do.by, NEEDS[type(do.op)])
        if isinstance(do.op, FolderList) and do.op.root is None:
            return FolderEntries(entries=_entries(list(roots.values())[:PAGE]))
        root = roots.get(do.op.root or "")
        if root is None:
            raise No("no_consent" if do.op.root in self._roots(do.by, _EITHER) else "outside")
        self._show(words.act(self._texts, do, roots), isinstance(do.op, FolderList))
        return await self._act(visit, do.op, root)

    def _show(self, said: str | None, look: bool = False) -> None:
        if said is not None and said != self._said[look]:
            self._said[look] = said
            self._surface.act(said, look)

    async def _act(self, visit: _Visit, op: FolderOp, root: Root) -> FolderResult:
        match op:
            case FolderList():
                return await self._threads(partial(tree.page, root, op.path, op.after))
            case FolderMake():
                await self._change(visit, partial(tree.make, root, op.path, visit.check))
            case FolderRename():
                await self._change(visit, partial(tree.rename, root, op.path, op.name, visit.check))
            case FolderDelete():
                await self._delete(visit, op, root)
            case FolderDownload():
                return await self._carried(visit, lambda progress: self._send(op, root, progress))
            case FolderUpload():
                return await self._upload(visit, op, root)
        return FolderDone()

    async def _change(self, visit: _Visit, call: Callable[[], None]) -> None:
        def done(_: None) -> None:
            visit.done = FolderDone()

        await self._threads(call, done)
        done(None)

    async def _delete(self, visit: _Visit, op: FolderDelete, root: Root) -> None:
        """Asked each time, and nothing but what was asked about is removed."""
        meant = await self._threads(partial(tree.removable, root, op.path))
        await self._must_agree(visit.do, _removal(visit.do, op, root)._replace(is_folder=meant.is_folder))
        await self._change(visit, partial(tree.remove, root, op.path, meant, visit.check))

    async def _must_agree(self, do: FolderDo, removal: Removal) -> None:
        """Raises No."""
        await self._answer(do, FolderAsking())
        try:
            async with asyncio.timeout(ANSWER), self._turn.alone():
                allow = await self._surface.confirm(removal)
        except TimeoutError:
            self._surface.note(self._texts("note.expired"))
            allow = False
        if not allow:
            raise No("declined")
        await self._carrier.open.wait()

    async def _upload(self, visit: _Visit, op: FolderUpload, root: Root) -> FolderDone:
        """What it replaces is asked about first, and no other is replaced."""
        meant = await self._threads(partial(replaced, root, op.path)) if op.exists == "replace" else None
        if meant is not None:
            await self._must_agree(visit.do, _removal(visit.do, op, root)._replace(replaces=True))
            self._show(words.replacing(self._texts, visit.do, op, {root.id: root}))

        def placed(name: str) -> None:
            visit.done = FolderDone(name=None if name == op.path[-1] else name, replaced=meant is not None)

        async def carry(progress: Progress) -> FolderDone:
            begin = partial(Part, root, op.path, op.exists)
            await self._carrier.fetch(op.file, begin, lambda part: part.place(visit.check, meant), progress, placed)
            return visit.done or FolderDone()

        return await self._carried(visit, carry)

    async def _send(self, op: FolderDownload, root: Root, progress: Progress) -> FolderDone:
        return FolderDone(file=await self._carrier.send(root, op.path, progress))

    async def _carried(self, visit: _Visit, carry: Callable[[Progress], Awaitable[FolderDone]]) -> FolderDone:
        progress = Progress()
        telling = asyncio.create_task(self._tell(visit.do, progress))
        try:
            async with self._lanes:
                return await carry(progress)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    async def _tell(self, do: FolderDo, progress: Progress) -> None:
        told, since = 0, 0.0
        while True:
            await asyncio.sleep(TELL)
            since += TELL
            if progress.done != told or since >= TELL_ANYWAY:
                told, since = progress.done, 0.0
                await self._answer(do, FolderProgress(done=progress.done, total=progress.total))


def _removal(do: FolderDo, op: FolderDelete | FolderUpload, root: Root) -> Removal:
    place = words.place(op.root, op.path[:-1], {root.id: root})
    return Removal(readable(do.by_name), words.what(op.path), place)


def _entries(roots: Sequence[Root]) -> list[FolderEntry]:
    """Of two with one name the later has a number; where they lie is nobody's business."""
    seen: Counter[str] = Counter()
    entries = []
    for root in roots:
        seen[root.name] += 1
        name = root.name if seen[root.name] == 1 else f"{root.name[:240]} ({seen[root.name]})"
        entries.append(FolderEntry(name=name, kind="folder", root=root.id))
    return entries
