"""Who may see and do what here now. The server says what is granted, the person at this machine what they agreed to;
nothing goes without both."""

from collections.abc import Collection, Iterable, Mapping

from rs_server.protocol.base import Record
from rs_server.protocol.consent import Capability, Grant
from rs_server.protocol.desktop import ShareKind
from rs_server.protocol.session import Participant, SessionInfo, SessionSnapshot

from .roots import Root

VIEW: Mapping[ShareKind, Capability] = {"desktop": "desktop_view", "application": "application_view"}
CONTROL: Mapping[ShareKind, Capability] = {"desktop": "desktop_control", "application": "application_control"}
KINDS: tuple[ShareKind, ...] = ("desktop", "application")
CLIPBOARD: tuple[Capability, ...] = ("clipboard_in", "clipboard_out")
FILES: tuple[Capability, ...] = ("files_read", "files_write")
HERE = frozenset({*VIEW.values(), *CONTROL.values(), *CLIPBOARD, *FILES})
"""Capabilities that this program is asked for."""
OVER = frozenset({"refused", "withdrawn", "cancelled", "expired", "ended"})


class Agreed(Record, frozen=True, kw_only=True):
    """What the person at this machine said yes to: a question (`grant`), or something given unasked (None; `holder`
    None: to whoever of the other side is there). `roots`: where, for files."""

    capability: Capability
    holder: str | None
    grant: str | None = None
    roots: tuple[Root, ...] = ()

    def covers(self, grant: Grant) -> bool:
        if self.capability != grant.capability:
            return False
        if self.grant is None:
            return grant.basis == "own" and self.holder in (None, grant.holder)
        return (self.grant, self.holder) == (grant.id, grant.holder)


class Rights:
    """Of one participant (`you`) at this client. Nothing is allowed while `connected` is False (a withdrawal may be on
    its way) or `locked` is True."""

    def __init__(self, agreed: Iterable[Agreed] = ()) -> None:
        self.you = ""
        self.session: SessionInfo | None = None
        self.participants: dict[str, Participant] = {}
        self.grants: dict[str, Grant] = {}
        self.agreed: set[Agreed] = set(agreed)
        self.connected = False
        self.locked = False
        self.confirming = False
        """Something is asked here that the server knows nothing of: until it is answered nobody controls."""

    # --- what the server says ---

    def snapshot(self, said: SessionSnapshot) -> None:
        self.you, self.session = said.you, said.session
        self.participants = {each.id: each for each in said.participants}
        self.grants = {}
        for grant in said.grants:
            self.grant(grant)
        gone = {each for each in self.agreed if each.grant is not None and each.grant not in self.grants}
        self.agreed -= gone
        self.connected = True

    def grant(self, grant: Grant) -> None:
        self.grants[grant.id] = grant
        # What is over stays over, whatever is said of it later; and a yes is to what was asked, not to whatever the
        # same name stands for by now.
        over = grant.state in OVER
        self.agreed = {each for each in self.agreed if each.grant != grant.id or (each.covers(grant) and not over)}

    # --- what the person here says ---

    def agree(self, id: str, roots: tuple[Root, ...] = ()) -> bool:
        """Yes to a question; False when it is none any more, or one of files for which no folder was chosen."""
        grant = self.grants.get(id)
        if grant is None or grant not in self.questions() or bool(roots) != (grant.capability in FILES):
            return False
        self.agreed.add(Agreed(capability=grant.capability, holder=grant.holder, grant=id, roots=roots))
        return True

    def give(self, capability: Capability, holder: str | None = None) -> None:
        self.agreed.add(Agreed(capability=capability, holder=holder))

    def has_agreed(self, capability: Capability) -> bool:
        """Whether the person here said yes to it, to whomever, and it is not over."""
        return any(each.capability == capability for each in self.agreed)

    def take_back(self, capability: Capability) -> None:
        self.agreed = {each for each in self.agreed if each.capability != capability}

    def disagree(self, id: str) -> None:
        self.agreed = {each for each in self.agreed if each.grant != id}

    def stop(self) -> None:
        """Everything ends here and now, before the server has heard of it."""
        self.agreed.clear()

    # --- what follows ---

    def questions(self) -> list[Grant]:
        """Asked of the person here, the oldest first."""
        asked = [
            each
            for each in self.grants.values()
            if each.state == "asked" and each.giver == self.you and each.capability in HERE and self._is_in(each.holder)
        ]
        return sorted(asked, key=lambda each: (each.asked_at, each.id))

    def holders(self, capability: Capability) -> frozenset[str]:
        """Who may use it now."""
        if not self.open:
            return frozenset()
        return frozenset(
            each.holder for each in self.grants.values() if each.capability == capability and self._is_live(each)
        )

    @property
    def open(self) -> bool:
        """Whether anything may be done at all now."""
        return self.connected and not self.locked and self.session is not None and self.session.state == "live"

    def roots(self, holder: str, capabilities: Collection[Capability]) -> tuple[Root, ...]:
        """Where this person has any of these, in the order in which they were chosen; also while the connection is away
        (`open`), when nothing may be done there but what was begun is not over."""
        live = [each for each in self.grants.values() if each.holder == holder and each.capability in capabilities]
        found: dict[str, Root] = {}
        for grant in sorted((each for each in live if self._is_live(each)), key=lambda each: each.asked_at):
            for agreed in self.agreed:
                if agreed.covers(grant):
                    found |= {root.id: root for root in agreed.roots}
        return tuple(found.values())

    def viewers(self, kind: ShareKind) -> frozenset[str]:
        return self.holders(VIEW[kind])

    def controllers(self, kind: ShareKind) -> frozenset[str]:
        """Control without a view of the same thing is none. While anything is asked of the person here, whatever it is
        and wherever it is answered, nobody controls."""
        asked = any(each.state == "asked" and each.giver == self.you for each in self.grants.values())
        if asked or self.confirming:
            return frozenset()
        return self.holders(CONTROL[kind]) & self.viewers(kind)

    def kind(self) -> ShareKind | None:
        """What may be shown: one of both, the one that was agreed to later."""
        latest: tuple[float, ShareKind] | None = None
        for kind in KINDS:
            if not self.viewers(kind):
                continue
            since = max(
                each.decided_at or each.asked_at
                for each in self.grants.values()
                if each.capability == VIEW[kind] and self._is_live(each)
            )
            if latest is None or since > latest[0]:
                latest = (since, kind)
        return latest[1] if latest else None

    def clipboard(self, way: Capability) -> frozenset[str]:
        """Who may put something into the clipboard here (`clipboard_in`) or gets what is in it (`clipboard_out`):
        only together with control."""
        kind = self.kind()
        return self.holders(way) & self.controllers(kind) if kind else frozenset()

    def _is_live(self, grant: Grant) -> bool:
        return (
            grant.state == "granted"
            and grant.giver == self.you
            and grant.holder != self.you
            and self._is_in(grant.holder)
            and any(each.covers(grant) and self._is_meant(each, grant) for each in self.agreed)
        )

    def _is_meant(self, agreed: Agreed, grant: Grant) -> bool:
        """What is given to nobody by name is for the other side: what an agent gives is not for colleagues."""
        if agreed.grant is not None or agreed.holder is not None:
            return True
        sides = [self.participants[each].role == "customer" for each in (self.you, grant.holder)]
        return sides[0] != sides[1]

    def _is_in(self, participant: str) -> bool:
        found = self.participants.get(participant)
        return found is not None and found.joined_at is not None and found.left_at is None
