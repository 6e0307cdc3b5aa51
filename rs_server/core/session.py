"""The state of one session: a fold of its durable events, and the events each act brings about. No I/O, no clock."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from rs_server.core.errors import IllegalTransition
from rs_server.protocol.consent import Grant
from rs_server.protocol.files import FileInfo
from rs_server.protocol.session import (
    Audience,
    Durable,
    FileChanged,
    GrantChanged,
    Invite,
    InviteChanged,
    Line,
    LineAdded,
    LineKind,
    Note,
    NoteChanged,
    Participant,
    ParticipantChanged,
    SessionChanged,
    SessionInfo,
    SessionState,
)


class Step(StrEnum):
    """What moves a session from state to state."""

    CUSTOMER_JOINED = "customer_joined"
    ASSIGNED = "assigned"
    RETURNED = "returned"
    """Its agent is gone; the contact is back in the queue."""
    ENDED = "ended"


TRANSITIONS: dict[tuple[SessionState, Step], SessionState] = {
    ("inviting", Step.CUSTOMER_JOINED): "live",
    ("inviting", Step.RETURNED): "waiting",
    ("inviting", Step.ENDED): "ended",
    ("waiting", Step.ASSIGNED): "live",
    ("waiting", Step.ENDED): "ended",
    ("live", Step.RETURNED): "waiting",
    ("live", Step.ASSIGNED): "live",
    ("live", Step.ENDED): "ended",
}


class Session:
    """Everything durable of one session. `apply` is the only door for a change."""

    def __init__(self, info: SessionInfo) -> None:
        self.info = info
        self.seq = 0
        self.participants: dict[str, Participant] = {}
        self.grants: dict[str, Grant] = {}
        self.files: dict[str, FileInfo] = {}
        self.invites: dict[str, Invite] = {}
        self.lines: list[Line] = []
        self.note: Note | None = None

    @classmethod
    def replay(cls, events: Iterable[tuple[int, Durable]]) -> "Session | None":
        """The state after all events; None when there is none. The first must be the session itself."""
        session: Session | None = None
        for seq, body in events:
            if session is None:
                if not isinstance(body, SessionChanged):
                    raise ValueError("the first event of a session must be the session")
                session = cls(body.session)
            session.apply(seq, body)
        return session

    def apply(self, seq: int, body: Durable) -> None:
        if seq != self.seq + 1:
            raise ValueError(f"event {seq} after {self.seq}")
        self.seq = seq
        match body:
            case SessionChanged(session=info):
                self.info = info
            case ParticipantChanged(participant=participant):
                self.participants[participant.id] = participant
            case GrantChanged(grant=grant):
                self.grants[grant.id] = grant
            case FileChanged(file=file):
                self.files[file.id] = file
            case LineAdded(line=line):
                self.lines.append(line)
            case NoteChanged(note=note):
                self.note = note
            case InviteChanged(invite=invite):
                self.invites[invite.id] = invite

    def copy(self) -> "Session":
        """An independent one to work on; what it holds is immutable."""
        other = Session(self.info)
        other.seq = self.seq
        other.participants = dict(self.participants)
        other.grants = dict(self.grants)
        other.files = dict(self.files)
        other.invites = dict(self.invites)
        other.lines = list(self.lines)
        other.note = self.note
        return other

    # --- who is here ---

    @property
    def customer(self) -> Participant | None:
        return next((p for p in self.participants.values() if p.role == "customer" and p.left_at is None), None)

    @property
    def staff(self) -> Sequence[Participant]:
        """Agents and supervisors who are in, in the order of their joining."""
        present = [p for p in self.participants.values() if p.role != "customer" and is_in(p)]
        return sorted(present, key=lambda p: p.joined_at or 0)

    def of_user(self, user: str) -> Participant | None:
        """The staff user's part in the session, while it lasts (also before the customer has agreed)."""
        return next((p for p in self.participants.values() if p.user == user and p.left_at is None), None)

    def live_grants(self) -> Sequence[Grant]:
        return [grant for grant in self.grants.values() if grant.state == "granted"]


def is_in(participant: Participant) -> bool:
    return participant.joined_at is not None and participant.left_at is None


def control_line(grant: str, end: Literal["on", "off"]) -> str:
    """Id of the line of the log that says so."""
    return f"{grant}-{end}"


def _ends_with(grant: Grant, leaver: Participant) -> bool:
    if grant.giver == leaver.id:
        return True
    kept = grant.capability == "record" and grant.state == "granted"
    return grant.holder == leaver.id and not kept


def is_told(body: Durable, *, staff: bool) -> bool:
    """Customers never get notes, invitations, private chat; and nobody gets files of folders, which are between one
    person and the client there."""
    return not (is_silent(body) or (for_staff_only(body) and not staff))


def is_silent(body: Durable) -> bool:
    return isinstance(body, FileChanged) and body.file.folder_of is not None


def for_staff_only(body: Durable) -> bool:
    """True for what a customer never gets: notes, invitations, private chat."""
    match body:
        case NoteChanged() | InviteChanged():
            return True
        case LineAdded(line=line):
            return line.audience == "staff"
        case _:
            return False


