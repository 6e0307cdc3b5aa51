"""What is given at native clients: what needs what, what ends what, and that nobody ever has more."""

import contextlib
from collections.abc import Callable
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rs_server.core import consent, native
from rs_server.core.capabilities import (
    CONTROL_OF,
    ENDS_WITH_CHARGE,
    FROM_NATIVE,
    NEEDS,
    SKILLS,
    STAFF_GIVES,
    VIEW_OF,
    Native,
    offered,
)
from rs_server.core.errors import Refusal
from rs_server.core.session import Change
from rs_server.protocol.consent import Capability, Grant, GrantState
from rs_server.protocol.desktop import NativeSkill, ShareKind
from rs_server.protocol.session import Participant

from .sessions import AGENT, ASKED, COLLEAGUE, CUSTOMER, SUPERVISOR, change, later

ALL: frozenset[NativeSkill] = frozenset(get_args(NativeSkill))
FIRST, SECOND = Native("e1", ALL), Native("e2", ALL)
KINDS: tuple[ShareKind, ...] = get_args(ShareKind)
CAPABILITIES = sorted(FROM_NATIVE)


def house() -> Change:
    return change(CUSTOMER, AGENT, COLLEAGUE, SUPERVISOR, ASKED)


def let(
    made: Change,
    capability: Capability,
    holder: Participant = AGENT,
    client: Native = FIRST,
    giver: Participant = CUSTOMER,
) -> Grant:
    (grant,) = consent.give(made, giver, capability, holder, client)
    return grant


def of(made: Change, capability: Capability, holder: Participant = AGENT) -> list[GrantState]:
    return [g.state for g in made.session.grants.values() if g.capability == capability and g.holder == holder.id]


def live(made: Change) -> set[tuple[str, str]]:
    return {(grant.capability, grant.holder) for grant in made.session.live_grants()}


def refused(code: str, act: Callable[[], object], made: Change) -> None:
    before = len(made.events)
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code
    assert len(made.events) == before


# --- asking and answering ---


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_it_may_be_asked_for_in_any_session_that_does_not_withhold_it(capability: Capability) -> None:
    made = house()
    made.info(site=None)
    assert capability in offered(made.session)
    made.info(withheld=[capability])
    refused("not_allowed", lambda: consent.ask(made, AGENT, capability, None), made)
    refused("not_allowed", lambda: consent.give(made, CUSTOMER, capability, AGENT, FIRST), made)


@pytest.mark.parametrize(("capability", "needed"), sorted(NEEDS.items()))
def test_what_is_needed_stands_before(capability: Capability, needed: frozenset[Capability]) -> None:
    made = house()
    refused("not_allowed", lambda: consent.ask(made, AGENT, capability, None), made)
    refused("conflict", lambda: consent.give(made, CUSTOMER, capability, AGENT, FIRST), made)
    for other in sorted(needed):
        view = next(iter(NEEDS.get(other, ())), other)
        if view != other:
            let(made, view, COLLEAGUE)
        let(made, other, COLLEAGUE)
        refused("not_allowed", lambda: consent.ask(made, AGENT, capability, None), made)
        assert consent.ask(made, COLLEAGUE, capability, None).state == "asked"
        consent.stop_all(made, CUSTOMER, voice=False)


def test_a_question_waits_longer_where_a_client_has_to_come_first() -> None:
    made = house()
    waiting = consent.ask(made, AGENT, "desktop_view", None)
    assert waiting.expires_at == made.now + consent.NATIVE_SECONDS
    quick = consent.ask(made, AGENT, "application_view", None, FIRST)
    assert quick.expires_at == made.now + consent.ASKED_SECONDS
    assert consent.next_expiry(made.session) == quick.expires_at
    late = later(made, consent.ASKED_SECONDS)
    consent.expire(late)
    assert (of(late, "application_view"), of(late, "desktop_view")) == (["expired"], ["asked"])
    late = later(made, consent.NATIVE_SECONDS)
    consent.expire(late)
    assert of(late, "desktop_view") == ["expired"]


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_yes_is_said_where_it_can_be_carried_out_and_no_anywhere(capability: Capability) -> None:
    made = house()
    for lacking in SKILLS[capability]:
        question = consent.open_question(made, AGENT, capability, CUSTOMER)
        unable = Native("e1", ALL - {lacking})
        for client in (None, unable):
            refused("not_allowed", lambda: consent.answer(made, CUSTOMER, question.id, True, client), made)  # noqa: B023
            refused("not_allowed", lambda: consent.give(made, CUSTOMER, capability, AGENT, client), made)  # noqa: B023
        refused("not_allowed", lambda: consent.ask(made, SUPERVISOR, capability, None, unable), made)  # noqa: B023
        assert consent.answer(made, CUSTOMER, question.id, False).state == "refused"


