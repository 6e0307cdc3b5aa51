"""What flows: nothing without a grant, nothing outside of *live*, nothing to or from who is on hold."""

from itertools import product
from typing import get_args

import pytest

from rs_server.core.streams import CAPABILITY, LABELS, Flow, flows
from rs_server.protocol.consent import Capability, Grant, GrantState
from rs_server.protocol.session import SessionState

from .sessions import AGENT, ASKED, COLLEAGUE, CUSTOMER, SUPERVISOR, change

STAFF = {"a", "b", "v"}


def house(state: SessionState = "live", *grants: tuple[str, str, Capability, GrantState]):  # type: ignore[no-untyped-def]
    made = change(CUSTOMER, AGENT, COLLEAGUE, SUPERVISOR, ASKED, state=state)
    for number, (giver, holder, capability, granted) in enumerate(grants):
        made.grant(
            Grant(id=str(number), capability=capability, giver=giver, holder=holder, state=granted, asked_at=0.0)
        )
    return made.session


ALL = [(giver, holder, c, "granted") for giver, holder in product("cabvn", "cabvn") for c in get_args(Capability)]


def test_without_grants_only_staff_are_heard_and_seen() -> None:
    found = flows(house(), set())
    assert found == {
        Flow(receiver, sender, label)
        for sender in STAFF
        for receiver in STAFF | {"c"}
        for label in ("mic", "camera")
        if sender != receiver
    }


@pytest.mark.parametrize("state", ["inviting", "waiting", "ended"])
def test_nothing_flows_outside_of_live(state: SessionState) -> None:
    assert flows(house(state, *ALL), set()) == frozenset()  # type: ignore[arg-type]


@pytest.mark.parametrize("label", LABELS)
def test_a_grant_opens_one_stream_to_one_person(label: str) -> None:
    base = flows(house(), set())
    found = flows(house("live", ("c", "a", CAPABILITY[label], "granted")), set())  # type: ignore[index]
    assert found - base == {Flow("a", "c", label)}  # type: ignore[arg-type]


@pytest.mark.parametrize("granted", [s for s in get_args(GrantState) if s != "granted"])
@pytest.mark.parametrize("label", LABELS)
def test_no_other_state_of_a_grant_opens_anything(label: str, granted: GrantState) -> None:
    assert flows(house("live", ("c", "a", CAPABILITY[label], granted)), set()) == flows(house(), set())  # type: ignore[index]


def test_whatever_is_granted_who_is_not_in_gets_and_sends_nothing() -> None:
    found = flows(house("live", *ALL), set())  # type: ignore[arg-type]
    assert not [flow for flow in found if "n" in (flow.receiver, flow.sender)]
    assert not [flow for flow in found if flow.receiver == flow.sender]


def test_an_agents_screen_needs_the_agents_grant() -> None:
    assert not [flow for flow in flows(house(), set()) if flow.label == "screen"]
    found = flows(house("live", ("a", "c", "screen_view", "granted")), set())
    assert [flow for flow in found if flow.label == "screen"] == [Flow("c", "a", "screen")]


def test_on_hold_is_not_heard_and_does_not_hear() -> None:
    session = house("live", *ALL)  # type: ignore[arg-type]
    found = flows(session, {"a"})
    assert not [flow for flow in found if flow.sender == "a" and flow.label in ("mic", "camera")]
    assert Flow("a", "c", "mic") not in found
    assert Flow("a", "c", "camera") in found
    assert Flow("a", "c", "screen") in found
    assert Flow("b", "c", "mic") in found
    assert Flow("c", "b", "mic") in found


def test_more_grants_never_mean_less() -> None:
    few = flows(house("live", *ALL[:40]), {"b"})  # type: ignore[arg-type]
    assert few <= flows(house("live", *ALL), {"b"})  # type: ignore[arg-type]