class Change:
    """Events of one act on a session, applied as they are made.

    `now` in seconds since the epoch; `new_id` makes identifiers. The session is spoilt when the act is not carried
    through: throw it away then and load it again.
    """

    def __init__(self, session: Session, now: float, new_id: Callable[[], str]) -> None:
        self.session = session
        self.now = now
        self.new_id = new_id
        self.events: list[tuple[int, Durable]] = []

    def emit(self, body: Durable) -> None:
        seq = self.session.seq + 1
        self.session.apply(seq, body)
        self.events.append((seq, body))

    def info(self, **changes: object) -> None:
        self.emit(SessionChanged(session=replace(self.session.info, **changes)))

    def step(self, step: Step, **changes: object) -> None:
        """Move the session by the table. Raises `IllegalTransition`."""
        state = self.session.info.state
        after = TRANSITIONS.get((state, step))
        if after is None:
            raise IllegalTransition("session", state, step)
        self.info(state=after, **changes)

    def line(
        self,
        kind: LineKind,
        by: Participant | None = None,
        text: str = "",
        *,
        audience: Audience = "everyone",
        line_id: str | None = None,
        **data: str,
    ) -> None:
        self.emit(
            LineAdded(
                line=Line(
                    id=line_id or self.new_id(),
                    at=self.now,
                    kind=kind,
                    by=by.id if by else None,
                    by_name=by.name if by else "",
                    text=text,
                    data=data,
                    audience=audience,
                )
            )
        )

    def participant(self, participant: Participant) -> Participant:
        self.emit(ParticipantChanged(participant=participant))
        return participant

    def grant(self, grant: Grant) -> Grant:
        before = self.session.grants.get(grant.id)
        self.emit(GrantChanged(grant=grant))
        if before is not None and before.state == "granted" != grant.state:
            self._control_ended(grant)
        return grant

    def _control_ended(self, grant: Grant) -> None:
        """Where the log says that it was begun with."""
        begun, people = control_line(grant.id, "on"), self.session.participants
        if any(line.id == begun for line in self.session.lines):
            name = control_line(grant.id, "off")
            giver = people[grant.giver].name
            self.line("control_off", people[grant.holder], line_id=name, capability=grant.capability, giver=giver)

    # --- coming and going ---

    def join(self, participant: Participant, kind: Literal["joined", "back"] = "joined") -> None:
        self.participant(participant)
        self.line(kind, participant)

    def leave(self, participant: Participant, kind: Literal["left", "lost"] = "left") -> None:
        """A person is out: what they held or asked for ends with it."""
        was_in = is_in(participant)
        self.participant(msgspec.structs.replace(participant, left_at=self.now))
        self.close_grants(lambda grant: _ends_with(grant, participant))
        if was_in:
            self.line(kind, participant)
        self.settle_recording()

    def pass_on(self, holder: Participant) -> None:
        """The recording that the customer allowed belongs to the session: it is its agent's, whoever that is."""
        for grant in self.session.live_grants():
            if grant.capability == "record" and grant.holder != holder.id:
                self.grant(replace(grant, holder=holder.id))

    def close_grants(self, which: Callable[[Grant], bool]) -> None:
        for grant in list(self.session.grants.values()):
            if grant.state in ("asked", "granted") and which(grant):
                state: Literal["ended", "cancelled"] = "ended" if grant.state == "granted" else "cancelled"
                self.grant(replace(grant, state=state, ended_at=self.now))

    def settle_recording(self) -> None:
        """Recording on demand rests on the customer's grant: without one, it ends."""
        info = self.session.info
        granted = any(grant.capability == "record" for grant in self.session.live_grants())
        if info.recording and info.recording_policy == "on_demand" and not granted:
            self.info(recording=False)
            self.line("recording_off", self.session.customer)

    def end(self, by: Participant | None, reason: str = "", data: Mapping[str, str] | None = None) -> None:
        """The session is over for everybody. Ending again changes nothing. `data`: more of what the log says of it."""
        if self.session.info.state == "ended":
            return
        if self.session.info.recording:
            self.info(recording=False)
        self.close_grants(lambda _grant: True)
        for participant in list(self.session.participants.values()):
            if participant.left_at is None:
                self.participant(replace(participant, left_at=self.now))
        for invite in list(self.session.invites.values()):
            if invite.state == "open":
                self.emit(InviteChanged(invite=replace(invite, state="revoked")))
        for file in list(self.session.files.values()):
            if file.state == "uploading" or (file.folder_of is not None and file.state == "ready"):
                self.emit(FileChanged(file=replace(file, state="cancelled")))
        who: Literal["customer", "agent", "system"] = (
            "system" if by is None else "customer" if by.role == "customer" else "agent"
        )
        said: dict[str, Any] = {"reason": reason, **(data or {})}
        self.line("ended", by, **said)
        self.step(Step.ENDED, ended_at=self.now, ended_by=who)
