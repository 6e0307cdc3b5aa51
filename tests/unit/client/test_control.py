"""From the queue to the injector: what is thrown away, and when what is pressed is let go."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from rs_client.control import Controller
from rs_client.core.hands import Hands
from rs_client.core.rights import Rights
from rs_client.errors import Gone, Unsupported, Why
from rs_client.inject import STOP_KEYS, Injector
from rs_client.share import Shared, Target
from rs_server.protocol.desktop import (
    DesktopDo,
    InputButton,
    InputEvent,
    InputKey,
    InputRelease,
    InputText,
    InputWheel,
    Picture,
)

from .test_rights import ANNA, controlled, grant

KEY = InputKey(key="a", code="KeyA", down=True)


class Fake:
    """An injector that writes down what it does."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.releases = 0
        self.kept_back = False
        self.typing = asyncio.Event()
        self.go_on = asyncio.Event()

    def pointer(self, x: int, y: int) -> bool:
        self.done.append((x, y))
        return x >= 0

    def button(self, number: int, down: bool) -> bool:
        self.done.append((number, down))
        return True

    def wheel(self, dx: int, dy: int) -> bool:
        self.done.append(("wheel", dx, dy))
        return True

    async def key(self, key: str, down: bool, code: str = "") -> bool:
        self.done.append((key, down))
        return True

    async def text(self, text: str) -> bool:
        self.typing.set()
        await self.go_on.wait()
        return True

    def release(self) -> None:
        self.releases += 1
        self.go_on.set()

    def hotkey(self, callback: Callable[[], None]) -> None: ...

    def close(self) -> None:
        self.release()


class Feed:
    size, hidden = (100, 100), False

    def to_root(self, x: float, y: float) -> tuple[int, int] | None:
        return None if x > 0.9 else (int(100 * x), int(100 * y))


def shared(number: int = 1) -> Shared:
    picture = Picture(number=number, kind="desktop", name="", width=100, height=100)
    return Shared(picture, Target("desktop", "all"), cast(Any, Feed()), None)


class Keys:
    def __init__(self) -> None:
        self.open = True
        self.on_close: Callable[[], None] = lambda: None

    @property
    def closed(self) -> bool:
        return not self.open

    def close(self) -> None:
        self.open = False
        self.on_close()


class Desk:
    def __init__(self, rights: Rights) -> None:
        self.rights = rights
        self.keys: list[Keys] = []
        self.fake = Fake()
        self.hands = Hands(rights)
        self.control = Controller(self.hands, lambda _: cast(Injector, self.fake), self.listen, lambda: None)
        self.control.show(shared())

    def listen(self, _stop: object) -> Keys:
        self.keys.append(Keys())
        return self.keys[-1]

    def take(self, *events: InputEvent) -> None:
        self.control.take(DesktopDo(by=ANNA, by_name="", picture=1, events=list(events)))

    async def ran(self, done: Callable[[], Any]) -> None:
        running = asyncio.create_task(self.control.run())
        async with asyncio.timeout(30):
            while not done():
                await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_input_is_applied_where_it_was_meant() -> None:
    desk = Desk(controlled())
    desk.take(
        InputButton(x=0.5, y=0.25, button=1, down=True),
        InputButton(x=0.95, y=0.5, button=3, down=True),
        InputButton(x=0.95, y=0.5, button=1, down=False),
        InputWheel(x=0.1, y=0.1, dy=0.6),
        InputWheel(x=0.1, y=0.1, dy=0.6),
    )
    await desk.ran(lambda: desk.control.applied == 5)
    assert desk.fake.done == [(50, 25), (1, True), (1, False), (10, 10), ("wheel", 0, 0), (10, 10), ("wheel", 0, 1)]


@pytest.mark.parametrize(
    ("error", "why"), [(Unsupported(Why.NO_WINDOWS, "English"), Why.NO_WINDOWS), (Gone("English"), Why.GONE)]
)
async def test_why_nothing_can_be_controlled_is_no_sentence_yet(error: Exception, why: Why) -> None:
    def none(_: object) -> Injector:
        raise error

    said: list[Why] = []
    control = Controller(Hands(controlled()), none, lambda _: Keys(), lambda: None)
    control.on_unsupported = said.append
    control.show(shared())
    assert said == [why]


@pytest.mark.parametrize("how", ["withdrawn", "stop", "lost", "locked"])
async def test_a_thousand_that_wait_are_thrown_away_and_all_is_let_go(how: str) -> None:
    desk = Desk(controlled())
    for _ in range(20):
        desk.take(*[KEY] * 50)
    match how:
        case "withdrawn":
            desk.rights.grant(grant("c", "desktop_control", state="withdrawn"))
        case "stop":
            desk.rights.stop()
        case "lost":
            desk.rights.connected = False
        case _:
            desk.rights.locked = True
    desk.control.settle()
    assert (len(desk.hands), desk.fake.releases) == (0, 1)
    running = asyncio.create_task(desk.control.run())
    desk.take(KEY)
    for _ in range(50):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert desk.fake.done == []