def test_a_yes_rests_on_the_client_that_said_it() -> None:
    made = house()
    question = consent.ask(made, AGENT, "files_read", None)
    assert consent.answer(made, CUSTOMER, question.id, True, FIRST).endpoint == "e1"
    view = let(made, "desktop_view", client=SECOND)
    assert live(made) == {("desktop_view", "a")}, "the other client's word is gone"
    control = consent.ask(made, AGENT, "desktop_control", None)
    refused("conflict", lambda: consent.answer(made, CUSTOMER, control.id, True, FIRST), made)
    assert consent.answer(made, CUSTOMER, control.id, True, SECOND).endpoint == view.endpoint == "e2"


def test_an_agent_gives_pictures_control_and_clipboard_and_no_more() -> None:
    made = house()
    for capability in CAPABILITIES:
        if capability in STAFF_GIVES:
            continue
        refused("not_allowed", lambda: consent.give(made, AGENT, capability, CUSTOMER, FIRST), made)  # noqa: B023
    refused("not_allowed", lambda: consent.give(made, AGENT, "desktop_view", CUSTOMER), made)
    let(made, "desktop_view", CUSTOMER, giver=AGENT)
    let(made, "desktop_control", CUSTOMER, giver=AGENT)
    assert native.controllers(made.session, "a", "desktop", "e1") == {"c"}
    consent.stop_all(made, AGENT, voice=False)
    assert live(made) == set()


# --- ending ---


def everything(made: Change, *holders: Participant) -> None:
    for capability in ("desktop_view", "desktop_control", "clipboard_in", "clipboard_out", "files_read", "files_write"):
        for holder in holders:
            let(made, capability, holder)


def test_the_later_picture_ends_the_other_for_all() -> None:
    made = house()
    everything(made, AGENT, COLLEAGUE)
    let(made, "application_view", SUPERVISOR)
    files = {(name, who) for name in ("files_read", "files_write") for who in ("a", "b")}
    assert live(made) == files | {("application_view", "v")}
    let(made, "application_view", AGENT)
    assert ("application_view", "v") in live(made), "more may see the same"


@pytest.mark.parametrize("how", ["withdraw", "cancel", "stop", "leave", "lost", "end", "hand over"])
def test_what_ends_with_what(how: str) -> None:
    made = house()
    everything(made, AGENT)
    everything(made, COLLEAGUE)
    view = next(g for g in made.session.live_grants() if g.capability == "desktop_view" and g.holder == "a")
    theirs = {(name, "b") for name in FROM_NATIVE if not name.startswith("application")}
    kept = {("files_read", "a"), ("files_write", "a")}
    match how:
        case "withdraw":
            consent.withdraw(made, CUSTOMER, view.id, None)
            assert live(made) == theirs | kept
        case "cancel":
            consent.cancel(made, AGENT, view.id)
            assert live(made) == theirs | kept
        case "stop":
            consent.stop_all(made, CUSTOMER, voice=False)
            assert live(made) == set()
        case "leave":
            made.leave(AGENT)
            assert live(made) == theirs
        case "lost":
            native.end_native(made, "c")
            assert live(made) == set()
        case "end":
            made.end(AGENT)
            assert live(made) == set()
        case "hand over":
            made.close_grants(lambda grant: grant.holder == "a" and grant.capability in ENDS_WITH_CHARGE)
            assert live(made) == theirs | {("desktop_view", "a")}


