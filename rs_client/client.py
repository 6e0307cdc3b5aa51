"""A client in a session: what it hears changes what is allowed, and what is allowed is done at once."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rs_client.capture import Capture
from rs_client.clipboard import ClipboardShare
from rs_client.consent_ui.base import Meeting, Surface
from rs_client.control import Controller
from rs_client.core.address import Target
from rs_client.core.hands import Hands
from rs_client.core.rights import CLIPBOARD, CONTROL, VIEW, Rights
from rs_client.core.shown import Connection, shown
from rs_client.folders.visits import Visits
from rs_client.geometry import Rect
from rs_client.inject import STOP_KEYS, Clipboard, Injector
from rs_client.link import Link, Refused, Unreachable
from rs_client.media import Media
from rs_client.questions import Questions
from rs_client.share import Shared, Sharer
from rs_client.share import Target as Shot
from rs_client.store import Kept, Store
from rs_client.texts import Texts
from rs_server.protocol.consent import Capability, GrantGive, GrantWithdraw, StopAll
from rs_server.protocol.desktop import ClipboardGot, DesktopDo, DesktopSet, ShareKind
from rs_server.protocol.errors import Code
from rs_server.protocol.folders import FolderDo
from rs_server.protocol.media import MediaCodec, MediaFailed, MediaOffer
from rs_server.protocol.session import GrantChanged, ParticipantChanged, SessionChanged, SessionLeave, SessionSnapshot
from rs_server.protocol.socket import ClientBody, EventFrame, Welcome

log = logging.getLogger(__name__)


class Client:
    """`run` it. `meeting`: whoever joined by a number has not been told yet with whom; `company` is what was told of
    the link."""

    def __init__(
        self,
        link: Link,
        surface: Surface,
        texts: Texts,
        store: Store,
        target: Target,
        capture: Capture,
        *,
        company: str = "",
        kept: Kept | None = None,
        injector: Callable[[str | Rect | None], Injector],
        clipboard: Callable[[], Clipboard],
    ) -> None:
        self.rights = Rights(kept.agreed if kept else ())
        self._link = link
        self._surface = surface
        self._texts = texts
        self._store = store
        self._target = target
        self._company = company
        self._met = bool(company)
        """The person here knows with whom they are."""
        self._capture = capture
        self._window = kept.window if kept else None
        """What of the applications was chosen to be shown."""
        self._monitor: str | None = None
        self._session: str | None = None
        self._resume = ""
        self._connection: Connection = "joining"
        self._must_stop = False
        """Stop was pressed, and the server does not know yet."""
        self._meeting = False
        self._end: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._hands = Hands(self.rights)
        self.media = Media(self.say)
        self.sharer = Sharer(capture, self.media, self.say)
        self.controller = Controller(self._hands, injector, self.stop)
        self.clipboard = ClipboardShare(self.rights, clipboard, self.say)
        self._questions = Questions(self.rights, surface, texts, self._try, self._start)
        self.visits = Visits(self.rights, link.server, surface, texts, self.say, self._questions.turn)
        self._wire()

    def _wire(self) -> None:
        link, texts = self._link, self._texts
        link.on_welcome, link.on_event, link.on_lost = self._welcome, self._event, self._lost
        self._questions.on_yes, self._questions.on_answered = self._agreed, self._settle
        self.visits.on_confirming = self._settle
        self.sharer.on_shared = self._shows
        self.sharer.on_gone = self._gone
        self.sharer.on_failed = lambda words: self._surface.note(texts("note.share_failed", words=words))
        self.controller.on_unsupported = lambda words: self._surface.note(texts("note.unsupported", words=words))
        self.clipboard.on_put = lambda name: self._surface.note(texts("note.clipboard_from", name=name))

    async def run(self) -> str:
        """Until it is over; why, in the person's language. Raises Unreachable for a wrong certificate."""
        self._surface.begin(self, self._capture.windows, STOP_KEYS)
        running = {asyncio.create_task(each) for each in (self._linked(), self.sharer.run(), self.controller.run())}
        try:
            for task in running:
                task.add_done_callback(self._done)
            return await self._end
        finally:
            self.rights.stop()
            self._settle()
            self._questions.cancel()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await self.visits.close()
            await self._link.close()
            self.clipboard.close()
            await self.media.close()

    async def _linked(self) -> None:
        error = await self._link.run()
        if error is None:
            self._finish(self._texts("end.left"))
            return
        if error.code in (Code.SESSION_ENDED, Code.RESUME_REFUSED, Code.LINK_INVALID):
            self._forget()
        known = {Code.SESSION_ENDED: "session_ended", Code.RESUME_REFUSED: "resume_refused"}
        known |= dict.fromkeys((Code.NOT_ALLOWED, Code.CONFLICT, Code.NOT_SIGNED_IN), "not_allowed")
        self._finish(self._texts(f"end.{known.get(error.code, 'other')}", words=error.message))

    def _finish(self, words: str) -> None:
        if not self._end.done():
            self._end.set_result(words)

    async def say(self, body: ClientBody) -> None:
        await self._link.say(body, self._session)

    # --- what the server says ---

    def _welcome(self, welcome: Welcome) -> None:
        self._session = welcome.session
        self._resume = welcome.resume or self._resume
        self._connection = "connected"
        self.visits.welcome(welcome.access, welcome.session)
        if self._must_stop:
            self._tell_stop()
        self._keep()

    def _lost(self) -> None:
        """A withdrawal may be on its way that does not come: nothing is shown or done until it is back."""
        self._connection = "away"
        self.rights.connected = False
        self._questions.lost()
        self.sharer.forget()
        self._settle()

    def _event(self, frame: EventFrame) -> None:
        if frame.session != self._session:
            return
        body = frame.body
        match body:
            case SessionSnapshot():
                self._snapshot(body)
            case SessionChanged():
                self.rights.session = body.session
                if body.session.state == "ended":
                    self._forget()
                    self._finish(self._texts("end.session_ended"))
            case ParticipantChanged():
                self.rights.participants[body.participant.id] = body.participant
            case GrantChanged():
                self.rights.grant(body.grant)
            case DesktopDo():
                self.controller.take(body)
                return
            case DesktopSet():
                self._choose(body)
            case FolderDo():
                self.visits.take(body)
                return
            case ClipboardGot():
                self.clipboard.got(body)
                return
            case MediaOffer() | MediaFailed() | MediaCodec():
                self.media.heard(body)
                return
            case _:
                return
        self._settle()

    def _snapshot(self, body: SessionSnapshot) -> None:
        company = body.session.company
        if self._company and company != self._company:
            self._finish(self._texts("end.wrong_company", found=company, company=self._company))
            return
        self._company = company
        self.rights.snapshot(body)
        self._keep()
        if not (self._met or self._meeting):
            self._meeting = True
            self._start(self._meet(body))

    async def _meet(self, body: SessionSnapshot) -> None:
        """Who joined by a number learns only now with whom; until then nothing is asked."""
        agent = next((each.name for each in body.participants if each.id == body.session.primary), "")
        me = next(each for each in body.participants if each.id == body.you)
        own = me.role != "customer"
        meeting = Meeting(
            self._company, me.name if own else agent, self._target.server, body.session.recording_policy, own
        )
        self._met = await self._surface.meet(meeting)
        if self._met:
            self._settle()
        else:
            await self._try(SessionLeave())
            self.leave()

    def _choose(self, body: DesktopSet) -> None:
        """A viewer wants another monitor, or another mode."""
        kind = self.rights.kind()
        if kind is None or body.by not in self.rights.viewers(kind):
            return
        if body.mode is not None:
            self.sharer.set_mode(body.mode)
        if kind == "desktop" and body.monitor in {each.id for each in self.sharer.screens()}:
            self._monitor = body.monitor

    # --- what follows ---

    def _settle(self) -> None:
        """Everything as it is allowed now, the cuts first."""
        self.sharer.want(self._wanted())
        self.controller.settle()
        self.clipboard.settle()
        self.visits.settle()
        if self._met:
            self._questions.settle()
        self._show()

    def _wanted(self) -> Shot | None:
        kind = self.rights.kind()
        if kind == "application":
            return Shot(kind, self._window) if self._window else None
        if kind == "desktop":
            screens = [each.id for each in self.sharer.screens()]
            return Shot(kind, self._monitor if self._monitor in screens else screens[0]) if screens else None
        return None

    def _shows(self, shared: Shared | None) -> None:
        self.controller.show(shared)
        self._show()

    def _show(self) -> None:
        shared = self.sharer.shared
        paused = shared is not None and shared.picture.paused
        self._surface.show(shown(self.rights, self._connection, self.sharer.name, paused))

    def _gone(self) -> None:
        """The window was closed. What was agreed to was that window: it ends."""
        self._window = None
        self._surface.note(self._texts("note.gone"))
        self._withdraw(VIEW["application"])

    def _agreed(self, capability: Capability, window: str | None) -> None:
        if capability == VIEW["application"]:
            self._window = window
        self._keep()

    # --- what the person does ---

    def stop(self) -> None:
        self.rights.stop()
        self._must_stop = True
        # Before anything is settled: else they would be asked at once.
        self._questions.refuse_all()
        self._settle()
        self._surface.note(self._texts("window.stopped"))
        self._keep()
        self._tell_stop()

    def _tell_stop(self) -> None:
        async def tell() -> None:
            if await self._try(StopAll()):
                self._must_stop = False

        self._start(tell())

    def leave(self) -> None:
        self.rights.stop()
        self._settle()
        self._forget()

        async def last() -> None:
            await self._try(StopAll())
            self._finish(self._texts("end.left"))

        self._start(last())

    def take_back(self) -> None:
        for capability in (*CLIPBOARD, *CONTROL.values()):
            self._withdraw(capability)

    def give(self, kind: ShareKind, window: str | None) -> None:
        if kind == "application":
            self._window = window
            # The same window again, or another: the one who sees is told of a new picture.
            self.sharer.want(None)
        self._give(VIEW[kind])

    def give_control(self) -> None:
        kind = self.rights.kind()
        if kind is not None:
            self._give(CONTROL[kind])

    def show_nothing(self) -> None:
        self.stop()

    def _give(self, capability: Capability) -> None:
        self.rights.give(capability)

        async def tell() -> None:
            if not await self._try(GrantGive(capability=capability)):
                self.rights.take_back(capability)
            self._settle()

        self._start(tell())

    def _withdraw(self, capability: Capability) -> None:
        held = self.rights.holders(capability)
        self.rights.take_back(capability)
        self._settle()
        if held:
            self._start(self._try(GrantWithdraw(capability=capability)))

    # --- little helpers ---

    async def _try(self, body: ClientBody) -> bool:
        """Whether the server took it."""
        try:
            await self.say(body)
        except Refused as refused:
            log.info("refused: %s", refused)
            self._surface.note(self._texts("note.refused", words=refused.error.message))
        except Unreachable:
            return False
        else:
            return True
        return False

    def _keep(self) -> None:
        if not self._resume:
            return
        agreed = sorted(self.rights.agreed, key=lambda each: (each.capability, each.grant or ""))
        kept = Kept(resume=self._resume, company=self._company, at=time.time(), agreed=agreed, window=self._window)
        try:
            self._store.keep(self._target, kept)
        except OSError as error:
            log.warning("nothing can be kept for a restart: %s", error)

    def _forget(self) -> None:
        self._resume = ""
        with contextlib.suppress(OSError):
            self._store.forget(self._target)

    def _start(self, work: Awaitable[Any]) -> "asyncio.Task[Any]":
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and not self._end.done():
            self._end.set_exception(error)
