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
