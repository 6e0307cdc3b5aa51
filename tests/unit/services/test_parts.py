"""Who is in which session and asked into which, followed change by change."""

from msgspec.structs import replace

from rs_server.protocol.session import Invite, InviteChanged
from rs_server.services.parts import Parts
from tests.unit.core.sessions import AGENT, ASKED, COLLEAGUE, CUSTOMER, change


def test_coming_and_going() -> None:
    made, parts = change(CUSTOMER, AGENT, ASKED), Parts()
    parts.follow(made.session)
    assert parts.sessions("u-a") == ["s"]
    assert parts.sessions("u-n") == []
    made.leave(made.session.participants["a"])
    parts.follow(made.session)
    assert parts.sessions("u-a") == []


def test_invitations_name_who_invites() -> None:
    made, parts = change(CUSTOMER, AGENT, COLLEAGUE), Parts()
    invite = Invite(
        id="i",
        way="link",
        role="agent",
        to="u-n",
        to_name="Paul",
        by_name="Amélie",
        state="open",
        made_at=5.0,
        expires_at=9.0,
    )
    made.emit(InviteChanged(invite=invite))
    made.line("invited", COLLEAGUE, audience="staff", way="number")
    parts.follow(made.session)
    assert [(each.session, each.customer, each.by_name) for each in parts.invitations("u-n")] == [
        ("s", "Jeanne", "Amélie")
    ]
    made.emit(InviteChanged(invite=replace(invite, state="revoked")))
    parts.follow(made.session)
    assert parts.invitations("u-n") == []


def test_nothing_is_left_of_what_is_over() -> None:
    made, parts = change(CUSTOMER, AGENT, COLLEAGUE), Parts()
    parts.follow(made.session)
    made.end(None)
    parts.follow(made.session)
    assert [vars(parts)[name] for name in vars(parts)] == [{}, {}, {}]


def test_the_oldest_comes_first() -> None:
    parts = Parts()
    for name, at in (("new", 9.0), ("old", 1.0), ("middle", 5.0)):
        session = change(CUSTOMER, AGENT).session
        session.info = replace(session.info, id=name, created_at=at)
        parts.follow(session)
    assert parts.sessions("u-a") == ["old", "middle", "new"]
