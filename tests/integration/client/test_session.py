"""A customer's client and an agent, through a real server and its media worker."""

from pathlib import Path
from typing import Any

import pytest

from rs_client.geometry import Rect
from rs_client.inject.x11_clipboard import X11Clipboard
from tests.support import xserver as xs
from tests.support.client import Refused
from tests.support.client_program import Native, native
from tests.support.native_call import Call
from tests.support.xserver import Application, XServer, until


async def joined(client: Native, call: Call) -> None:
    await client.said("would like to help you")
    await client.said("fraud")
    await client.said("y join")
    client.type("y")
    await call.agent.until(lambda: call.agent.view(call.session).get("session", {}).get("state") == "live", 30)
    await client.said("Nobody sees your screen now.")


async def allowed(client: Native, call: Call, capability: str, words: str) -> None:
    before = len(client.text)
    await call.ask(capability)
    await client.said(words, before)
    await client.said("y yes", before)
    client.type("y")
    await call.grant(capability, "granted")


async def refused(client: Native, call: Call, answer: str) -> None:
    so_far, before = len(call.grants("desktop_view", "refused")), len(client.text)
    await call.ask("desktop_view")
    await client.said("y yes", before)
    client.type(answer)
    await until(lambda: len(call.grants("desktop_view", "refused")) > so_far)


async def typed_into(xserver: XServer, app: Application, out: Path) -> None:
    """A terminal that writes down what is typed into it."""
    xserver.run("xterm", "-u8", "-T", "Typed", "-e", f"cat > {out}")
    await until(lambda: b"Typed" in app.x.property(app.x.core.GetInputFocus().reply().focus, "WM_NAME")[1])
    await until(out.exists)


async def test_view_control_and_stop(xserver: XServer, program: Any, call: Call, tmp_path: Path) -> None:
    out = tmp_path / "typed"
    await typed_into(xserver, program(), out)
    async with native(tmp_path, xserver.env, "--terminal", call.link) as client:
        await joined(client, call)
        await allowed(client, call, "desktop_view", "see your desktop?")
        picture = await call.shown()
        assert (picture["kind"], picture["monitor"], picture["width"]) == ("desktop", "left", 640)
        assert {"left", "right", "all"} <= {each["id"] for each in picture["monitors"]}
        await client.said("sees your monitor left")
        await call.sees("desktop")
        key = {"op": "key", "key": "x", "code": "KeyX"}
        with pytest.raises(Refused, match="not_allowed"):
            await call.input(picture["number"], {**key, "down": True})

        await call.agent.do("desktop.choose", call.session, giver=call.customer, monitor="all", mode="sampling")
        picture = await call.shown("all")
        assert (picture["width"], picture["mode"]) == (1280, "sampling")
        await allowed(client, call, "desktop_control", "control your desktop?")
        await client.said("sees and controls your desktop")
        text = "déjà vu, 10 €"
        await call.input(
            picture["number"],
            {"op": "text", "text": text},
            {"op": "key", "key": "Enter", "code": "Enter", "down": True},
            {"op": "key", "key": "Enter", "code": "Enter", "down": False},
        )
        await until(lambda: out.read_text() == f"{text}\n", "typed")
        quality = await call.agent.event("desktop.quality", call.session, timeout=20)
        assert quality["delay"] < 5

        client.type("s")
        await client.said("Stopped. Nobody sees your screen now.")
        await call.grant("desktop_control", "withdrawn")
        await call.grant("desktop_view", "withdrawn")
        await call.hidden()
        with pytest.raises(Refused, match="not_allowed"):
            await call.input(picture["number"], {"op": "text", "text": "late"})
        assert out.read_text() == f"{text}\n"
        client.type("q")
        assert await client.ends() == 0


