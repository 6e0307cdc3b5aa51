"""A server with many agents in a process of its own: `python -m tests.bench.crowd FOLDER AGENTS [DATABASE]`.

Its first line is JSON: `base`, `cookies` (a sign-in for each agent). Signing in 2,000 people by password would take
minutes of argon2, so their sign-ins are written straight into the database. Media workers are left out. Ends with its
input."""

import asyncio
import sys
import time
from pathlib import Path

import msgspec
import structlog

from rs_server.app import TENANT, Installation, running
from rs_server.config import Config
from rs_server.core.permissions import Profile
from rs_server.demo import SITE_KEY
from rs_server.services.ids import digest, new_id, new_token
from rs_server.store import identity as store
from rs_server.store.identity import User
from rs_server.store.sites import Site
from tests.support.media import FakeMedia

SHOP = "http://127.0.0.1:1"
CAPACITY = 3


async def furnish(installation: Installation, agents: int) -> list[str]:
    """One queue with all of them in it; their cookies."""
    services, acd = installation.services, installation.acd
    site = Site(
        key=SITE_KEY,
        tenant=TENANT,
        company="Acme Tools",
        origins=(SHOP,),
        languages=("en",),
        queue="support",
        capabilities=("hear",),
        theme={},
    )
    await services.identity.put_site(site)
    now, tokens = time.time(), []
    async with acd.database.begin() as unit:
        await acd.config.put_queue(unit, "support", "Support", wrap_up_seconds=0, default=True)
        for number in range(agents):
            user = User(
                id=new_id(),
                tenant=TENANT,
                name=f"agent{number}",
                display_name=f"Agent {number}",
                department="Care",
                language="en",
                email="",
                roles=(Profile.AGENT.value,),
            )
            await store.add_user(unit.connection, user, "", now)
            await acd.config.put_agent(unit, user.id, queues=("support",), capacity=CAPACITY)
            tokens.append(new_token())
            await store.add_sign_in(unit.connection, digest(tokens[-1]), user.id, now, now + 3600)
        await acd.reconfigure(unit)
    await services.desk.reload_users()
    return tokens


async def main() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    folder, agents, *database = sys.argv[1:]
    config = Config(listen_port=0, data=Path(folder), database_url=database[0] if database else "", log_level="error")
    async with running(config, media=FakeMedia()) as installation:
        cookies = await furnish(installation, int(agents))
        print(msgspec.json.encode({"base": installation.base_url, "cookies": cookies}).decode(), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
