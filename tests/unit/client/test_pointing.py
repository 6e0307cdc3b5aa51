"""Only who views marks what is shown now, and nothing of it stays behind."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from rs_client.core.marks import Shape
from rs_client.core.rights import Rights
from rs_client.errors import Unsupported, Why
from rs_client.geometry import Rect
from rs_client.pointing import Pointing
from rs_client.share import Shared, Target
from rs_server.protocol.desktop import DesktopMark, Picture, ScreenHighlight

from .test_rights import ANNA, BEN, agreed_to, grant


class Board:
    def __init__(self, over: str | Rect | None) -> None:
        self.over = over
        self.drawn: list[Sequence[Shape]] = []
        self.closed = False

    def draw(self, shapes: Sequence[Shape]) -> None:
        self.drawn.append(shapes)

    def close(self) -> None:
        self.closed = True


def shared(number: int = 1) -> Shared:
    picture = Picture(number=number, kind="desktop", name="", width=100, height=100)
    return Shared(picture, Target("desktop", "all"), cast(Any, None), None)


def mark(by: str = ANNA, picture: int = 1) -> DesktopMark:
    return DesktopMark(by=by, by_name=by, picture=picture, shown=ScreenHighlight(box=(0, 0, 1, 1)))


class Scene:
    def __init__(self) -> None:
        self.boards: list[Board] = []
        self.rights: Rights = agreed_to(grant("v", "desktop_view"))
        self.pointing = Pointing(self.rights, self.make)
        self.pointing.show(shared())

    def make(self, over: str | Rect | None) -> Board:
        self.boards.append(Board(over))
        return self.boards[-1]

    async def marked(self, *marks: DesktopMark) -> None:
        for each in marks:
            self.pointing.take(each)
        loop = asyncio.get_running_loop()
        # What is due by now has been done when this comes.
        done = loop.create_future()
        loop.call_later(0.04, done.set_result, None)
        await done

    @property
    def shown(self) -> int:
        """How many marks stand there."""
        return sum(len(each.drawn[-1]) for each in self.boards if each.drawn and not each.closed)


async def test_who_views_marks_this_picture_and_nobody_else_another() -> None:
    scene = Scene()
    await scene.marked(mark(BEN), mark(picture=2), mark("nobody"))
    assert not scene.boards
    await scene.marked(mark())
    assert scene.shown == 1
    # The same picture, of another size.
    scene.pointing.show(shared())
    assert scene.shown == 1
    scene.pointing.show(shared(2))
    assert scene.shown == 0
    await scene.marked(mark())
    assert scene.shown == 0
    await scene.marked(mark(picture=2))
    assert scene.shown == 1
    scene.pointing.show(None)
    assert scene.shown == 0
    await scene.marked(mark(picture=2))
    assert scene.shown == 0


async def test_marks_end_with_the_view_at_once() -> None:
    scene = Scene()
    await scene.marked(mark())
    scene.rights.stop()
    scene.pointing.settle()
    assert scene.shown == 0
    await scene.marked(mark())
    assert scene.shown == 0


async def test_a_screen_that_shows_no_marks_is_no_trouble() -> None:
    scene = Scene()

    def cannot(_over: str | Rect | None) -> Board:
        raise Unsupported(Why.NO_EXTENSION, "no")

    scene.pointing = Pointing(scene.rights, cannot)
    scene.pointing.show(shared())
    await scene.marked(mark())
    scene.pointing.close()
