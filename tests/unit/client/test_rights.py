"""No input is applied and nothing is shown without both yeses: the server's word and that of the person here."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rs_client.core.hands import MOST, Hands
from rs_client.core.rights import CONTROL, HERE, KINDS, VIEW, Agreed, Rights
from rs_client.core.shown import question, shown
from rs_server.protocol.consent import Capability, Grant
from rs_server.protocol.desktop import DesktopDo, InputKey, InputMove, InputRelease
from rs_server.protocol.session import Participant, SessionInfo, SessionSnapshot

ME, ANNA, BEN = "me", "anna", "ben"


def session(state: Any = "live") -> SessionInfo:
    return SessionInfo(
        id="s",
        reference="R",
        state=state,
        kind="outbound",
        company="ACME",
        site=None,
        queue=None,
        queue_name=None,
        customer_name="Jeanne",
        question="",
        page_url="",
        language="en",
        created_at=0.0,
        waiting_since=None,
        answered_at=1.0,
        ended_at=None,
        ended_by=None,
        primary=ANNA,
        recording=False,
        recording_policy="off",
    )


def person(id: str, *, left: bool = False) -> Participant:
    role: Any = "customer" if id == ME else "agent"
    return Participant(id=id, role=role, name=id.title(), user=None, joined_at=1.0, left_at=2.0 if left else None)


def grant(id: str, capability: Capability, holder: str = ANNA, state: Any = "granted", **more: Any) -> Grant:
    fields: dict[str, Any] = {"giver": ME, "asked_at": 1.0, "decided_at": 2.0, **more}
    return Grant(id=id, capability=capability, holder=holder, state=state, **fields)


def snapshot(*grants: Grant, state: Any = "live", people: Sequence[str] = (ME, ANNA, BEN)) -> SessionSnapshot:
    return SessionSnapshot(
        you=ME,
        seq=1,
        session=session(state),
        participants=[person(each) for each in people],
        grants=list(grants),
        files=[],
        lines=[],
        presence=[],
    )


def agreed_to(*grants: Grant) -> Rights:
    """Somebody who was asked for each of these, and said yes."""
    rights = Rights()
    rights.snapshot(snapshot(*(grant(each.id, each.capability, each.holder, "asked") for each in grants)))
    for each in grants:
        assert rights.agree(each.id)
        rights.grant(each)
    return rights


def controlled() -> Rights:
    return agreed_to(grant("v", "desktop_view"), grant("c", "desktop_control"))


def key(by: str = ANNA, picture: int = 1, count: int = 1) -> DesktopDo:
    return DesktopDo(by=by, by_name=by, picture=picture, events=[InputKey(key="a", down=True)] * count)


def test_what_was_agreed_to_is_allowed() -> None:
    rights = controlled()
    assert rights.kind() == "desktop"
    assert rights.viewers("desktop") == rights.controllers("desktop") == {ANNA}
    hands = Hands(rights)
    hands.show(1, "desktop")
    assert hands.take(key())
    act = hands.next()
    assert act is not None
    assert act.event == InputKey(key="a", down=True)
    assert hands.next() is None


def test_the_servers_word_alone_is_not_enough() -> None:
    rights = Rights()
    rights.snapshot(snapshot(grant("v", "desktop_view"), grant("c", "desktop_control")))
    assert rights.kind() is None
    hands = Hands(rights)
    hands.show(1, "desktop")
    assert not hands.take(key())


def test_a_yes_is_for_that_question_only() -> None:
    rights = agreed_to(grant("v", "desktop_view"))
    for other in (
        grant("v", "desktop_view", BEN),
        grant("v", "application_view"),
        grant("w", "desktop_view", BEN),
        grant("w", "desktop_view", BEN, basis="own"),
        grant("v", "desktop_view", giver=BEN),
    ):
        changed = agreed_to(grant("v", "desktop_view"))
        changed.grant(other)
        assert changed.viewers(VIEW_KIND[other.capability]) <= {ANNA}
    assert rights.viewers("desktop") == {ANNA}


VIEW_KIND = {capability: kind for kind, capability in VIEW.items()}


@pytest.mark.parametrize("state", ["asked", "refused", "withdrawn", "cancelled", "expired", "ended"])
def test_only_a_granted_one_counts(state: Any) -> None:
    rights = controlled()
    rights.grant(grant("v", "desktop_view", state=state))
    assert rights.kind() is None
    assert not rights.controllers("desktop"), "control without a view is none"


def test_what_is_over_is_not_revived() -> None:
    rights = controlled()
    rights.grant(grant("c", "desktop_control", state="withdrawn"))
    rights.grant(grant("c", "desktop_control"))
    assert rights.viewers("desktop") == {ANNA}
    assert not rights.controllers("desktop")


def test_a_grant_that_changes_what_it_is_is_none() -> None:
    rights = agreed_to(grant("v", "desktop_view"))
    rights.grant(grant("v", "application_view"))
    rights.grant(grant("v", "desktop_view"))
    assert rights.kind() is None


def test_stop_does_not_wait_for_the_server() -> None:
    rights = controlled()
    rights.stop()
    assert rights.kind() is None
    rights.snapshot(snapshot(grant("v", "desktop_view"), grant("c", "desktop_control")))
    assert rights.kind() is None


@pytest.mark.parametrize("what", ["connected", "locked", "left", "ended", "waiting"])
def test_nothing_is_allowed_meanwhile(what: str) -> None:
    rights = controlled()
    match what:
        case "connected":
            rights.connected = False
        case "locked":
            rights.locked = True
        case "left":
            rights.participants[ANNA] = person(ANNA, left=True)
        case state:
            rights.session = session(state)
    assert rights.kind() is None
    assert not rights.holders("desktop_control")


def test_the_later_one_of_desktop_and_application_is_shown() -> None:
    rights = agreed_to(grant("v", "desktop_view", decided_at=5.0), grant("w", "application_view", decided_at=6.0))
    assert rights.kind() == "application"
    rights.grant(grant("w", "application_view", state="ended"))
    assert rights.kind() == "desktop"


def test_the_clipboard_goes_with_control() -> None:
    rights = agreed_to(grant("v", "desktop_view"), grant("c", "desktop_control"), grant("i", "clipboard_in"))
    assert rights.clipboard("clipboard_in") == {ANNA}
    assert not rights.clipboard("clipboard_out")
    rights.grant(grant("c", "desktop_control", state="ended"))
    assert not rights.clipboard("clipboard_in")


def test_what_is_given_unasked() -> None:
    rights = Rights()
    rights.snapshot(snapshot())
    rights.give("desktop_view")
    rights.grant(grant("v", "desktop_view", basis="own"))
    assert rights.viewers("desktop") == {ANNA}
    rights.grant(grant("c", "desktop_control", basis="own"))
    assert not rights.controllers("desktop")
    rights.take_back("desktop_view")
    assert rights.kind() is None


def test_what_an_agent_gives_to_nobody_by_name_is_not_for_colleagues() -> None:
    rights = Rights()
    rights.snapshot(snapshot())
    rights.participants |= {ME: replace(person(ME), role="agent"), BEN: replace(person(BEN), role="customer")}
    rights.give("desktop_view")
    for id, holder in (("a", ANNA), ("b", BEN)):
        rights.grant(grant(id, "desktop_view", holder, basis="own"))
    assert rights.viewers("desktop") == {BEN}
    rights.give("desktop_view", ANNA)
    assert rights.viewers("desktop") == {ANNA, BEN}


def test_a_yes_survives_a_restart_and_no_more_than_that() -> None:
    before = controlled()
    rights = Rights(before.agreed)
    assert rights.kind() is None
    rights.snapshot(snapshot(grant("v", "desktop_view")))
    assert rights.viewers("desktop") == {ANNA}
    assert rights.agreed == {Agreed(capability="desktop_view", holder=ANNA, grant="v")}


def test_questions_come_in_order_and_say_who_asks() -> None:
    rights = Rights()
    rights.snapshot(
        snapshot(
            grant("b", "desktop_view", state="asked", asked_at=2.0),
            grant("a", "desktop_view", BEN, state="asked", asked_at=3.0),
            grant("x", "hear", state="asked"),
            grant("y", "desktop_view", state="asked", giver=BEN),
            grant("z", "desktop_view", "stranger", state="asked"),
        )
    )
    assert [each.id for each in rights.questions()] == ["b", "a"]
    found = question(rights, "b")
    assert found is not None
    assert (found.name, found.company, found.capability) == ("Anna", "ACME", "desktop_view")
    assert question(rights, "x") is None


def test_everybody_who_sees_is_named_with_what_they_may() -> None:
    rights = agreed_to(grant("v", "desktop_view"), grant("w", "desktop_view", BEN), grant("c", "desktop_control"))
    now = shown(rights, "connected", "left", False)
    assert [(each.name, each.controls) for each in now.viewers] == [("Anna", True), ("Ben", False)]
    assert now.people == ("Anna", "Ben")
    assert now.shared
    assert not now.gives
    rights.stop()
    assert not shown(rights, "connected", "left", False).shared


def test_input_for_another_picture_is_dropped() -> None:
    hands = Hands(controlled())
    hands.show(2, "desktop")
    assert not hands.take(key(picture=1))
    assert hands.take(key(picture=2))
    hands.show(3, "desktop")
    assert hands.next() is None


def test_a_thousand_inputs_wait_and_none_is_applied_after_withdrawal() -> None:
    rights = controlled()
    hands = Hands(rights)
    hands.show(1, "desktop")
    for _ in range(20):
        assert hands.take(key(count=50))
    assert len(hands) == 1000
    rights.grant(grant("c", "desktop_control", state="withdrawn"))
    assert hands.next() is None
    assert len(hands) == 0


def test_too_much_is_thrown_away_and_lets_go() -> None:
    hands = Hands(controlled())
    hands.show(1, "desktop")
    for _ in range(MOST // 64):
        assert hands.take(key(count=64))
    assert not hands.take(key(count=64))
    act = hands.next()
    assert act is not None
    assert isinstance(act.event, InputRelease)
    assert hands.next() is None


def test_of_moves_only_the_last_counts() -> None:
    hands = Hands(controlled())
    hands.show(1, "desktop")
    moves: list[Any] = [InputMove(x=each / 10, y=0.5) for each in range(5)]
    hands.take(DesktopDo(by=ANNA, by_name="", picture=1, events=[*moves, InputKey(key="a", down=True), moves[0]]))
    found = []
    while act := hands.next():
        found.append(act.event)
    assert found == [moves[-1], InputKey(key="a", down=True), moves[0]]


# --- any order of events ---

STATES: Any = st.sampled_from(["asked", "granted", "refused", "withdrawn", "cancelled", "expired", "ended"])
KNOWN: list[tuple[str, Capability]] = [("g1", "desktop_view"), ("g2", "desktop_control")]
BEGIN: list[tuple[str, Any]] = [
    ("snapshot", [grant(*each, state="asked") for each in KNOWN]),
    *(("agree", id) for id, _ in KNOWN),
    *(("grant", grant(*each)) for each in KNOWN),
    ("show", (1, "desktop")),
    ("do", (ANNA, 1)),
]
"""Somebody controls the desktop."""
LIKELY = st.builds(lambda known, state: grant(known[0], known[1], state=state), st.sampled_from(KNOWN), STATES)
ANY = st.builds(
    grant,
    st.sampled_from(["g1", "g2", "g3", "g4"]),
    st.sampled_from(sorted(HERE)),
    st.sampled_from([ANNA, BEN]),
    STATES,
    basis=st.sampled_from(["answer", "own"]),
    giver=st.sampled_from([ME, ME, ME, BEN]),
)
GRANTS = st.one_of(LIKELY, LIKELY, ANY)
STEPS = st.one_of(
    st.tuples(st.just("grant"), GRANTS),
    st.tuples(st.just("snapshot"), st.lists(GRANTS, max_size=4)),
    st.tuples(st.just("agree"), st.sampled_from(["g1", "g2", "g3", "g4"])),
    st.tuples(st.sampled_from(["stop", "away", "lock", "unlock"]), st.none()),
    st.tuples(st.just("show"), st.tuples(st.integers(1, 2), st.sampled_from(KINDS))),
    st.tuples(st.just("do"), st.tuples(st.sampled_from([ANNA, BEN]), st.integers(1, 2))),
    st.tuples(st.just("apply"), st.none()),
)


class Ledger:
    """The same kept by hand: what the server said last of each grant, and which questions got a yes since the stop."""

    def __init__(self) -> None:
        self.said: dict[str, Grant] = {}
        self.yes: dict[str, tuple[Capability, str]] = {}
        self.open = False
        self.locked = False
        self.picture: Any = None

    def hear(self, grant: Grant) -> None:
        self.said[grant.id] = grant
        if grant.state not in ("asked", "granted") or self.yes.get(grant.id) != (grant.capability, grant.holder):
            self.yes.pop(grant.id, None)

    def holds(self, by: str, capability: Capability) -> bool:
        return any(
            each.state == "granted"
            and (each.giver, each.holder, each.capability) == (ME, by, capability)
            and self.yes.get(each.id) == (capability, by)
            for each in self.said.values()
        )

    def may(self, by: str) -> bool:
        if self.picture is None or not self.open or self.locked:
            return False
        kind = self.picture[1]
        return self.holds(by, VIEW[kind]) and self.holds(by, CONTROL[kind])


@settings(max_examples=1000, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_no_order_of_events_lets_an_input_through_without_a_grant(steps: list[tuple[str, Any]]) -> None:
    rights, ledger = Rights(), Ledger()
    hands = Hands(rights)
    for name, value in [*BEGIN, *steps, ("apply", None)]:
        match name:
            case "grant":
                rights.grant(value)
                ledger.hear(value)
            case "snapshot":
                rights.snapshot(snapshot(*value))
                ledger.said, ledger.open = {}, True
                for each in value:
                    ledger.hear(each)
                ledger.yes = {id: each for id, each in ledger.yes.items() if id in ledger.said}
            case "agree":
                if rights.agree(value):
                    asked = ledger.said[value]
                    assert asked.state == "asked"
                    ledger.yes[value] = (asked.capability, asked.holder)
            case "stop":
                rights.stop()
                ledger.yes.clear()
            case "away":
                rights.connected = ledger.open = False
            case "lock" | "unlock":
                rights.locked = ledger.locked = name == "lock"
            case "show":
                hands.show(*value)
                ledger.picture = value
            case "do":
                by, picture = value
                taken = hands.take(key(by, picture))
                assert not taken or (ledger.may(by) and picture == ledger.picture[0])
            case _:
                while act := hands.next():
                    assert ledger.may(act.by)
        for kind in KINDS:
            assert all(
                ledger.open and not ledger.locked and ledger.holds(each, VIEW[kind]) for each in rights.viewers(kind)
            )


@pytest.mark.parametrize("capability", ["clipboard_in", "desktop_view", "see"])
def test_while_anything_is_asked_nobody_controls(capability: Capability) -> None:
    """Not on the word of the server alone; also what is asked in a browser, which who controls could answer."""
    rights = controlled()
    rights.grant(grant("q", capability, BEN, state="asked"))
    assert rights.controllers("desktop") == frozenset()
    assert rights.viewers("desktop") == {ANNA}
    rights.grant(grant("q", capability, BEN, state="refused"))
    assert rights.controllers("desktop") == {ANNA}
