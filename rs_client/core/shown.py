"""What the window of the client says: who is there, who sees and does what."""

from typing import Literal, NamedTuple

from rs_server.protocol.consent import Capability
from rs_server.protocol.desktop import ShareKind

from .rights import FILES, Rights
from .roots import Root

Connection = Literal["joining", "connected", "away"]


class Viewer(NamedTuple):
    """Somebody who may see what is shown here, and what else they may."""

    id: str
    name: str
    controls: bool
    clipboard_in: bool
    clipboard_out: bool


class Visitor(NamedTuple):
    """Somebody who may go into folders here, by their names."""

    id: str
    name: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]


class Question(NamedTuple):
    """`company` is that of the session; a customer who asks (an agent shares with them) is of none. `window`: id and
    title of the one that others see already, and who asks would see."""

    grant: str
    capability: Capability
    name: str
    company: str
    window: tuple[str, str] | None = None
    roots: tuple[Root, ...] = ()
    """For files: what this person has already in another way."""


class Shown(NamedTuple):
    company: str
    connection: Connection
    people: tuple[str, ...]
    """Names of the others in the session."""
    kind: ShareKind | None
    what: str
    """Name of the monitor or application; empty for the whole desktop."""
    paused: bool
    viewers: tuple[Viewer, ...]
    gives: bool
    """Whether the person here gives unasked: an agent's own client."""

    visitors: tuple[Visitor, ...] = ()
    keys: str = ""
    """Stop everything, wherever they are pressed; empty: none do."""

    @property
    def shared(self) -> bool:
        return bool(self.viewers or self.visitors)


def shown(rights: Rights, connection: Connection, what: str, paused: bool, keys: str = "") -> Shown:
    kind = rights.kind()
    session = rights.session
    people = [each for each in rights.participants.values() if each.id != rights.you and each.left_at is None]
    me = rights.participants.get(rights.you)
    return Shown(
        company=session.company if session else "",
        connection=connection,
        people=tuple(each.name for each in people if each.joined_at is not None),
        kind=kind,
        what=what,
        paused=paused,
        viewers=_viewers(rights, kind) if kind else (),
        gives=me is not None and me.role != "customer",
        visitors=_visitors(rights),
        keys=keys,
    )


def _visitors(rights: Rights) -> tuple[Visitor, ...]:
    """Also while the connection is away: what they began goes on when it is back."""
    found = []
    for each in rights.participants.values():
        reads, writes = (tuple(root.name for root in rights.roots(each.id, [way])) for way in FILES)
        if reads or writes:
            found.append(Visitor(each.id, each.name, reads, writes))
    return tuple(sorted(found, key=lambda each: (each.name, each.id)))


def _viewers(rights: Rights, kind: ShareKind) -> tuple[Viewer, ...]:
    controllers, into, out = (
        rights.controllers(kind),
        rights.clipboard("clipboard_in"),
        rights.clipboard("clipboard_out"),
    )
    found = [
        Viewer(each, rights.participants[each].name, each in controllers, each in into, each in out)
        for each in rights.viewers(kind)
    ]
    return tuple(sorted(found, key=lambda each: (each.name, each.id)))


def question(rights: Rights, grant: str) -> Question | None:
    """None when it is asked no longer."""
    found = next((each for each in rights.questions() if each.id == grant), None)
    if found is None or rights.session is None:
        return None
    holder = rights.participants[found.holder]
    company = "" if holder.role == "customer" else rights.session.company
    roots = rights.roots(found.holder, FILES) if found.capability in FILES else ()
    return Question(found.id, found.capability, holder.name, company, roots=roots)
