"""*This is not right*: everything ends at once, and the company is told, also when the line is down just then."""

from pathlib import Path

import pytest

from tests.support.client_program import native
from tests.support.line import line
from tests.support.native_call import Call
from tests.support.xserver import XServer

from .test_session import allowed, joined


@pytest.mark.parametrize("down", [False, True])
async def test_the_person_reports(xserver: XServer, call: Call, tmp_path: Path, down: bool) -> None:
    async with line(call.house.base) as way:
        async with native(tmp_path, xserver.env, "--terminal", way.over(call.link)) as client:
            await joined(client, call)
            await allowed(client, call, "desktop_view", "see your desktop?")
            await call.shown()
            if down:
                way.cut()
                await client.said("Connection lost.")
            client.type("report")
            await client.said("Everything is stopped.")
            if down:
                way.mend()
            await client.said("The company was told")
            assert await client.ends() == 0
        await call.agent.until(lambda: call.agent.view(call.session)["session"]["state"] == "ended")
        assert [each for each in call.agent.view(call.session)["lines"] if each["kind"] == "reported"]


@pytest.mark.parametrize("down", [True, False])
async def test_an_agent_who_ends_it_first_hides_nothing(
    xserver: XServer, call: Call, tmp_path: Path, down: bool
) -> None:
    """`down`: the line goes down before the end is heard; else the person reports while only their words are late."""
    async with line(call.house.base) as way:
        async with native(tmp_path, xserver.env, "--terminal", way.over(call.link)) as client:
            await joined(client, call)
            if down:
                way.cut()
                await client.said("Connection lost.")
            else:
                way.hold()
            client.type("report")
            await client.said("Everything is stopped.")
            await call.agent.do("session.end", call.session)
            if down:
                way.mend()
            else:
                way.go_on()
            await client.said("The company was told")
            assert await client.ends() == 0
        detail = await call.agent.api.call("GET", f"/sessions/{call.session}")
        assert [each for each in detail["lines"] if each["kind"] == "reported"]


async def test_who_leaves_before_it_arrived_is_told_so(xserver: XServer, call: Call, tmp_path: Path) -> None:
    async with line(call.house.base) as way:
        async with native(tmp_path, xserver.env, "--terminal", way.over(call.link)) as client:
            await joined(client, call)
            way.cut()
            await client.said("Connection lost.")
            client.type("report")
            await client.said("Everything is stopped.")
            client.type("q")
            await client.said("The company could not be told")
            assert await client.ends() == 0
        assert "The company was told" not in client.text
