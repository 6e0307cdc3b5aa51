"""The least that an aiohttp server can do with a file: `python -m tests.bench.plain FOLDER`. Ends with its input."""

import asyncio
import hashlib
import sys
from pathlib import Path

from aiohttp import web

FOLDER = web.AppKey("folder", Path)


async def take(request: web.Request) -> web.Response:
    with (request.app[FOLDER] / request.match_info["name"]).open("wb") as file:
        async for chunk in request.content.iter_any():
            file.write(chunk)
    return web.Response(status=204)


async def take_and_digest(request: web.Request) -> web.Response:
    digest = hashlib.sha256()
    with (request.app[FOLDER] / request.match_info["name"]).open("wb") as file:
        async for chunk in request.content.iter_any():
            file.write(chunk)
            digest.update(chunk)
    return web.Response(status=204, headers={"X-Digest": digest.hexdigest()})


async def give(request: web.Request) -> web.FileResponse:
    return web.FileResponse(request.app[FOLDER] / request.match_info["name"])


async def main() -> None:
    app = web.Application()
    app[FOLDER] = Path(sys.argv[1])
    app.router.add_put("/{name}", take)
    app.router.add_put("/digest/{name}", take_and_digest)
    app.router.add_get("/{name}", give)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
