"""Marks on the screen of who shows it: seen there, in nobody's way, gone at the end."""

import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import xcffib.xproto as xp

from rs_client.capture.x11 import X11Capture
from rs_client.core.marks import Dot, Frame, Line
from rs_client.geometry import Rect
from rs_client.x11.overlay import Overlay
from tests.support import xserver as xs
from tests.support.client import Refused
from tests.support.client_program import native
from tests.support.native_call import Call
from tests.support.xserver import Application, XServer, shown, until

from .conftest import Inject
from .test_session import allowed, joined

Program = Callable[[], Application]
Make = Callable[[str | Rect | None], Overlay]
INK = 0x3155D6
"""Also of the first in a session."""
PLACE = Rect(100, 100, 400, 300)


@pytest.fixture
async def overlay(xserver: XServer) -> AsyncIterator[Make]:
    begun: list[Overlay] = []

    def begin(over: str | Rect | None) -> Overlay:
        begun.append(Overlay(over, xserver.display))
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


def pixel(app: Application, x: int, y: int) -> int:
    """Of the screen, as somebody in front of it sees it."""
    data = app.x.core.GetImage(xp.ImageFormat.ZPixmap, app.x.root, x, y, 1, 1, 0xFFFFFFFF).reply().data
    return int.from_bytes(bytes(data)[:4], "little") & 0xFFFFFF


async def turns(app: Application, x: int, y: int, colour: int) -> None:
    await until(lambda: pixel(app, x, y) == colour, f"{colour:06x} at {x}, {y}, not {pixel(app, x, y):06x}")


async def test_what_is_below_is_clicked_and_comes_back(overlay: Make, program: Program, inject: Inject) -> None:
    app = program()
    window = await app.opened(PLACE, xs.GREEN, "Below")
    x, y = PLACE.x + 200, PLACE.y + 150
    marks = overlay(None)
    spot = (x / (xs.WIDTH - 1) + 1e-9, y / (xs.HEIGHT - 1) + 1e-9)
    box = (spot[0] - 0.1, spot[1] - 0.1, spot[0] + 0.1, spot[1] + 0.1)
    line = ((0.02, 0.9), (0.2, 0.9))
    marks.draw([Frame(box, INK, "Amélie 日本"), Dot(spot, INK, "Zoë"), Line(line, INK, 1)])
    await turns(app, x, y, INK)
    await turns(app, x + 30, y, xs.GREEN)
    await turns(app, int(0.1 * xs.WIDTH), int(0.9 * (xs.HEIGHT - 1)), INK)
    await turns(app, int(box[0] * xs.WIDTH), y, INK)

    hands = inject()
    assert hands.pointer(x, y)
    hands.button(1, True)
    hands.button(1, False)
    await app.heard(xp.ButtonReleaseEvent, window)

    # Something else opens: the marks stay above it.
    over = await app.opened(PLACE, xs.RED, "Opened later")
    await turns(app, x + 30, y, xs.RED)
    await turns(app, x, y, INK)
    app.destroy(over)
    marks.draw([])
    await turns(app, x, y, xs.GREEN)
    marks.draw([Dot(spot, INK, "Zoë")])
    await turns(app, x, y, INK)
    marks.close()
    await turns(app, x, y, xs.GREEN)


async def test_marks_leave_as_much_time_as_they_take(overlay: Make, program: Program) -> None:
    app = program()
    await app.opened(PLACE, xs.GREEN, "Below")
    marks = overlay(None)

    def row(y: int) -> Line:
        at = y / (xs.HEIGHT - 1) + 1e-9
        return Line(((0, at), (1, at)), INK, 1)

    marks.draw([row(200)])
    marks.draw([row(300)])
    assert (pixel(app, 300, 200), pixel(app, 300, 300)) == (INK, xs.GREEN)
    await turns(app, 300, 300, INK)
    marks.draw([row(200)])
    marks.draw([])
    assert pixel(app, 300, 200) == pixel(app, 300, 300) == xs.GREEN, "to take them away waits for nothing"


