"""Frames of the page stream: packed and read, in order, and kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rs_server.core.page import EPOCHS_AHEAD, FRAME_COST, Hold, Leak, Log, Order, TooLarge
from rs_server.core.streams import page_controllers, page_viewers
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


def test_what_is_left_of_a_message_too_large_is_no_gap() -> None:
    order = Order()
    assert order.fault(snapshot(1)) is None
    assert order.fault(event(1, 1, last=False)) is None
    order.refuse(event(1, 1, last=False))
    told = [(event(1, 1, 1), "too_large"), (event(1, 2), "order"), (event(2, 1), "order"), (snapshot(2), None)]
    assert [order.fault(header) for header, _ in told] == [fault for _, fault in told]


def chunks(header: Header, *payloads: bytes) -> list[tuple[Header, bytes]]:
    """A message in frames."""
    headers = [header._replace(chunk=n, last=n == len(payloads) - 1) for n in range(len(payloads))]
    return [(each, pack(each, payload)) for each, payload in zip(headers, payloads, strict=True)]


def hold(held: Hold, frames: list[tuple[Header, bytes]], *secrets: bytes) -> list[bytes] | None:
    """What comes out at the end; before it, nothing does."""
    for header, frame in frames[:-1]:
        assert held.add(header, frame, secrets) is None
    out = held.add(*frames[-1], secrets)
    return None if out is None else list(out)


def test_a_message_is_held_until_it_is_whole() -> None:
    held = Hold(10_000)
    frames = chunks(snapshot(1), b"a", b"", b"c")
    assert hold(held, frames) == [frame for _, frame in frames]
    single = chunks(event(1, 1), b"x")
    assert hold(held, single) == [single[0][1]]
    half = chunks(event(1, 2), b"half", b"gone")
    assert held.add(*half[0], ()) is None
    anew = chunks(snapshot(2), b"anew")
    assert hold(held, anew) == [anew[0][1]]


def test_a_message_is_bounded() -> None:
    held = Hold(10 * FRAME_COST + 20 * HEADER_SIZE)
    with pytest.raises(TooLarge):
        hold(held, chunks(event(1, 1), *[b""] * 40))
    small = chunks(event(1, 1), b"fine")
    assert hold(held, small) == [small[0][1]]


SECRET = b"canary_0123456789-ABC"


@given(st.lists(st.binary(max_size=40), max_size=4), st.lists(st.integers(0, 200), max_size=6), st.booleans())
def test_a_secret_is_found_wherever_the_message_is_cut(noise: list[bytes], cuts: list[int], there: bool) -> None:
    text = b"".join(noise)
    at = len(text) // 2
    text = text[:at] + (SECRET if there else SECRET[1:]) + text[at:]
    places = sorted({min(cut, len(text)) for cut in cuts})
    pieces = [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]
    frames = chunks(event(1, 1), *pieces)
    held = Hold(100_000)
    if SECRET in text:
        with pytest.raises(Leak):
            hold(held, frames, b"another_one", SECRET)
    else:
        assert hold(held, frames, b"another_one", SECRET) == [frame for _, frame in frames]


def test_a_secret_is_no_secret_across_two_messages() -> None:
    held = Hold(10_000)
    assert hold(held, chunks(event(1, 1), SECRET[:10]), SECRET)
    assert hold(held, chunks(event(1, 2), SECRET[10:]), SECRET)


def keep(log: Log, header: Header, *payloads: bytes) -> list[bytes]:
    frames = [frame for _, frame in chunks(header, *(payloads or (b"",)))]
    log.add(header.begins, frames)
    return frames


def test_the_log_keeps_the_last_snapshot_and_what_followed() -> None:
    log = Log(10_000)
    keep(log, event(1, 9))
    assert log.frames() == [], "nobody can begin in the middle"
    first = [*keep(log, snapshot(1)), *keep(log, event(1, 1)), *keep(log, event(1, 2))]
    assert log.frames() == first
    second = keep(log, snapshot(2), b"in", b"pieces")
    assert log.frames() == second
    assert log.size == sum(map(len, second)) + len(second) * FRAME_COST
    log.clear()
    assert (log.frames(), log.size) == ([], 0)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 300)), max_size=60))
def test_the_log_is_bounded_and_always_begins_with_a_snapshot(acts: list[tuple[bool, int]]) -> None:
    log = Log(1000)
    header = snapshot(1)
    for anew, size in acts:
        header = snapshot(header.epoch + 1) if anew else event(header.epoch, header.message + 1)
        keep(log, header, bytes(size), b"")
        assert log.size <= 1000
        check = Order()
        assert all(check.fault(read(frame)) is None for frame in log.frames())
        assert log.size == sum(len(frame) + FRAME_COST for frame in log.frames())


def test_too_much_is_thrown_away_until_the_next_snapshot() -> None:
    log = Log(1000)
    keep(log, snapshot(1), bytes(500))
    keep(log, event(1, 1), bytes(500))
    assert log.frames() == []
    keep(log, event(1, 2))
    assert log.frames() == []
    whole = keep(log, snapshot(2), bytes(500))
    assert log.frames() == whole


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


def test_who_may_act_on_the_page() -> None:
    made = change(CUSTOMER, AGENT, COLLEAGUE)
    for name, capability, holder in (("1", "page_control", "a"), ("2", "page_view", "b"), ("3", "page_control", "b")):
        made.grant(
            Grant(id=name, capability=capability, giver="c", holder=holder, state="granted", asked_at=0.0)  # type: ignore[arg-type]
        )
    assert page_controllers(made.session) == {"b"}, "only who sees it"