async def test_a_text_under_way_ends_with_the_grant_and_nothing_follows() -> None:
    desk = Desk(controlled())
    desk.take(InputText(text="long"), KEY)
    running = asyncio.create_task(desk.control.run())
    await asyncio.wait_for(desk.fake.typing.wait(), 10)
    desk.rights.grant(grant("v", "desktop_view", state="withdrawn"))
    desk.control.settle()
    assert desk.fake.releases == 1
    for _ in range(50):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert desk.fake.done == []


async def test_another_picture_lets_go() -> None:
    desk = Desk(controlled())
    desk.take(KEY)
    desk.control.show(shared(2))
    assert desk.fake.releases == 1
    assert len(desk.hands) == 0
    desk.take(KEY)
    assert len(desk.hands) == 0


async def test_a_withdrawal_that_comes_right_behind_the_input_comes_first() -> None:
    desk = Desk(controlled())
    running = asyncio.create_task(desk.control.run())
    await asyncio.sleep(0)
    for _ in range(20):
        desk.take(*[KEY] * 50)
        # As much as the connection gives at once; the next comes a pass or two later.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    desk.rights.grant(grant("c", "desktop_control", state="withdrawn"))
    desk.control.settle()
    for _ in range(50):
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert desk.fake.done == []


async def test_input_that_never_ends_is_applied_all_the_same() -> None:
    desk = Desk(controlled())
    running = asyncio.create_task(desk.control.run())
    async with asyncio.timeout(30):
        while len(desk.fake.done) < 3:
            desk.take(KEY)
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_was_kept_back_is_said_once() -> None:
    desk = Desk(controlled())
    told: list[None] = []
    desk.control.on_kept_back = lambda: told.append(None)
    desk.fake.kept_back = True
    desk.take(*[KEY] * 5)
    await desk.ran(lambda: desk.control.applied == 5)
    assert len(told) == 1


async def test_nothing_is_done_while_the_window_that_asks_is_within_reach() -> None:
    desk = Desk(controlled())
    desk.control.protected = lambda: False
    desk.take(KEY, InputButton(x=0.5, y=0.25, button=1, down=True), InputRelease())
    await desk.ran(lambda: desk.fake.releases)
    assert desk.fake.done == []


async def test_somebody_listens_for_the_stop_keys_as_long_as_anything_is_allowed() -> None:
    """One at a time: while something is shown, it is the injector."""
    desk = Desk(controlled())
    assert desk.control.keys == STOP_KEYS
    desk.control.guard(True)
    assert not desk.keys
    desk.control.show(None)
    desk.control.guard(True)
    assert [each.open for each in desk.keys] == [True]
    assert desk.control.keys == STOP_KEYS
    desk.control.show(shared(2))
    assert [each.open for each in desk.keys] == [False]
    desk.control.show(None)
    assert [each.open for each in desk.keys] == [False, True]
    desk.control.guard(False)
    assert [each.open for each in desk.keys] == [False, False]
    assert desk.control.keys == ""


async def test_without_stop_keys_nothing_is_said_of_them() -> None:
    def none(_: object) -> Keys:
        tried.append(1)
        raise Unsupported(Why.NO_DISPLAY, "English")

    tried: list[int] = []
    control = Controller(Hands(controlled()), lambda _: cast(Injector, Fake()), none, lambda: None)
    control.guard(True)
    control.guard(True)
    assert (control.keys, tried) == ("", [1])
    control.guard(False)
    control.guard(True)
    assert tried == [1, 1], "it may work the next time"


async def test_stop_keys_whose_display_ended_are_not_spoken_of() -> None:
    desk = Desk(controlled())
    desk.control.show(None)
    desk.control.guard(True)
    desk.keys[0].close()
    assert desk.control.keys == ""
    desk.control.guard(True)
    assert [each.open for each in desk.keys] == [False, True]


async def test_a_stop_while_the_picture_begins_leaves_nobody_with_the_keys() -> None:
    desk = Desk(controlled())
    desk.control.show(None)
    desk.control.guard(True)

    def stopped() -> None:
        desk.control.guard(False)
        desk.control.show(None)

    desk.keys[0].on_close = stopped
    desk.control.show(shared(2))
    assert desk.control.keys == ""
    assert [each.open for each in desk.keys] == [False]
    assert desk.fake.releases > 0


async def test_stop_keys_end_with_the_client() -> None:
    desk = Desk(controlled())
    desk.control.show(None)
    desk.control.guard(True)
    turns = iter([False, False, True])
    await desk.ran(lambda: next(turns))
    assert [each.open for each in desk.keys] == [False]
