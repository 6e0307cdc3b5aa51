"""The life of a session: its table, and the fold of its events."""

from itertools import product
from typing import get_args

import pytest

from rs_server.core.errors import IllegalTransition
from rs_server.core.session import TRANSITIONS, Change, Session, Step, for_staff_only, is_in
from rs_server.protocol.consent import Grant
from rs_server.protocol.files import FileInfo
from rs_server.protocol.session import (
    FileChanged,
    Invite,
    InviteChanged,
    Line,
    LineAdded,
    Note,
    NoteChanged,
    SessionChanged,
    SessionState,
)

from .sessions import AGENT, ASKED, COLLEAGUE, CUSTOMER, change, in_state, info

STATES: tuple[SessionState, ...] = get_args(SessionState)


@pytest.mark.parametrize(("state", "step"), list(product(STATES, Step)))
def test_the_table_and_nothing_else(state: SessionState, step: Step) -> None:
    made = in_state(state)
    if (state, step) in TRANSITIONS:
        made.step(step)
        assert made.session.info.state == TRANSITIONS[(state, step)]
    else:
        with pytest.raises(IllegalTransition, match=f"session: no transition from {state} on {step}"):
            made.step(step)
        assert made.session.info.state == state


def test_nothing_leads_out_of_the_end_and_all_lead_to_it() -> None:
    assert not [pair for pair in TRANSITIONS if pair[0] == "ended"]
    assert {state for state, step in TRANSITIONS if step is Step.ENDED} == set(STATES) - {"ended"}


def test_ending_closes_everything_once() -> None:
    made = change(CUSTOMER, AGENT, policy="on_demand")
    made.info(recording=True)
    made.grant(Grant(id="g", capability="hear", giver="c", holder="a", state="granted", asked_at=0.0))
    made.grant(Grant(id="q", capability="see", giver="c", holder="a", state="asked", asked_at=0.0))
    invite = Invite(id="i", way="link", role="customer", to="", to_name="", state="open", made_at=0.0, expires_at=9.0)
    made.emit(InviteChanged(invite=invite))
    upload = FileInfo(id="f", name="x", size=9, media_type="a/b", sender="c", state="uploading", created_at=0.0)
    made.emit(FileChanged(file=upload))
    made.end(AGENT)
    session = made.session
    assert session.info.state == "ended"
    assert session.info.ended_by == "agent"
    assert not session.info.recording
    assert (session.grants["g"].state, session.grants["q"].state) == ("ended", "cancelled")
    assert session.invites["i"].state == "revoked"
    assert session.files["f"].state == "cancelled"
    assert not [p for p in session.participants.values() if is_in(p)]
    assert isinstance(made.events[-1][1], SessionChanged), "the state is the last thing that is said"
    told = len(made.events)
    made.end(AGENT)
    assert len(made.events) == told


@pytest.mark.parametrize(("by", "who"), [(CUSTOMER, "customer"), (AGENT, "agent"), (None, "system")])
def test_who_ended_it(by: object, who: str) -> None:
    made = change(CUSTOMER, AGENT)
    made.end(by)  # type: ignore[arg-type]
    assert made.session.info.ended_by == who


def test_who_leaves_takes_the_grants_along() -> None:
    made = change(CUSTOMER, AGENT, COLLEAGUE)
    for holder in ("a", "b"):
        made.grant(Grant(id=f"g{holder}", capability="hear", giver="c", holder=holder, state="granted", asked_at=0.0))
    made.leave(AGENT, "lost")
    assert made.session.grants["ga"].state == "ended"
    assert made.session.grants["gb"].state == "granted"
    assert [line.kind for line in made.session.lines] == ["lost"]


def recording(made: Change) -> bool:
    return made.session.info.recording


def test_recording_on_demand_is_the_sessions_and_ends_with_the_customer() -> None:
    made = change(CUSTOMER, AGENT, COLLEAGUE)
    made.grant(Grant(id="g", capability="record", giver="c", holder="a", state="granted", asked_at=0.0))
    made.info(recording=True)
    made.leave(AGENT, "lost")
    assert recording(made)
    made.pass_on(COLLEAGUE)
    assert made.session.grants["g"].holder == "b"
    made.leave(CUSTOMER)
    assert not recording(made)
    assert made.session.lines[-1].kind == "recording_off"


def test_recording_always_goes_on_without_its_agent() -> None:
    made = change(CUSTOMER, AGENT, policy="always")
    made.info(recording=True)
    made.leave(AGENT, "lost")
    assert made.session.info.recording


def test_who_was_never_in_leaves_without_a_line() -> None:
    made = change(CUSTOMER, AGENT, ASKED)
    assert made.session.of_user("u-n") == ASKED
    made.leave(ASKED)
    assert made.session.of_user("u-n") is None
    assert made.session.lines == []


def test_staff_are_in_the_order_of_their_joining() -> None:
    made = change(COLLEAGUE, CUSTOMER, ASKED, AGENT)
    assert [person.id for person in made.session.staff] == ["a", "b"]
    assert made.session.customer == CUSTOMER


def test_replaying_the_events_gives_the_session() -> None:
    made = change(CUSTOMER, AGENT)
    session = Session(info())
    first = SessionChanged(session=info())
    made.line("chat", CUSTOMER, "hello")
    made.emit(NoteChanged(note=Note(text="n", version=1, saved_at=0.0, saved_by="Amélie")))
    made.end(None)
    events = [(1, first), *((seq - made.events[0][0] + 2, body) for seq, body in made.events)]
    session = Session.replay(events)  # type: ignore[assignment]
    assert session.info == made.session.info
    assert session.lines == made.session.lines
    assert session.note == made.session.note
    assert Session.replay([]) is None


def test_a_gap_or_a_repetition_is_an_error() -> None:
    session = Session(info())
    line = LineAdded(line=Line(id="x", at=0.0, kind="chat", by=None, by_name=""))
    session.apply(1, line)
    for seq in (1, 3):
        with pytest.raises(ValueError, match=f"event {seq} after 1"):
            session.apply(seq, line)
    with pytest.raises(ValueError, match="first event"):
        Session.replay([(1, line)])


def test_a_copy_is_independent() -> None:
    made = change(CUSTOMER, AGENT)
    copy = made.session.copy()
    made.line("chat", CUSTOMER, "hello")
    made.leave(AGENT)
    assert copy.lines == []
    assert is_in(copy.participants["a"])
    assert copy.seq < made.session.seq


def test_what_a_customer_never_gets() -> None:
    private = Line(id="x", at=0.0, kind="chat", by=None, by_name="", audience="staff")
    invite = Invite(id="i", way="link", role="customer", to="", to_name="", state="open", made_at=0.0, expires_at=9.0)
    assert for_staff_only(LineAdded(line=private))
    assert for_staff_only(NoteChanged(note=Note(text="", version=1, saved_at=0.0, saved_by="")))
    assert for_staff_only(InviteChanged(invite=invite))
    assert not for_staff_only(SessionChanged(session=info()))
