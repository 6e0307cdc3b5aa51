"""A client in a session: what it hears changes what is allowed, and what is allowed is done at once."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rs_client.capture import Capture
from rs_client.choice import Choice
from rs_client.clipboard import ClipboardShare
from rs_client.consent_ui.base import Surface, meeting_of
from rs_client.control import Controller
from rs_client.core.address import Target
from rs_client.core.hands import Hands
from rs_client.core.rights import VIEW, Rights
from rs_client.core.shown import Connection, shown
from rs_client.ending import LAST_WORDS, Ending
from rs_client.errors import Gone
from rs_client.folders.visits import Visits
from rs_client.geometry import Rect
from rs_client.inject import Clipboard, Injector, StopKeys
from rs_client.link import Link, Refused, Unreachable
from rs_client.media import Media
from rs_client.owed import Owed
from rs_client.person import Person
from rs_client.pointing import Overlay, Pointing
from rs_client.questions import Questions
from rs_client.share import Shared, Sharer
from rs_client.store import Kept, Store
from rs_client.texts import Texts, refused
from rs_server.protocol.consent import Capability, GrantWithdraw
from rs_server.protocol.desktop import ClipboardGot, DesktopDo, DesktopMark, DesktopSet
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
        stop_keys: Callable[[Callable[[], None]], StopKeys],
        clipboard: Callable[[], Clipboard],
        lock: Callable[[Callable[[bool], None]], Awaitable[None]],
        overlay: Callable[[str | Rect | None], Overlay],
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
        self._lock = lock
        self._session: str | None = None
        self._resume = ""
        self._connection: Connection = "joining"
        self.owed = Owed(self.say, kept.owed if kept else ())
        self._ending = Ending(texts, self.owed, self.forget)
        self._meeting = False
        self._heard = False
        """How things are was told since the line is up."""
        self._was_shared = False
        """When the screen was locked."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._hands = Hands(self.rights)
        self.media = Media(self.say)
        self.sharer = Sharer(capture, self.media, self.say)
        self.person = Person(self)
        self.choice = Choice(self.rights, capture, self.sharer, kept)
        self.controller = Controller(self._hands, injector, stop_keys, self.person.stop)
        self.clipboard = ClipboardShare(self.rights, clipboard, self.say)
        self.questions = Questions(self.rights, surface, texts, self._answer, self.start, self.choice.showing)
        self.pointing = Pointing(self.rights, overlay)
        self.visits = Visits(self.rights, link.server, surface, texts, self.say, self.questions.turn)
        self._wire()

    def _wire(self) -> None:
        link, texts = self._link, self._texts
        link.on_welcome, link.on_event, link.on_lost = self._welcome, self._event, self._lost
        self.questions.on_yes, self.questions.on_answered = self._agreed, self.settle
        self.questions.on_lost = self._unsure
        self.questions.turn.on_changed = self.settle
        self.sharer.on_shared = self._shows
        self.sharer.on_gone = self._gone
        self.sharer.on_failed = lambda why: self.note("note.share_failed", words=texts(f"why.{why}"))
        self.controller.on_unsupported = lambda why: self.note("note.unsupported", words=texts(f"why.{why}"))
        self.controller.protected = lambda: self._surface.protected
        self.controller.on_kept_back = lambda: self._surface.note(texts("note.kept_back"))
        self.clipboard.on_out = lambda what: self.note(f"note.clipboard_{what}")
        self.clipboard.on_put = lambda name: self._surface.note(texts("note.clipboard_from", name=name))

    async def run(self) -> str:
        """Until it is over; why, in the person's language. Raises Unreachable for a wrong certificate."""
        self._surface.begin(self.person, self._capture.windows)
        works = (self._linked(), self.sharer.run(), self.controller.run(), self._lock(self._locked))
        running = {asyncio.ensure_future(each) for each in works}
        try:
            for task in running:
                task.add_done_callback(self._done)
            return await self._ending.words
        finally:
            self._ending.close()
            self.rights.stop()
            self.settle()
            self.questions.cancel()
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await self.visits.close()
            await self._link.close()
            self.clipboard.close()
            self.pointing.close()
            await self.media.close()

    async def _linked(self) -> None:
        error = await self._link.run()
        if error is None:
            self.finish("end.left")
            return
        if error.code is Code.SESSION_ENDED:
            self._ending.over()
        if error.code in (Code.RESUME_REFUSED, Code.LINK_INVALID):
            self.forget()
        known = {Code.RESUME_REFUSED: "resume_refused"}
        known |= dict.fromkeys((Code.NOT_ALLOWED, Code.CONFLICT, Code.NOT_SIGNED_IN), "not_allowed")
        self.finish(f"end.{known.get(error.code, 'other')}", words=refused(self._texts, error.code))

    def _over(self) -> None:
        """What the server does not know yet is told first: it may be why the other side ended it."""
        if not self._ending.is_near:
            self._ending.begin()
            self.start(self.pay())

    def finish(self, key: str, **values: str) -> None:
        self._ending.finish(key, **values)

    def note(self, key: str, **values: str) -> None:
        self._surface.note(self._texts(key, **values))

    async def say(self, body: ClientBody) -> None:
        await self._link.say(body, self._session)

    # --- what the server says ---

    def _welcome(self, welcome: Welcome) -> None:
        self._session = welcome.session
        self._resume = welcome.resume or self._resume
        self._connection = "connected"
        self.visits.welcome(welcome.access, welcome.session)
        if self.owed:
            self.start(self.pay())
        self.keep()

    def _lost(self) -> None:
        """A withdrawal may be on its way that does not come: nothing is shown or done until it is back."""
        self._connection, self._heard = "away", False
        self.rights.connected = False
        self.questions.lost()
        self.sharer.forget()
        self.settle()

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
                    self._over()
            case ParticipantChanged():
                self.rights.participants[body.participant.id] = body.participant
            case GrantChanged():
                self.rights.grant(body.grant)
            case DesktopDo():
                self.controller.take(body)
                return
            case DesktopMark():
                self.pointing.take(body)
                return
            case DesktopSet():
                if self.choice.ask(body):
                    self.keep()
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
        self.settle()

    def _snapshot(self, body: SessionSnapshot) -> None:
        company = body.session.company
        if self._company and company != self._company:
            self.finish("end.wrong_company", found=company, company=self._company)
            return
        self._company, self._heard = company, True
        self.rights.snapshot(body)
        # What was taken back while the line was down comes before anything is shown again.
        self.rights.connected = not self.owed
        self.keep()
        if body.session.state == "ended":
            self._over()
        elif not (self._met or self._meeting):
            self._meeting = True
            self.start(self._meet(body))

    async def _meet(self, body: SessionSnapshot) -> None:
        """Who joined by a number learns only now with whom; until then nothing is asked."""
        self._met = await self._surface.meet(meeting_of(body, self._target.server))
        if self._met:
            self.settle()
        else:
            await self.tell(SessionLeave())
            self.person.leave()

    # --- what follows ---

    def _locked(self, locked: bool) -> None:
        """The person may not be there: nothing is shown until they are back, and control is over."""
        if locked == self.rights.locked:
            return
        shared = self.sharer.shared is not None
        self.rights.locked = self.sharer.covered = locked
        self.settle()
        if locked:
            self.person.take_back()
            self._was_shared = shared
        elif self._was_shared:
            self.note("note.unlocked")

    def settle(self) -> None:
        """Everything as it is allowed now, the cuts first."""
        self.controller.guard(bool(self.rights.agreed) and not self.rights.locked)
        self.sharer.want(self.choice.wanted())
        self.controller.settle()
        self.clipboard.settle()
        self.pointing.settle()
        self.visits.settle()
        if self._met:
            self.questions.settle()
        self._show()

    def _shows(self, shared: Shared | None) -> None:
        self.controller.show(shared)
        self.pointing.show(shared)
        self._show()

    def _show(self) -> None:
        shared = self.sharer.shared
        paused = shared is not None and shared.picture.paused
        self._surface.show(shown(self.rights, self._connection, self.sharer.name, paused, self.controller.keys))

    def _gone(self) -> None:
        """The window was closed. What was agreed to was that window: it ends."""
        self.note("note.gone")
        self.person.withdraw(VIEW["application"])

    def _agreed(self, capability: Capability, window: str | None) -> None:
        if capability == VIEW["application"] and window is not None:
            self.choose(window)
        self.keep()

    def _unsure(self, grant: str) -> None:
        self.owed.add(GrantWithdraw(grant=grant))
        self.keep()

    def choose(self, window: str) -> None:
        try:
            self.choice.take(window)
        except Gone:
            self._gone()

    # --- little helpers ---

    async def _answer(self, body: ClientBody) -> bool:
        return await self.pay() and await self.tell(body)

    async def pay(self) -> bool:
        """Whether the server knows of everything that was taken back."""
        paid = not self.owed
        if not paid:
            paid = await self.owed.pay()
            self.keep()
        if paid and self._ending.is_near:
            self._ending.over()
        if paid and self._connection == "connected" and not self.rights.connected and self._heard:
            self.rights.connected = True
            self.settle()
        return paid

    async def pay_in_time(self) -> None:
        """As much of it as the server takes soon."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS):
                await self.pay()

    async def tell(self, body: ClientBody) -> bool:
        """Whether the server took it."""
        try:
            await self.say(body)
        except Refused as error:
            log.info("refused: %s", error)
            self.note("note.refused", words=refused(self._texts, error.code))
        except Unreachable:
            return False
        else:
            return True
        return False

    def keep(self) -> None:
        if not self._resume:
            return
        agreed = sorted(self.rights.agreed, key=lambda each: (each.capability, each.grant or ""))
        kept = Kept(
            resume=self._resume,
            company=self._company,
            at=time.time(),
            agreed=agreed,
            window=self.choice.window,
            monitor=self.choice.monitor,
            owed=list(self.owed),
        )
        try:
            self._store.keep(self._target, kept)
        except OSError as error:
            log.warning("nothing can be kept for a restart: %s", error)

    def forget(self) -> None:
        self._resume = ""
        with contextlib.suppress(OSError):
            self._store.forget(self._target)

    def start(self, work: Awaitable[Any]) -> "asyncio.Task[Any]":
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._ending.fail(error)