def test_a_question_outlives_the_client_but_not_what_it_needs() -> None:
    made = house()
    let(made, "desktop_view")
    consent.ask(made, AGENT, "desktop_control", None)
    consent.ask(made, AGENT, "files_read", None)
    native.end_native(made, "c")
    assert of(made, "files_read") == ["asked"]
    assert of(made, "desktop_control") == ["cancelled"]


def test_a_further_agent_gets_nothing_of_it() -> None:
    made = house()
    everything(made, AGENT)
    question = consent.open_question(made, ASKED, "further_agent", CUSTOMER)
    consent.answer(made, CUSTOMER, question.id, True)
    assert {name for name, who in live(made) if who == ASKED.id} == {"further_agent"}


def planted(capability: Capability, endpoint: str, holder: str = "a") -> Grant:
    name = f"{capability}-{endpoint}-{holder}"
    return Grant(
        id=name, capability=capability, giver="c", holder=holder, state="granted", asked_at=0.0, endpoint=endpoint
    )


def test_whatever_the_grants_say_control_is_for_who_sees_the_same_client() -> None:
    """The rules never leave it like this; should they ever, it does no harm."""
    made = house()
    made.grant(planted("desktop_control", "e1"))
    made.grant(planted("desktop_view", "e2"))
    made.grant(planted("clipboard_in", "e2"))
    for endpoint in ("e1", "e2"):
        assert native.controllers(made.session, "c", "desktop", endpoint) == frozenset()
        assert native.holders(made.session, "c", "clipboard_in", endpoint) == frozenset()
        assert native.control(made.session, "c", "a", "desktop", endpoint) is None
    made.grant(planted("desktop_view", "e1"))
    assert native.controllers(made.session, "c", "desktop", "e1") == {"a"}
    assert native.controllers(made.session, "c", "desktop", "e2") == frozenset()
    assert native.controllers(made.session, "c", "application", "e1") == frozenset()
    made.info(state="waiting")
    assert native.viewers(made.session, "c", "desktop", "e1") == frozenset()


# --- the log ---


def test_the_log_says_when_control_was_used_and_when_it_was_over() -> None:
    made = house()
    let(made, "desktop_view")
    unused = let(made, "desktop_control")
    consent.withdraw(made, CUSTOMER, unused.id, None)
    assert not [line for line in made.session.lines if line.kind in ("control_on", "control_off")]
    used = let(made, "desktop_control")
    for _ in range(2):
        native.begin_control(made, used.id)
    consent.withdraw(made, CUSTOMER, None, "desktop_view")
    said = [line for line in made.session.lines if line.kind in ("control_on", "control_off")]
    assert [(line.kind, line.by, line.data) for line in said] == [
        ("control_on", "a", {"capability": "desktop_control", "giver": "Jeanne"}),
        ("control_off", "a", {"capability": "desktop_control", "giver": "Jeanne"}),
    ]
    native.begin_control(made, used.id)
    assert [line.kind for line in made.session.lines].count("control_on") == 1


def test_what_is_shown_is_said_once_while_somebody_may_see_it() -> None:
    made = house()
    assert not native.is_said(made.session, "c", "application", "Editor")
    let(made, "application_view")
    made.line("sharing", CUSTOMER, what="application", name="Editor")
    assert native.is_said(made.session, "c", "application", "Editor")
    assert not native.is_said(made.session, "c", "application", "Browser")
    consent.withdraw(made, CUSTOMER, None, "application_view")
    made.now += 1
    let(made, "application_view")
    assert not native.is_said(made.session, "c", "application", "Editor"), "it was off in between"


# --- any order of events ---

STEPS = st.tuples(
    st.sampled_from(
        ["ask", "give", "allow", "refuse", "withdraw", "cancel", "stop", "leave", "gone", "expire", "pass", "use"]
    ),
    st.sampled_from([AGENT, COLLEAGUE, SUPERVISOR]),
    st.sampled_from(CAPABILITIES),
    st.sampled_from([FIRST, SECOND, None]),
)


