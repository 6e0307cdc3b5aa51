"""`rs-server`: serve, demo, media, doctor, schema; and the commands of `setup`."""

import argparse
import asyncio
import contextlib
import dataclasses
import gc
import logging
import signal
import sys
import tempfile
from collections.abc import Awaitable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import structlog

from rs_server import __version__, config, options

T = TypeVar("T")


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    args = _parser(argv[0] if argv else "").parse_args(argv)
    if args.command == "schema":
        from rs_server.protocol import schema
        from webacd.api import BODIES

        for path in schema.write(args.folder, BODIES):
            print(path)
        return 0
    if args.command == "media":
        from rs_server.media import worker

        logging.basicConfig(level=args.log_level.upper())
        return worker.run(args, alone=True)
    try:
        settings = config.read(vars(args))
        config.check(settings)
        _log(settings.log_level)
        match args.command:
            case "serve":
                return asyncio.run(_until_told_to_stop(_serve(settings)))
            case "demo":
                return asyncio.run(_until_told_to_stop(_demo(settings, args)))
            case "doctor":
                from rs_server import doctor

                return asyncio.run(doctor.examine(settings))
            case _:
                from rs_server import setup

                return asyncio.run(setup.run(settings, args))
    except (ValueError, CannotStart) as error:
        print(f"rs-server: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


class CannotStart(Exception):
    """Something outside of the program is not as it must be; the text says what, to whoever started it."""


def _parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rs-server", description="Remote support with a contact-centre queue.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)

    serve = commands.add_parser("serve", help="run the server")
    config.add_arguments(serve)

    demo = commands.add_parser("demo", help="run a whole small company on loopback, to try everything")
    demo.add_argument("--json", action="store_true", help="say addresses and passwords as one line of JSON")
    demo.add_argument("--port", type=int, default=8080, help="port; shop and view take the next two (default 8080)")
    demo.add_argument("--shop-port", type=int, default=None, help="port of the shop, when not the next one")
    demo.add_argument(
        "--view-port", type=int, default=None, help="port of the co-browse view, when not the next but one"
    )
    demo.add_argument("--data", type=Path, default=None, help="folder to keep the data in; a fresh one when not given")
    demo.add_argument(
        "--capacity", type=int, choices=range(1, 9), default=None, help="sessions an agent handles at once (default 3)"
    )
    for name in ("smtp-host", "smtp-port", "log-level", "media-workers", "presence-grace", "vanish-after"):
        kind = {"smtp-port": int, "media-workers": int, "presence-grace": float, "vanish-after": float}.get(name, str)
        demo.add_argument(f"--{name}", type=kind, default=None, help=argparse.SUPPRESS)

    media = commands.add_parser("media", help="run a media worker of a server that runs elsewhere")
    media.description = "Forward and record media. The secret is taken from DESKSIDE_MEDIA_SECRET."
    media.add_argument("--log-level", default="info", help="debug, info, warning or error (default info)")
    if command == "media":
        # Only then, because it brings all of the media with it.
        from rs_server.media import worker

        worker.add_arguments(media)

    doctor = commands.add_parser("doctor", help="see whether everything is there that the server needs")
    config.add_arguments(doctor)

    options.add_commands(commands)

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


async def _until_told_to_stop(work: Coroutine[Any, Any, None]) -> int:
    """Do the work until it ends, or until a signal asks to stop: then it is cancelled, wherever it is. The second
    signal does not wait for anything."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return 0


async def _start(stack: contextlib.AsyncExitStack, part: contextlib.AbstractAsyncContextManager[T]) -> T:
    """Enter a part. Raises `CannotStart` instead of what the machine says."""
    from sqlalchemy.exc import SQLAlchemyError

    entering = asyncio.ensure_future(part.__aenter__())
    try:
        with contextlib.suppress(asyncio.CancelledError):
            return await _to_its_end(entering)
        # Told to stop meanwhile: what was started is stopped with the rest.
        entering.result()
        raise asyncio.CancelledError
    except OSError as error:
        named = f" ({error.filename})" if error.filename else ""
        raise CannotStart(f"{error.strerror or error}{named}") from error
    except SQLAlchemyError as error:
        raise CannotStart(f"the database cannot be used: {str(error).splitlines()[0]}") from error
    finally:
        if entering.done() and not entering.cancelled() and entering.exception() is None:
            stack.push_async_exit(part)


async def _to_its_end(work: Awaitable[T]) -> T:
    """Do it to its end, also when told to stop meanwhile: who drops a statement halfway leaves a thread of the
    database behind, which would outlive the loop."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


async def _serve(settings: config.Config) -> None:
    from rs_server.app import running

    async with contextlib.AsyncExitStack() as stack:
        installation = await _start(stack, running(settings))
        _settle()
        print(f"Deskside is ready at {installation.base_url}", flush=True)
        await asyncio.Event().wait()


def _settle() -> None:
    """What is loaded by now stays to the end. The collector looks through it no more, which took a tenth of a second each
    time, for everybody."""
    gc.collect()
    gc.freeze()


def _after(port: int, more: int) -> int:
    return port + more if port else 0


async def _demo(settings: config.Config, args: argparse.Namespace) -> None:
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
            view_origin="",
            view_listen=f"127.0.0.1:{_after(args.port, 2) if args.view_port is None else args.view_port}",
            assets_from_loopback=True,
            data=folder,
            company="Acme Tools",
            presence_grace=args.presence_grace or settings.presence_grace,
        )
        installation = await _start(stack, running(settings, demo_outbox=True))
        port = args.shop_port if args.shop_port is not None else installation.port + 1
        shop = await _start(stack, demo.shop(installation, port))
        accounts = await _to_its_end(demo.furnish(installation, shop, args.capacity))
        facts = demo.DemoFacts(
            base=installation.base_url,
            shop=shop,
            view=installation.view_origin,
            users=accounts,
            queues=[{"id": q.id, "name": q.name} for q in installation.acd.queues()],
        )
        _settle()
        demo.announce(facts, args.json)
        await asyncio.Event().wait()


if __name__ == "__main__":
    sys.exit(main())
