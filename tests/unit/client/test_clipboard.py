"""What is copied, on its way to who may have it."""

import asyncio
from typing import Any, cast

import pytest

from rs_client.clipboard import ClipboardShare
from rs_client.inject import Clipboard
from rs_client.link import Refused
from rs_server.protocol.desktop import CLIPBOARD_BYTES
from rs_server.protocol.errors import Code, ErrorInfo

from .test_rights import agreed_to, grant


class Board:
    def __init__(self) -> None:
        self.text = ""
        self.new = asyncio.Event()

    def copy(self, text: str) -> None:
        self.text = text
        self.new.set()

    async def clipboard(self) -> str:
        return self.text

    async def changed(self) -> None:
        await self.new.wait()
        self.new.clear()

    def from_now(self) -> None:
        self.new.clear()

    def close(self) -> None: ...


class Desk:
    def __init__(self) -> None:
        grants = grant("v", "desktop_view"), grant("c", "desktop_control"), grant("o", "clipboard_out")
        self.rights = agreed_to(*grants)
        self.board = Board()
        self.sent: asyncio.Queue[str] = asyncio.Queue()
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.refusals: list[Refused] = []
        self.share = ClipboardShare(self.rights, lambda: cast(Clipboard, self.board), self.say)
        self.share.on_out = self.told.put_nowait

    async def say(self, body: Any) -> None:
        if self.refusals:
            raise self.refusals.pop()
        self.sent.put_nowait(body.text)


@pytest.fixture
async def desk() -> Any:
    made = Desk()
    made.board.copy("before")
    made.share.settle()
    await asyncio.sleep(0)
    yield made
    made.share.close()


async def test_control_characters_are_left_out_and_that_is_told(desk: Desk) -> None:
    desk.board.copy("rm\x1b[2J -r\x00\tx\n")
    assert await asyncio.wait_for(desk.sent.get(), 5) == "rm[2J -r\tx\n"
    assert await asyncio.wait_for(desk.told.get(), 5) == "cleaned"


async def test_what_is_too_long_is_told(desk: Desk) -> None:
    desk.board.copy("x" * (CLIPBOARD_BYTES + 1))
    assert await asyncio.wait_for(desk.told.get(), 5) == "long"
    desk.board.copy("short")
    assert await asyncio.wait_for(desk.sent.get(), 5) == "short"


async def test_too_many_at_once_and_the_last_one_arrives(desk: Desk) -> None:
    desk.refusals = [Refused(ErrorInfo(code=Code.THROTTLED, message="", retry_after=0.05))]
    desk.board.copy("one")
    while desk.refusals:
        await asyncio.sleep(0)
    desk.board.text = "two"
    assert await asyncio.wait_for(desk.sent.get(), 5) == "two"
