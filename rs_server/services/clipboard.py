"""Texts that pass between clipboards: each way by a consent of its own, and never kept."""

from collections.abc import Sequence

from rs_server.core import native
from rs_server.core.session import Session
from rs_server.protocol.desktop import CLIPBOARD_BYTES, ClipboardGot
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Durable, GrantChanged, Participant, ParticipantChanged, SessionChanged
from rs_server.services.hub import Hub
from rs_server.services.natives import Natives, NativeSocket
from rs_server.services.notices import Notices
from rs_server.services.presence import Presences, actor_of
from rs_server.services.throttle import Throttle


class Clipboards:
    def __init__(self, hub: Hub, presences: Presences, natives: Natives, notices: Notices) -> None:
        self._hub = hub
        self._presences = presences
        self._natives = natives
        self._notices = notices
        self._texts = Throttle(hub.clock, burst=20, refill=0.5)
        hub.react(self._changed)

    async def give_in(self, session_id: str, who: Participant, giver: str, text: str) -> None:
        """Into the giver's. Raises `not_allowed` (and notes it), `not_ready` without a client, `too_large`,
        `throttled`."""
        session = await self._hub.get(session_id)
        client = self._natives.of(session_id, giver)
        if client is None and native.has_any(session, giver, who.id, {"clipboard_in"}):
            raise ProtocolError(Code.NOT_READY, "the client is away")
        if client is None or who.id not in native.holders(session, giver, "clipboard_in", client.endpoint):
            await self._refuse(session_id, who, "clipboard_in")
            return
        self._check(who, text)
        client.send(session_id, ClipboardGot(by=who.id, by_name=who.name, giver=giver, text=text))

    async def give_out(self, session_id: str, who: Participant, client: NativeSocket, text: str) -> None:
        """From the giver's client, to those who may have it. Raises as `give_in`."""
        session = await self._hub.get(session_id)
        holders = native.holders(session, who.id, "clipboard_out", client.endpoint)
        if not holders:
            await self._refuse(session_id, who, "clipboard_out")
        self._check(who, text)
        told = ClipboardGot(by=who.id, by_name=who.name, giver=who.id, text=text)
        for holder in holders:
            for other in self._presences.clients(actor_of(session.participants[holder])):
                other.send(session_id, told)

    def _check(self, who: Participant, text: str) -> None:
        if len(text.encode()) > CLIPBOARD_BYTES:
            raise ProtocolError(Code.TOO_LARGE, f"at most {CLIPBOARD_BYTES} bytes", field="text")
        self._texts.take(who.id)

    async def _refuse(self, session_id: str, who: Participant, what: str) -> None:
        await self._notices.add(session_id, who.id, f"dropped:{what}", 1)
        raise ProtocolError(Code.NOT_ALLOWED, "nobody allowed that")

    def _changed(self, session: Session, events: Sequence[Durable]) -> None:
        """What waits for a client, of somebody who may not do that any more, is thrown away."""
        if not any(isinstance(event, GrantChanged | ParticipantChanged | SessionChanged) for event in events):
            return
        for client in self._natives.in_session(session.info.id):
            _take_back(session, client)


def _take_back(session: Session, client: NativeSocket) -> None:
    holders = native.holders(session, client.participant, "clipboard_in", client.endpoint)
    client.unsend(lambda body: isinstance(body, ClipboardGot) and body.by not in holders)
