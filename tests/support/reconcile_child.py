"""A server that is killed between a commit and what was to follow it: `python -m tests.support.reconcile_child DATA URL
WHAT`. `came_back`: a customer comes whose callback waits in the queue. `agent_gone`: an agent goes who was about to
invite a customer."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from rs_server.app import Installation, running
from rs_server.config import Config
from rs_server.demo import SITE_KEY
from rs_server.ports import CallbackRequest
from rs_server.protocol.api import HelpRequest, OutboundRequest
from rs_server.services.following import Following
from tests.support.media import FakeMedia
from webacd.channels.follow import Follower

NUMBER = "+33612345678"


def killed(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def came_back(installation: Installation) -> None:
    services: Any = installation.services
    async with services.hub.unit() as unit:
        await services.callbacks._callbacks.ask(
            unit, CallbackRequest(queue="support", source="abandon", name="Jeanne", number=NUMBER)
        )
    while not installation.acd.waiting():
        await asyncio.sleep(0.01)
    Follower._later = killed  # type: ignore[method-assign,assignment]
    async with services.hub.unit() as unit:
        site = services.identity.site(SITE_KEY)
        await services.sessions.ask_for_help(unit, site, HelpRequest(name="Jeanne", language="en"), NUMBER)


async def agent_gone(installation: Installation) -> None:
    services: Any = installation.services
    users = await services.identity.users("main")
    amelie = next(user for user in users if user.name == "amelie")
    await installation.acd.presence(amelie.id, True)
    await services.sessions.start_outbound(amelie, OutboundRequest(queue="billing", language="en"))
    Following._later = killed  # type: ignore[method-assign,assignment]
    await installation.acd.presence(amelie.id, False)


async def main(data: str, url: str, what: str) -> None:
    config = Config(listen_port=0, data=Path(data), company="Acme Tools", database_url=url, log_level="error")
    async with running(config, media=FakeMedia()) as installation:
        await {"came_back": came_back, "agent_gone": agent_gone}[what](installation)
        await asyncio.sleep(30)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
