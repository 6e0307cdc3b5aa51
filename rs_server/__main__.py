"""`rs-server`: serve, demo, user, schema."""

import argparse
import asyncio
import contextlib
import dataclasses
import getpass
import logging
import signal
import sys
import tempfile
from pathlib import Path

import structlog

from rs_server import __version__, config


def main(argv: list[str] | None = None) -> int:
    parser = _parser()
    args = parser.parse_args(argv)
    if args.command == "schema":
        from rs_server.protocol import schema

        for path in schema.write(args.folder):
            print(path)
        return 0
    try:
        settings = config.read(vars(args))
    except ValueError as error:
        parser.error(str(error))
    _log(settings.log_level)
    with contextlib.suppress(KeyboardInterrupt):
        match args.command:
            case "serve":
                return asyncio.run(_serve(settings))
            case "demo":
                return asyncio.run(_demo(settings, args))
            case "user":
                return asyncio.run(_user(settings, args))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rs-server", description="Remote support with a contact-centre queue.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)

    serve = commands.add_parser("serve", help="run the server")
    config.add_arguments(serve)

    demo = commands.add_parser("demo", help="run a whole small company on loopback, to try everything")
    demo.add_argument("--json", action="store_true", help="say addresses and passwords as one line of JSON")
    demo.add_argument("--port", type=int, default=8080, help="port; the shop takes the next one (default 8080)")
    demo.add_argument("--shop-port", type=int, default=None, help="port of the shop, when not the next one")
    demo.add_argument("--data", type=Path, default=None, help="folder to keep the data in; a fresh one when not given")
    demo.add_argument("--capacity", type=int, default=None, help="sessions an agent handles at once (default 3)")
    for name in ("smtp-host", "smtp-port", "log-level", "media-workers", "presence-grace", "vanish-after"):
        kind = {"smtp-port": int, "media-workers": int, "presence-grace": float, "vanish-after": float}.get(name, str)
        demo.add_argument(f"--{name}", type=kind, default=None, help=argparse.SUPPRESS)

    user = commands.add_parser("user", help="create a staff account")
    user.add_argument("name")
    user.add_argument("--display-name", default="")
    user.add_argument("--role", action="append", required=True, help="agent, supervisor, administrator, auditor, ...")
    user.add_argument("--data", type=Path, default=None)
    user.add_argument("--database-url", default=None)

    schema = commands.add_parser("schema", help="write JSON Schema and TypeScript of all messages")
    schema.add_argument("folder", type=Path, nargs="?", default=Path("web/src/contract"))
    return parser


def _log(level: str) -> None:
    logging.basicConfig(stream=sys.stderr, level=level.upper(), format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


async def _until_told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


async def _serve(settings: config.Config) -> int:
    from rs_server.app import running

    async with running(settings) as installation:
        print(f"Deskside is ready at {installation.base_url}", flush=True)
        await _until_told_to_stop()
    return 0


async def _demo(settings: config.Config, args: argparse.Namespace) -> int:
    from rs_server import demo
    from rs_server.app import running

    async with contextlib.AsyncExitStack() as stack:
        folder = args.data
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="deskside-demo-")))
        settings = dataclasses.replace(
            settings,
            listen_host="127.0.0.1",
            listen_port=args.port,
            base_url="",
            data=folder,
            company="Acme Tools",
            presence_grace=args.presence_grace or settings.presence_grace,
        )
        installation = await stack.enter_async_context(running(settings, demo_outbox=True))
        port = args.shop_port if args.shop_port is not None else installation.port + 1
        shop = await stack.enter_async_context(demo.shop(installation, port))
        accounts = await demo.furnish(installation, shop)
        facts = demo.DemoFacts(
            base=installation.base_url,
            shop=shop,
            view=f"http://localhost:{installation.port + 2}",
            users=accounts,
            queues=[{"id": q.id, "name": q.name} for q in installation.acd.queues()],
        )
        demo.announce(facts, args.json)
        await _until_told_to_stop()
    return 0


async def _user(settings: config.Config, args: argparse.Namespace) -> int:
    from rs_server.app import TENANT, WallClock
    from rs_server.core.permissions import Profile
    from rs_server.db import Database
    from rs_server.db.migrate import migrate
    from rs_server.protocol.errors import ProtocolError
    from rs_server.services.identity import Identity

    password = sys.stdin.readline().rstrip("\n") if not sys.stdin.isatty() else getpass.getpass("Password: ")
    settings.data.mkdir(parents=True, exist_ok=True)
    await migrate(settings.url)
    database = Database(settings.url)
    try:
        roles = tuple(Profile(role) for role in args.role)
        user = await Identity(database, WallClock()).add_user(
            TENANT, args.name, args.display_name or args.name, roles, password
        )
    except (ProtocolError, ValueError) as error:
        print(f"rs-server: {error}", file=sys.stderr)
        return 1
    finally:
        await database.close()
    print(f"{user.name} was created")
    return 0


if __name__ == "__main__":
    sys.exit(main())