async def test_a_restart_on_the_same_device_goes_on_without_a_question(
    xserver: XServer, call: Call, tmp_path: Path
) -> None:
    async with native(tmp_path, xserver.env, "--terminal", call.link) as client:
        await joined(client, call)
        await allowed(client, call, "desktop_view", "see your desktop?")
        first = await call.shown()
        await call.agent.do("desktop.choose", call.session, giver=call.customer, monitor="right")
        first = await call.shown("right")
        await client.said("sees your monitor right")
        await client.kill()
    async with native(tmp_path, xserver.env, "--terminal", call.link) as client:
        await client.said("You were in this conversation already.")
        client.type("y")
        await client.said("sees your monitor right")
        before = first["number"]
        await call.agent.until(lambda: shown_now(call) not in (None, before), 20)
        again = await call.shown()
        assert again["monitor"] == "right"
        # A number that was used before would let input of then land in this picture.
        with pytest.raises(Refused):
            await call.input(before, {"op": "move", "x": 0.5, "y": 0.5})
        assert "see your desktop?" not in client.text
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    async with native(stranger, xserver.env, "--terminal", call.link) as client:
        await client.said("This number or link is not valid any more.")


def shown_now(call: Call) -> int | None:
    picture = call.agent.bodies("desktop.shared", call.session)[-1]["picture"]
    return picture["number"] if picture else None


async def test_a_no_shows_nothing(xserver: XServer, call: Call, tmp_path: Path) -> None:
    async with native(tmp_path, xserver.env, "--terminal", call.link) as client:
        await joined(client, call)
        for answer in ("", "n", "yes please"):
            await refused(client, call, answer)
        assert call.agent.bodies("desktop.shared") == []


async def test_i_did_not_ask_for_help(xserver: XServer, call: Call, tmp_path: Path) -> None:
    async with native(tmp_path, xserver.env, "--terminal", call.link) as client:
        await client.said("y join")
        client.type("n")
        assert await client.ends() == 0
    assert call.agent.view(call.session)["session"]["state"] == "inviting"


async def test_one_window_is_chosen_and_nothing_else_is_offered(
    xserver: XServer, program: Any, call: Call, tmp_path: Path
) -> None:
    app: Application = program()
    await app.opened(Rect(50, 50, 300, 200), xs.RED, "Accounts")
    await app.opened(Rect(200, 100, 300, 200), xs.BLUE, "Private")
    async with native(tmp_path, xserver.env, "--terminal", call.link) as client:
        await joined(client, call)
        await call.ask("application_view")
        await client.said("y yes")
        client.type("y")
        await client.said("Number of the window")
        lines = [each for each in client.lines if "Accounts" in each]
        client.type(lines[0].split()[0])
        picture = await call.shown()
        assert (picture["kind"], picture["name"], picture["monitors"]) == ("application", "Accounts", [])
        assert (picture["width"], picture["height"]) == (300, 200)
        await client.said("sees the window “Accounts”")
        await call.sees("application")


async def test_the_clipboard_each_way_and_neither_without_its_grant(
    xserver: XServer, call: Call, tmp_path: Path
) -> None:
    board = X11Clipboard(xserver.display)
    try:
        async with native(tmp_path, xserver.env, "--terminal", call.link) as client:
            await joined(client, call)
            await allowed(client, call, "desktop_view", "see your desktop?")
            await allowed(client, call, "desktop_control", "control your desktop?")
            with pytest.raises(Refused, match="not_allowed"):
                await call.agent.do("clipboard.put", call.session, giver=call.customer, text="no")
            await allowed(client, call, "clipboard_in", "put text into your clipboard?")
            await call.agent.do("clipboard.put", call.session, giver=call.customer, text="grüße 1")
            await client.said("put text into your clipboard.")
            assert await board.clipboard() == "grüße 1"
            board.set_clipboard("private")
            await allowed(client, call, "clipboard_out", "get the text that you copy?")
            await client.said("gets the text that you copy")
            board.set_clipboard("grüße 2")
            got = await call.agent.event("clipboard.got", call.session, timeout=20)
            assert got["text"] == "grüße 2"
            client.type("c")
            await call.grant("clipboard_out", "withdrawn")
            await call.grant("desktop_control", "withdrawn")
    finally:
        board.close()
