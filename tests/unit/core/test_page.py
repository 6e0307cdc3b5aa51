"""Frames of the page stream: packed and read, in order, and kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rs_server.core.page import EPOCHS_AHEAD, FRAME_COST, Log, Order
from rs_server.core.streams import page_viewers
from rs_server.protocol.consent import Grant
from rs_server.protocol.page import FRAME_LIMIT, HEADER_SIZE, Header, Kind, pack, read
from rs_server.protocol.session import SessionState

from .sessions import AGENT, ASKED, COLLEAGUE, CUSTOMER, change

UINT32 = st.integers(0, 2**32 - 1)
HEADERS = st.builds(
    lambda epoch, message, chunk, last: Header(Kind.EVENT if message else Kind.SNAPSHOT, epoch, message, chunk, last),
    UINT32,
    UINT32,
    UINT32,
    st.booleans(),
)


@given(HEADERS, st.binary(max_size=200))
def test_what_is_packed_is_read(header: Header, payload: bytes) -> None:
    frame = pack(header, payload)
    assert read(frame) == header
    assert frame[HEADER_SIZE:] == payload


@given(st.binary(max_size=40))
def test_whatever_is_read_can_be_packed(frame: bytes) -> None:
    try:
        header = read(frame)
    except ValueError:
        return
    assert pack(header, frame[HEADER_SIZE:]) == frame


@given(HEADERS, st.integers(0, 3), st.integers(1, 255))
def test_other_versions_kinds_and_flags_are_refused(header: Header, place: int, change: int) -> None:
    frame = bytearray(pack(header, b""))
    frame[place] ^= change
    if place == 2 and change == 1:
        assert read(bytes(frame)).last != header.last
        return
    with pytest.raises(ValueError, match=r"version|message 0"):
        read(bytes(frame))


def test_what_is_no_frame_is_not_packed() -> None:
    for header in (
        Header(Kind.SNAPSHOT, 1, 1, 0),
        Header(Kind.EVENT, 1, 0, 0),
        Header(Kind.EVENT, 2**32, 1, 0),
        Header(Kind.EVENT, 1, 1, -1),
    ):
        with pytest.raises(ValueError):  # the words are of `struct`
            pack(header, b"")
    pack(Header(Kind.EVENT, 1, 1, 0), bytes(FRAME_LIMIT - HEADER_SIZE))
    with pytest.raises(ValueError, match="no such frame"):
        pack(Header(Kind.EVENT, 1, 1, 0), bytes(FRAME_LIMIT - HEADER_SIZE + 1))


def snapshot(epoch: int, chunk: int = 0, last: bool = True) -> Header:
    return Header(Kind.SNAPSHOT, epoch, 0, chunk, last)


def event(epoch: int, message: int, chunk: int = 0, last: bool = True) -> Header:
    return Header(Kind.EVENT, epoch, message, chunk, last)


def test_the_order_of_frames() -> None:
    order = Order(after=4, ahead=EPOCHS_AHEAD)
    told = [
        (event(5, 1), "order"),
        (snapshot(4), "epoch"),
        (snapshot(5 + EPOCHS_AHEAD), "epoch"),
        (snapshot(5, last=False), None),
        (event(5, 1), "order"),
        (snapshot(5, 1), "order"),
        (snapshot(5), "epoch"),
        (snapshot(7, last=False), None),
        (snapshot(7, 1), None),
        (event(6, 1), "epoch"),
        (event(7, 1, last=False), None),
        (event(7, 1, 1), None),
        (event(7, 2), None),
        (event(7, 2), "order"),
        (event(7, 3), "order"),
        (snapshot(8), None),
        (event(8, 1), None),
    ]
    assert [order.fault(header) for header, _ in told] == [fault for _, fault in told]
    order.lose()
    assert order.fault(event(8, 2)) == "order"


def keep(log: Log, header: Header, payload: bytes = b"") -> bytes:
    frame = pack(header, payload)
    log.add(header, frame)
    return frame


def test_the_log_keeps_the_last_complete_snapshot_and_what_followed() -> None:
    log = Log(10_000)
    keep(log, event(1, 9))
    assert log.frames() == [], "nobody can begin in the middle"
    first = [keep(log, snapshot(1)), keep(log, event(1, 1)), keep(log, event(1, 2))]
    assert log.frames() == first
    second = [keep(log, snapshot(2, last=False))]
    assert log.frames() == first + second, "the new one is not all there yet"
    third = [keep(log, snapshot(3, last=False))]
    assert log.frames() == first + third
    third.append(keep(log, snapshot(3, 1)))
    assert log.frames() == third
    assert log.size == sum(map(len, third)) + len(third) * FRAME_COST
    log.clear()
    assert (log.frames(), log.size) == ([], 0)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 300)), max_size=60))
def test_the_log_is_bounded_and_always_begins_with_a_snapshot(acts: list[tuple[bool, bool, int]]) -> None:
    log, order = Log(1000), Order()
    header = snapshot(1)
    for anew, last, size in acts:
        if anew:
            header = snapshot(header.epoch + 1, last=last)
        elif header.last:
            header = event(header.epoch, header.message + 1, last=last)
        else:
            header = header._replace(chunk=header.chunk + 1, last=last)
        if order.fault(header) is None:
            keep(log, header, bytes(size))
        assert log.size <= 1000
        check = Order()
        assert all(check.fault(read(frame)) is None for frame in log.frames()[:1])
        assert log.size == sum(len(frame) + FRAME_COST for frame in log.frames())


def test_too_much_is_thrown_away_until_the_next_snapshot() -> None:
    log = Log(1000)
    keep(log, snapshot(1), bytes(500))
    keep(log, event(1, 1), bytes(500))
    assert log.frames() == []
    keep(log, event(1, 2))
    assert log.frames() == []
    whole = keep(log, snapshot(2), bytes(500))
    assert log.frames() == [whole]
    part = keep(log, snapshot(3, last=False), bytes(500))
    assert log.frames() == [part], "the older one goes first"


@pytest.mark.parametrize("state", ["waiting", "live", "ended"])
def test_who_may_see_the_page(state: SessionState) -> None:
    made = change(CUSTOMER, AGENT, COLLEAGUE, ASKED, state=state)

    def grant(name: str, giver: str, holder: str, **more: object) -> None:
        fields = {"capability": "page_view", "state": "granted", **more}
        made.grant(Grant(id=name, giver=giver, holder=holder, asked_at=0.0, **fields))  # type: ignore[arg-type]

    grant("1", "c", "a", state="asked")
    grant("2", "c", "a", capability="screen_view")
    grant("3", "c", "n")
    grant("4", "a", "b")
    grant("5", "c", "c")
    assert page_viewers(made.session) == frozenset()
    grant("6", "c", "b")
    assert page_viewers(made.session) == ({"b"} if state == "live" else frozenset())
    grant("1", "c", "a")
    assert page_viewers(made.session) == ({"a", "b"} if state == "live" else frozenset())
    made.leave(made.session.participants["b"])
    assert page_viewers(made.session) == ({"a"} if state == "live" else frozenset())