@given(st.lists(STEPS, max_size=40))
def test_no_order_of_events_gives_more_than_was_allowed(
    steps: list[tuple[str, Participant, Capability, Native | None]],
) -> None:
    made = house()
    for step, who, capability, client in steps:
        with contextlib.suppress(Refusal, StopIteration):
            take(made, step, who, capability, client)
        check(made)


def check(made: Change) -> None:
    session = made.session
    granted = session.live_grants()
    assert len({grant.endpoint for grant in granted}) <= 1, "one client at a time"
    assert None not in {grant.endpoint for grant in granted}
    assert len({g.capability for g in granted} & set(VIEW_OF.values())) <= 1, "one picture at a time"
    held = {(grant.capability, grant.holder) for grant in granted}
    for grant in session.grants.values():
        if grant.state in ("asked", "granted") and grant.capability in NEEDS:
            assert any((needed, grant.holder) in held for needed in NEEDS[grant.capability])
    for kind in KINDS:
        for endpoint in ("e1", "e2"):
            seeing = native.viewers(session, "c", kind, endpoint)
            acting = native.controllers(session, "c", kind, endpoint)
            assert acting <= seeing
            for person in ("a", "b", "v", "n"):
                used = native.control(session, "c", person, kind, endpoint)
                may = {(VIEW_OF[kind], person), (CONTROL_OF[kind], person)} <= held
                assert (used is not None) == (person in acting)
                assert used is None or (may and used.state == "granted" and used.endpoint == endpoint)
    on = {line.id[:-3] for line in session.lines if line.kind == "control_on"}
    off = {line.id[:-4] for line in session.lines if line.kind == "control_off"}
    assert off == {name for name in on if session.grants[name].state != "granted"}


def take(made: Change, step: str, who: Participant, capability: Capability, client: Native | None) -> None:
    def mine() -> Grant:
        return next(
            g
            for g in made.session.grants.values()
            if g.capability == capability and g.holder == who.id and g.state in ("asked", "granted")
        )

    made.now += 40
    match step:
        case "ask":
            consent.ask(made, made.session.participants[who.id], capability, None, client)
        case "give":
            consent.give(made, CUSTOMER, capability, who, client)
        case "allow" | "refuse":
            consent.answer(made, CUSTOMER, mine().id, step == "allow", client)
        case "withdraw":
            consent.withdraw(made, CUSTOMER, mine().id, None)
        case "cancel":
            consent.cancel(made, who, mine().id)
        case "stop":
            consent.stop_all(made, CUSTOMER, voice=False)
        case "leave" if who is not AGENT:
            made.leave(made.session.participants[who.id])
        case "gone":
            native.end_native(made, "c")
        case "expire":
            consent.expire(made)
        case "pass":
            made.close_grants(lambda grant: grant.holder == who.id and grant.capability in ENDS_WITH_CHARGE)
        case "use":
            native.begin_control(made, mine().id)


# --- whose hand it is ---


def test_nobody_controls_while_something_is_asked() -> None:
    made = house()
    let(made, "desktop_view")
    let(made, "desktop_control")
    assert not native.is_asked(made.session, CUSTOMER.id)
    question = consent.ask(made, COLLEAGUE, "see", None)
    assert native.is_asked(made.session, CUSTOMER.id)
    consent.answer(made, CUSTOMER, question.id, False)
    assert not native.is_asked(made.session, CUSTOMER.id)


def test_a_page_on_a_computer_that_is_controlled_gives_nothing_new() -> None:
    made = house()
    consent.give(made, CUSTOMER, "hear", AGENT)
    let(made, "desktop_view")
    let(made, "desktop_control")
    refused("controlled", lambda: consent.give(made, CUSTOMER, "see", AGENT), made)
    refused("controlled", lambda: consent.give(made, CUSTOMER, "hear", None), made)
    consent.give(made, CUSTOMER, "hear", AGENT)
    consent.withdraw(made, CUSTOMER, None, "desktop_control")
    consent.give(made, CUSTOMER, "see", AGENT)
    assert "granted" in of(made, "see")
