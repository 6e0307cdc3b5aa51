"""Figures of the shift equal a naive recount of the same events, and the day's counts likewise."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webacd.core import events as ev
from webacd.shift import SHIFT_GAP, DayBook, DayFigures, ShiftBook, ShiftFigures

AGENT, OTHER = "ann", "bob"


def state(at: float, name: str, agent: str = AGENT) -> ev.AgentStateChanged:
    return ev.AgentStateChanged(at, agent, name, None)  # type: ignore[arg-type]


def assigned(at: float, contact: str, agent: str = AGENT, former: str | None = None) -> ev.ContactAssigned:
    return ev.ContactAssigned(at, contact, agent, "handed_over" if former else "accepted", 1.0, 1, former)


def completed(at: float, contact: str, agent: str = AGENT) -> ev.ContactCompleted:
    return ev.ContactCompleted(at, contact, agent, after_wrap_up=False)


def returned(at: float, contact: str, reason: str, agent: str = AGENT) -> ev.ContactReturned:
    return ev.ContactReturned(at, contact, agent, "q", reason, True, {})  # type: ignore[arg-type]


def fed(*events: ev.Event) -> ShiftBook:
    book = ShiftBook()
    for event in events:
        book.feed(event)
    return book


def shift(*events: ev.Event, agent: str = AGENT) -> ShiftFigures:
    found = fed(*events).figures(agent)
    assert found is not None
    return found


def test_two_at_once_are_busy_time_once_and_handle_time_each() -> None:
    found = shift(
        state(0, "not_ready"),
        state(10, "ready"),
        assigned(100, "a"),
        assigned(150, "b"),
        ev.WrapUpStarted(160, "a", AGENT, 200),
        completed(200, "a"),
        completed(250, "b"),
        state(300, "not_ready"),
    )
    assert (found.since, found.signed_in, found.busy) == (0, 300, 150)
    assert (found.handled, found.handle) == (2, 200)
    assert (found.online, found.working) == (True, False)


def test_given_on_is_handled_and_lost_is_not() -> None:
    found = shift(
        state(0, "ready"),
        assigned(0, "a"),
        returned(10, "a", "transferred"),
        assigned(20, "b"),
        returned(25, "b", "agent_lost"),
        assigned(30, "c"),
        assigned(40, "c", OTHER, former=AGENT),
    )
    assert (found.handled, found.handle, found.busy) == (2, 20, 25)


def test_a_break_belongs_to_the_shift_and_a_night_does_not() -> None:
    morning = (state(0, "ready"), assigned(5, "a"), completed(65, "a"), state(100, "offline"))
    found = shift(*morning, state(100 + SHIFT_GAP - 1, "not_ready"))
    assert (found.since, found.handled, found.signed_in) == (0, 1, 100)
    found = shift(*morning, state(100 + SHIFT_GAP, "not_ready"))
    assert (found.since, found.handled, found.signed_in, found.busy) == (100 + SHIFT_GAP, 0, 0, 0)


def test_who_was_never_signed_in_has_no_shift() -> None:
    book = fed(state(0, "offline"), state(0, "ready", OTHER))
    assert book.figures(AGENT) is None
    assert book.feed(state(5, "not_ready", OTHER)) == {OTHER}
    assert book.feed(ev.AgentMovedBack(6, OTHER, 1)) == set()


def test_a_clock_that_goes_back_takes_nothing() -> None:
    found = shift(state(100, "ready"), assigned(110, "a"), completed(105, "a"), state(120, "not_ready"))
    assert found.signed_in == 20
    assert found.busy == 0


Move = tuple[int, int, int]
"""Seconds that go by, which of the moves, which contact."""


def story(moves: list[Move]) -> list[ev.Event]:
    """What an agent could live through: contacts only while signed in, none of them twice at a time."""
    at = 0.0
    online = False
    held, done = set[str](), list[ev.Event]()
    for gone, kind, number in moves:
        at += gone
        contact = f"c{number}"
        match kind:
            case 0:
                online = True
                done.append(state(at, "ready"))
            case 1 if online:
                done += [returned(at, each, "agent_lost") for each in sorted(held)]
                held.clear()
                online = False
                done.append(state(at, "offline"))
            case 2 if online and contact not in held:
                held.add(contact)
                done.append(assigned(at, contact))
            case 3 if contact in held:
                held.remove(contact)
                done.append(completed(at, contact))
            case 4 if contact in held:
                held.remove(contact)
                done.append(returned(at, contact, "transferred"))
            case 5 if contact in held:
                held.remove(contact)
                done.append(assigned(at, contact, OTHER, former=AGENT))
    done.append(state(at, "ready") if online else state(at, "offline"))
    return done


def recount(events: list[ev.Event]) -> tuple[float, float, int, float]:
    """(signed in, busy, handled, handle), second by second."""
    end = int(events[-1].at)
    online_at = [False] * end
    busy_at = [0] * end
    handled, handle = 0, 0.0
    began: dict[str, float] = {}
    online_from: float | None = None
    for event in events:
        match event:
            case ev.AgentStateChanged(at=at, state=name):
                if name != "offline" and online_from is None:
                    online_from = at
                if name == "offline" and online_from is not None:
                    online_at[int(online_from) : int(at)] = [True] * int(at - online_from)
                    online_from = None
            case ev.ContactAssigned(at=at, contact=contact, agent=agent) if agent == AGENT:
                began[contact] = at
            case (
                ev.ContactAssigned(at=at, contact=contact)
                | ev.ContactCompleted(at=at, contact=contact)
                | ev.ContactReturned(at=at, contact=contact)
            ):
                since = began.pop(contact)
                for second in range(int(since), int(at)):
                    busy_at[second] = 1
                if not (isinstance(event, ev.ContactReturned) and event.reason == "agent_lost"):
                    handled += 1
                    handle += at - since
    if online_from is not None:
        online_at[int(online_from) :] = [True] * (end - int(online_from))
    for since in began.values():
        busy_at[int(since) :] = [1] * (end - int(since))
    return sum(online_at), sum(busy_at), handled, handle


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 5), st.integers(0, 3)), max_size=40))
def test_the_book_equals_a_recount(moves: list[Move]) -> None:
    events = story(moves)
    found = fed(*events).figures(AGENT)
    counted = recount(events)
    if found is None:
        assert counted == (0.0, 0.0, 0, 0.0)
    else:
        assert (found.signed_in, found.busy, found.handled, found.handle) == counted
        assert found.busy <= found.signed_in


def day() -> DayBook:
    return DayBook(lambda _queue: 20.0, lambda: 5.0)


def arrived(at: float, contact: str, queue: str = "q", *, outbound: bool = False) -> ev.ContactArrived:
    return ev.ContactArrived(at, contact, 1, queue, "session", "", "", "", 0, None, at, outbound=outbound)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (lambda at: ev.ContactAssigned(at, "c", AGENT, "accepted", 20.0, 1), DayFigures(1, 1, 1)),
        (lambda at: ev.ContactAssigned(at, "c", AGENT, "accepted", 20.1, 1), DayFigures(1, 1, 0)),
        (lambda at: ev.ContactAbandoned(at, "c", None, 4.9), DayFigures(0, 0, 0)),
        (lambda at: ev.ContactAbandoned(at, "c", None, 5.0), DayFigures(1, 0, 0)),
        (lambda at: ev.ContactRedirected(at, "c", "callback", 60.0), DayFigures(0, 0, 0)),
    ],
)
def test_what_becomes_of_an_arrival(after: Callable[[float], ev.Event], expected: DayFigures) -> None:
    book = day()
    assert book.feed(arrived(1, "c")) == {"q"}
    assert book.feed(after(30)) == {"q"}
    assert book.figures("q") == expected
    # Taken up again later it is the same arrival.
    assert book.feed(ev.ContactAssigned(50, "c", OTHER, "accepted", 49.0, 2)) == set()


def test_a_new_day_begins_with_nothing() -> None:
    book = day()
    book.begin(0)
    book.feed(arrived(1, "yesterday"))
    book.begin(100)
    assert book.figures("q") == DayFigures()
    book.feed(ev.ContactAssigned(101, "yesterday", AGENT, "accepted", 100.0, 1))
    book.feed(arrived(99, "late news"))
    book.feed(arrived(102, "mine", outbound=True))
    assert book.figures("q") == DayFigures()
