"""Who is connected, what streams, who is on hold: state that a snapshot brings and that is never stored."""

from collections.abc import Callable
from typing import Any, Protocol

from msgspec.structs import replace

from rs_server.core.session import Session
from rs_server.protocol.session import Participant, Presence, PresenceChanged
from rs_server.services.hub import Hub


class Client(Protocol):
    """A connected socket. `actor` is the participant's id for a customer, the user's id for staff."""

    @property
    def actor(self) -> str: ...

    @property
    def sign_in(self) -> bytes | None:
        """Digest of the sign-in it rests on; None for a customer."""

    def send(self, session: str | None, body: Any) -> None:
        """Queue a message; a client that is too far behind is cut."""

    def put(self, frame: bytes) -> None:
        """Queue an `EventFrame` that was encoded for several, in the same way."""

    def close(self, code: str) -> None: ...


def actor_of(participant: Participant) -> str:
    return participant.user or participant.id


class Presences:
    """In memory: after a restart everybody comes back by connecting."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._known: dict[tuple[str, str], Presence] = {}
        self._clients: dict[str, dict[Client, None]] = {}
        self._guests: dict[str, dict[Client, None]] = {}
        """Native clients of staff: with nothing else open, nobody is there."""
        self._focus: dict[str, str | None] = {}
        self._gone: list[Callable[[str], None]] = []

    # --- connections ---

    def connect(self, client: Client) -> None:
        self._clients.setdefault(client.actor, {})[client] = None

    def connect_guest(self, client: Client) -> None:
        """A native client of staff."""
        self._guests.setdefault(client.actor, {})[client] = None

    def disconnect(self, client: Client) -> None:
        guests = self._guests.get(client.actor, {})
        if client in guests:
            del guests[client]
            if not guests:
                del self._guests[client.actor]
            return
        clients = self._clients.get(client.actor, {})
        clients.pop(client, None)
        if not clients:
            self._clients.pop(client.actor, None)
            for handler in self._gone:
                handler(client.actor)

    def on_gone(self, handler: Callable[[str], None]) -> None:
        """Call `handler(actor)` when the last connection of somebody closes."""
        self._gone.append(handler)

    def online(self, actor: str) -> bool:
        return bool(self._clients.get(actor))

    def clients(self, actor: str) -> set[Client]:
        return set(self._clients.get(actor, ()))

    def all_clients(self, actor: str) -> set[Client]:
        """The native clients of staff as well."""
        return self.clients(actor) | set(self._guests.get(actor, ()))

    def in_order(self, actor: str) -> list[Client]:
        """Those of the actor, the oldest first."""
        return list(self._clients.get(actor, ()))

    def everybody(self) -> list[str]:
        return list(self._clients)

    # --- presence ---

    def of(self, session: Session, *, staff: bool = True) -> list[Presence]:
        """As staff know it, or as the customer does."""
        people = [p for p in session.participants.values() if p.left_at is None]
        return [self._get(session, p) if staff else _for_customer(self._get(session, p), p) for p in people]

    def _get(self, session: Session, participant: Participant) -> Presence:
        known = self._known.get((session.info.id, participant.id)) or Presence(
            participant=participant.id, online=False, streams=[]
        )
        return replace(
            known,
            online=self.online(actor_of(participant)),
            on_hold=participant.role != "customer" and self._focus.get(participant.user or "") != session.info.id,
        )

    def update(self, session: Session, participant: Participant, **changes: object) -> None:
        """Note what changed and tell the session, if something did."""
        before = self._get(session, participant)
        after = replace(before, **changes)
        self._known[(session.info.id, participant.id)] = after
        if after != before:
            self._tell(session, participant, after)

    def tell(self, session: Session, participant: Participant) -> None:
        self._tell(session, participant, self._get(session, participant))

    def _tell(self, session: Session, participant: Participant, presence: Presence) -> None:
        shown = _for_customer(presence, participant)
        if shown == presence:
            self._hub.tell(session.info.id, PresenceChanged(presence=presence))
        else:
            self._hub.tell(session.info.id, PresenceChanged(presence=presence), "staff")
            self._hub.tell(session.info.id, PresenceChanged(presence=shown), "customer")

    def forget(self, session: Session) -> None:
        for participant in session.participants:
            self._known.pop((session.info.id, participant), None)

    # --- focus: an agent's microphone and camera go to one session ---

    def focus(self, user: str) -> str | None:
        return self._focus.get(user)

    def set_focus(self, user: str, session: str | None) -> str | None:
        """Returns the session that had it before."""
        before = self._focus.get(user)
        self._focus[user] = session
        return before

    def on_hold(self, session: Session) -> set[str]:
        """Participant ids of the agents who are elsewhere."""
        return {
            p.id
            for p in session.participants.values()
            if p.role != "customer" and self._focus.get(p.user or "") != session.info.id
        }


def _for_customer(presence: Presence, participant: Participant) -> Presence:
    """What runs on an agent's machine is none of the customer's business."""
    hidden = participant.role != "customer" and presence.native is not None
    return replace(presence, native=None) if hidden else presence