async def test_of_a_window_no_more_than_its_place_is_marked(
    overlay: Make, program: Program, capture: X11Capture
) -> None:
    app, other = program(), program()
    window = await app.opened(PLACE, xs.GREEN, "Shared")
    marks = overlay(str(window))
    marks.draw([Dot((0.5, 0.5), INK, "Zoë"), Line(((0, 0.99), (1, 0.99)), INK, 1)])
    place = app.place(window)
    x, y = place.x + place.width // 2, place.y + place.height // 2
    await turns(app, x, y, INK)
    await turns(app, x, place.y + place.height - 3, INK)
    assert pixel(app, x, place.y + place.height + 4) != INK
    feed = capture.open_window(str(window), 100)
    picture = await feed.next()
    assert xs.colour(picture, place.width // 2, place.height // 2) == xs.GREEN, "what is shown has no marks in it"

    app.configure(window, x=300, y=250)
    moved = await until(lambda: found if (found := app.place(window)) != place else None)
    await turns(app, moved.x + moved.width // 2, moved.y + moved.height // 2, INK)
    await turns(app, x, place.y + 20, pixel(app, 5, 5))
    cover = await other.opened(Rect(*moved), xs.RED, "Private")
    at = other.place(cover)
    await turns(app, at.x + 50, at.y + 50, xs.RED)
    assert pixel(app, moved.x + moved.width // 2, moved.y + moved.height // 2) == xs.RED, "it covers the marks as well"
    other.destroy(cover)
    await turns(app, moved.x + moved.width // 2, moved.y + moved.height // 2, INK)
    app.fill(window, Rect(0, 0, 1, 1), xs.BLUE)
    await shown(feed, lambda picture: xs.colour(picture, 0, 0) == xs.BLUE)
    feed.close()
    app.iconify(window)
    await until(lambda: pixel(app, moved.x + moved.width // 2, moved.y + moved.height // 2) != INK, "gone with it")


async def test_the_window_of_the_client_is_never_covered(overlay: Make, program: Program) -> None:
    app = program()
    below = await app.opened(PLACE, xs.GREEN, "Below")
    own = await app.opened(Rect(200, 200, 120, 100), xs.GREY, "Who sees this computer")
    app.claim(own, os.getpid())
    marks = overlay(None)
    row = 250 / (xs.HEIGHT - 1)
    marks.draw([Line(((0, row), (1, row)), INK, 1)])
    await turns(app, 120, 250, INK)
    place = app.place(own)
    assert pixel(app, place.x + 60, 250) == xs.GREY
    app.configure(own, x=50, y=180)
    moved = await until(lambda: found if (found := app.place(own)) != place else None)
    await turns(app, moved.x + 60, 250, xs.GREY)
    await turns(app, place.x + 110, 250, INK)
    app.destroy(below)


async def test_an_agent_points_until_it_is_withdrawn(
    xserver: XServer, program: Program, call: Call, tmp_path: Path
) -> None:
    app = program()
    await app.opened(PLACE, xs.GREEN, "Below")
    async with native(tmp_path, xserver.env, "--terminal", call.link) as client:
        await joined(client, call)
        await allowed(client, call, "desktop_view", "see your desktop?")
        picture = await call.shown()
        spot = [(300 + 0.5) / (picture["width"] - 1), (250 + 0.5) / (picture["height"] - 1)]

        async def point(number: int, shown: dict[str, Any]) -> None:
            to = {"giver": call.customer, "picture": number, "shown": shown}
            await call.agent.do("desktop.point", call.session, **to)

        await point(picture["number"], {"mark": "pointer", "at": spot})
        await turns(app, 300, 250, INK)
        await point(picture["number"], {"mark": "pointer", "at": None})
        await turns(app, 300, 250, xs.GREEN)
        box = [spot[0], spot[1], spot[0] + 0.2, spot[1] + 0.2]
        await point(picture["number"], {"mark": "highlight", "box": box})
        await turns(app, 300, 290, INK)

        # Another picture: what was drawn on the former one goes, and nothing more comes of it.
        await call.agent.do("desktop.choose", call.session, giver=call.customer, monitor="all")
        await turns(app, 300, 290, xs.GREEN)
        whole = await call.shown("all")
        with pytest.raises(Refused, match="conflict"):
            await point(picture["number"], {"mark": "highlight", "box": box})
        box = [300.5 / (xs.WIDTH - 1), 250.5 / (xs.HEIGHT - 1), 0.9, 0.9]
        await point(whole["number"], {"mark": "highlight", "box": box})
        await turns(app, 300, 290, INK)
        client.type("s")
        await turns(app, 300, 290, xs.GREEN)
        await call.grant("desktop_view", "withdrawn")
        with pytest.raises(Refused, match="not_allowed"):
            await point(whole["number"], {"mark": "highlight", "box": box})
