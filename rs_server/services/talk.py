"""Chat and notes."""

from rs_server.core.session import is_in
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Audience, Note, NoteChanged, Participant, Typing
from rs_server.services.hub import Hub
from rs_server.services.throttle import Throttle

MOST_LINES = 10_000
MOST_CHARACTERS = 1_000_000
"""Of one session's chat: a snapshot, which holds all of it, has to pass through a socket."""


class Talk:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._posts = Throttle(hub.clock, burst=20, refill=0.5)

    async def post(self, session_id: str, who: Participant, key: str, text: str, audience: Audience) -> None:
        """A line of chat. The same key of the same sender twice is one line."""
        if who.role == "customer" and audience != "everyone":
            raise ProtocolError(Code.NOT_ALLOWED, "private chat is between staff")
        line_id = f"{who.id}-{key}"
        async with self._hub.change(session_id) as change:
            session = change.session
            if session.info.state == "ended":
                raise ProtocolError(Code.SESSION_ENDED)
            if any(line.id == line_id for line in reversed(session.lines[-200:])):
                return
            self._posts.take(who.id)
            # What the session says of itself takes nobody the word.
            chat = [line for line in session.lines if line.kind == "chat"]
            written = sum(len(line.text) for line in chat)
            if len(chat) >= MOST_LINES or written + len(text) > MOST_CHARACTERS:
                raise ProtocolError(Code.THROTTLED, "this session has too many lines")
            change.line("chat", who, text, audience=audience, line_id=line_id)

    def typing(self, session_id: str, who: Participant, audience: Audience) -> None:
        if who.role == "customer" and audience != "everyone":
            raise ProtocolError(Code.NOT_ALLOWED, "private chat is between staff")
        if is_in(who):
            self._hub.tell(session_id, Typing(participant=who.id, audience=audience), audience)

    async def save_note(self, session_id: str, who: Participant, text: str, version: int) -> None:
        """Raises `conflict` when somebody else saved meanwhile; the reader has that text by its event."""
        async with self._hub.change(session_id) as change:
            now = change.session.note
            if version != (now.version if now else 0):
                raise ProtocolError(Code.CONFLICT, "the notes were changed meanwhile")
            note = Note(text=text, version=version + 1, saved_at=change.now, saved_by=who.name)
            change.emit(NoteChanged(note=note))
