"""Follows who is connected: customers who vanish, colleagues who are gone, legs that nobody uses any more."""

import asyncio
import time
from collections.abc import Callable, Sequence

import structlog

from rs_server.core.session import Session
from rs_server.ports import Acd, AcdRefused
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Durable, Participant, ParticipantChanged
from rs_server.services.beats import Beats
from rs_server.services.calls import Calls
from rs_server.services.hub import Hub
from rs_server.services.presence import Client, Presences, actor_of
from rs_server.services.sessions import Sessions

log = structlog.get_logger()

ROUND_SECONDS = 2.5
LEG_SECONDS = 15.0
"""So long the PeerConnection of somebody whose socket is lost goes on."""
MOST_SOCKETS = 16
"""Open at once of one person; a further one closes the oldest."""


class Watch:
    def __init__(
        self,
        hub: Hub,
        acd: Acd,
        presences: Presences,
        calls: Calls,
        sessions: Sessions,
        beats: Beats,
        *,
        vanish_seconds: float = 60.0,
        grace: float = 7.0,
        round_seconds: float = ROUND_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`vanish_seconds`: a waiting customer without any connection for so long has left. `grace`: the same of an
        agent in a session that is another's; the queue looks after those in charge. `round_seconds`: between two
        looks at everybody."""
        self._hub = hub
        self._acd = acd
        self._presences = presences
        self._calls = calls
        self._sessions = sessions
        self._beats = beats
        self._vanish = vanish_seconds
        self._grace = grace
        self._every = round_seconds
        self._monotonic = monotonic
        self._task: asyncio.Task[None] | None = None
        self._away: dict[str, float] = {}
        self._staff_away: dict[str, float] = {}
        self._leg_away: dict[tuple[str, str], float] = {}
        self._waiting: dict[str, set[Callable[[Session], None]]] = {}
        self._leaving: set[str] = set()
        presences.on_gone(self._gone)
        hub.react(self._changed)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def connected(self, client: Client, staff: bool) -> None:
        """A socket is open: say so to the queue and to the sessions."""
        self._presences.connect(client)
        for older in self._presences.in_order(client.actor)[:-MOST_SOCKETS]:
            # Final for the client: one that came back by itself would push out the next.
            older.close(Code.NOT_ALLOWED)
        self._leaving.discard(client.actor)
        self._staff_away.pop(client.actor, None)
        if staff:
            await self._beats.here(client.actor)
        self._tell(client.actor)

    def signed_out(self, user: str, sign_in: bytes | None) -> None:
        """Close the user's sockets that rest on this sign-in, or all of them (None)."""
        clients = self._presences.clients(user)
        closing = [client for client in clients if sign_in is None or client.sign_in == sign_in]
        if closing and len(closing) == len(clients):
            self._leaving.add(user)
        for client in closing:
            client.close(Code.NOT_SIGNED_IN)

    def _gone(self, actor: str) -> None:
        self._tell(actor)
        leaving = actor in self._leaving
        self._leaving.discard(actor)
        self._beats.gone(actor, on_purpose=leaving)

    def _tell(self, actor: str) -> None:
        for session in self._hub.open():
            for person in session.participants.values():
                if person.left_at is None and actor_of(person) == actor:
                    self._presences.tell(session, person)

    def _changed(self, session: Session, events: Sequence[Durable]) -> None:
        """Who comes in is shown as they are. An agent who has no session in front gets the one that just became
        theirs; a session that is over is nobody's."""
        name = session.info.id
        for person in session.participants.values():
            for stir in list(self._waiting.get(person.user or "", ())):
                stir(session)
        if session.info.state == "ended":
            for person in session.participants.values():
                if person.user and self._presences.focus(person.user) == name:
                    self._presences.set_focus(person.user, None)
            self._presences.forget(session)
            return
        for event in events:
            if isinstance(event, ParticipantChanged) and event.participant.left_at is None:
                self._presences.tell(session, event.participant)
        primary = session.participants.get(session.info.primary or "")
        if primary is not None and primary.user is not None and self._presences.focus(primary.user) is None:
            self.focus(primary.user, name)

    def on_sessions(self, user: str, stir: Callable[[Session], None]) -> Callable[[], None]:
        """Call `stir` whenever a session that the user has or had a part in changed. Returns the call that ends
        it."""
        waiting = self._waiting.setdefault(user, set())
        waiting.add(stir)

        def end() -> None:
            waiting.discard(stir)
            if not waiting and self._waiting.get(user) is waiting:
                del self._waiting[user]

        return end

    def focus(self, user: str, session: str | None) -> None:
        """The agent's microphone and camera go to this session; in the others they are on hold."""
        before = self._presences.set_focus(user, session)
        if before == session:
            return
        for name in (before, session):
            found = self._hub.peek(name) if name else None
            person = found.of_user(user) if found else None
            if found is not None and person is not None:
                self._presences.tell(found, person)
                self._calls.refresh(found.info.id)

    async def _run(self) -> None:
        while True:
            await self.round()
            await asyncio.sleep(self._every)

    async def round(self) -> None:
        """Look at everybody once. What fails for one is no reason to forget the others."""
        now = self._monotonic()
        self._note_staff_away(now)
        for session in self._hub.open():
            for look in (self._look_for_customer, self._look_for_colleagues):
                try:
                    await look(session, now)
                except Exception:
                    log.exception("looking for people failed", session=session.info.id)
        for name, actor in self._calls.legs():
            try:
                await self._look_for_leg(name, actor, now)
            except Exception:
                log.exception("looking after a leg failed", session=name)
        self._forget()

    def _forget(self) -> None:
        """Who was away from a session that is over is not missed any more."""
        sessions = {session.info.id for session in self._hub.open()}
        legs = set(self._calls.legs())
        self._away = {name: since for name, since in self._away.items() if name in sessions}
        self._leg_away = {key: since for key, since in self._leg_away.items() if key in legs}

    def _note_staff_away(self, now: float) -> None:
        """Since when whom of the staff in the sessions was not seen."""
        users = {
            person.user
            for session in self._hub.open()
            for person in session.participants.values()
            if person.user is not None and person.left_at is None and not self._presences.online(person.user)
        }
        self._staff_away = {user: self._staff_away.get(user, now) for user in users}

    async def _look_for_colleagues(self, session: Session, now: float) -> None:
        """Who is gone is out, and holds no grant: neither on the customer's banner nor with anything to see."""
        for person in list(session.participants.values()):
            if person.left_at is None and person.user is not None and self._is_gone(session, person, now):
                async with self._hub.change(session.info.id) as change:
                    newest = change.session.participants[person.id]
                    if newest.left_at is None and self._is_gone(change.session, newest, now):
                        change.leave(newest, "lost")

    def _is_gone(self, session: Session, person: Participant, now: float) -> bool:
        """Whoever is in charge is the queue's to lose."""
        since = self._staff_away.get(person.user or "", now)
        return (
            session.info.primary != person.id
            and not self._presences.online(person.user or "")
            and now - since >= self._grace
        )

    async def _look_for_customer(self, session: Session, now: float) -> None:
        customer = session.customer
        if session.info.state != "waiting" or customer is None or self._presences.online(customer.id):
            self._away.pop(session.info.id, None)
            return
        since = self._away.setdefault(session.info.id, now)
        if now - since >= self._vanish:
            self._away.pop(session.info.id, None)
            try:
                await self._sessions.leave(session.info.id, customer)
            except (ProtocolError, AcdRefused) as error:
                log.info("vanished customer was gone already", session=session.info.id, reason=str(error))

    async def _look_for_leg(self, name: str, actor: str, now: float) -> None:
        """A leg of nobody who is there, or of an agent whose offer went to another, is closed after a while."""
        key = (name, actor)
        session = self._hub.peek(name)
        here = session is not None and any(
            person.left_at is None and actor_of(person) == actor for person in session.participants.values()
        )
        offered = any(offer.session == name for offer in self._acd.offers(actor))
        if self._presences.online(actor) and (here or offered):
            self._leg_away.pop(key, None)
            return
        since = self._leg_away.setdefault(key, now)
        if now - since >= LEG_SECONDS:
            self._leg_away.pop(key, None)
            await self._calls.close_leg(*key)
