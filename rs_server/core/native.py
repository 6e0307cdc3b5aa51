"""What was given at a native client: who may view and control what it shows, and when that ends. Pure."""

from collections.abc import Callable, Collection, Sequence

from rs_server.core.capabilities import CONTROL_OF, FROM_NATIVE, VIEW_OF, has_needed, lacks_needed
from rs_server.core.session import Change, Session, control_line, is_in
from rs_server.protocol.consent import Capability, Grant
from rs_server.protocol.desktop import ShareKind


def settle(change: Change) -> None:
    """What needs something that is not there any more ends. Since what is needed was there first, what ends takes with
    it what is looked at later."""
    change.close_grants(lambda grant: lacks_needed(change.session, grant))


def rest_on(change: Change, giver: str, endpoint: str) -> None:
    """`giver` uses this client now: what was given at another one ends."""
    _end(change, giver, lambda grant: grant.endpoint != endpoint)


def end_native(change: Change, giver: str) -> None:
    """Their native client is gone. Questions stay: another may come."""
    _end(change, giver, lambda _grant: True)


def one_picture(change: Change, granted: Grant) -> None:
    """A client shows one thing: the view that was just granted ends the views of the other kind."""
    other = {"desktop_view": "application_view", "application_view": "desktop_view"}.get(granted.capability)
    if other is not None:
        _end(change, granted.giver, lambda grant: grant.capability == other)


def _end(change: Change, giver: str, which: Callable[[Grant], bool]) -> None:
    change.close_grants(
        lambda grant: (
            grant.state == "granted" and grant.giver == giver and grant.capability in FROM_NATIVE and which(grant)
        )
    )
    settle(change)


def holders(session: Session, giver: str, capability: Capability, endpoint: str) -> frozenset[str]:
    """Participants who may use it now, as given at this client."""
    person = session.participants.get(giver)
    if session.info.state != "live" or person is None or not is_in(person):
        return frozenset()
    return frozenset(
        grant.holder
        for grant in session.live_grants()
        if grant.capability == capability
        and grant.giver == giver
        and grant.endpoint == endpoint
        and is_in(session.participants[grant.holder])
        and has_needed(session, capability, giver, grant.holder, endpoint)
    )


def viewers(session: Session, giver: str, kind: ShareKind, endpoint: str) -> frozenset[str]:
    return holders(session, giver, VIEW_OF[kind], endpoint)


def controllers(session: Session, giver: str, kind: ShareKind, endpoint: str) -> frozenset[str]:
    return holders(session, giver, CONTROL_OF[kind], endpoint)


def is_asked(session: Session, giver: str) -> bool:
    """Whether something is being asked of them, whatever it is. Until it is answered nobody controls what they have
    before them: the answer has to be their own."""
    return any(grant.state == "asked" and grant.giver == giver for grant in session.grants.values())


def is_controlled(session: Session, giver: str) -> bool:
    """Whether somebody may use mouse and keyboard there."""
    return any(grant.giver == giver and grant.capability in CONTROL_OF.values() for grant in session.live_grants())


def has_any(session: Session, giver: str, holder: str, capabilities: Collection[Capability]) -> bool:
    """Whether one of these was given, wherever."""
    return any(
        grant.capability in capabilities and grant.giver == giver and grant.holder == holder
        for grant in session.live_grants()
    )


def control(session: Session, giver: str, holder: str, kind: ShareKind, endpoint: str) -> Grant | None:
    """The grant by which this person may control it now."""
    if holder not in controllers(session, giver, kind, endpoint):
        return None
    wanted = (CONTROL_OF[kind], giver, holder, endpoint)
    return next(
        (g for g in session.live_grants() if (g.capability, g.giver, g.holder, g.endpoint) == wanted),
        None,
    )


def begin_control(change: Change, grant_id: str) -> None:
    """The first input under a grant: the log says so, once. Its end is said when the grant ends."""
    session, name = change.session, control_line(grant_id, "on")
    grant = session.grants[grant_id]
    if grant.state == "granted" and not any(line.id == name for line in session.lines):
        change.line(
            "control_on",
            session.participants[grant.holder],
            line_id=name,
            capability=grant.capability,
            giver=session.participants[grant.giver].name,
        )


def is_said(session: Session, giver: str, kind: ShareKind, name: str | None, *, ever: bool = False) -> bool:
    """Whether the log says already that this is shown, since somebody may see it; `ever`: with other things shown
    after it; no name: whatever was."""
    since = min(
        (
            grant.decided_at or 0.0
            for grant in session.live_grants()
            if grant.giver == giver and grant.capability == VIEW_OF[kind]
        ),
        default=0.0,
    )
    said = [line for line in session.lines if line.kind == "sharing" and line.by == giver and line.at >= since]
    return any(
        line.data["what"] == kind and name in (None, line.data["name"]) for line in (said if ever else said[-1:])
    )


def given_by(session: Session, giver: str) -> Sequence[Grant]:
    """What this person gave at a native client and is still good."""
    return [g for g in session.live_grants() if g.giver == giver and g.capability in FROM_NATIVE]


def givers(session: Session) -> frozenset[str]:
    """Who gave something at a native client that is still good."""
    return frozenset(grant.giver for grant in session.live_grants() if grant.capability in FROM_NATIVE)
