"""`rs-client`: join a session, and let others see or control this computer as far as you allow."""

import argparse
import asyncio
import logging
import sys

ABOUT = """Joins by a number or a link. Nothing is shared before you have said yes, each time; Stop ends it at once.
Settings come from this command line only: never from the name of the file, a link's address beyond its server, or a
file beside the program."""


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rs-client", description=ABOUT)
    parser.add_argument("address", nargs="?", default="", help="the number or link; asked for when not given")
    parser.add_argument("--server", default="", help="address of the site, with a number")
    parser.add_argument("--language", choices=("en", "fr"), help="else that of the system")
    parser.add_argument("--terminal", action="store_true", help="no window: all is said and asked in the terminal")
    parser.add_argument("--theme", choices=("light", "dark", "contrast"), default="light")
    parser.add_argument("--scale", type=float, help="size of the window's text, 1 to 3")
    parser.add_argument("--verbose", action="store_true", help="say on standard error what goes on")
    parser.add_argument("--version", action="store_true")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["--x11-guard"]:
        from rs_client.inject import x11_guard

        x11_guard.main(given[-1])
        return 0
    chosen = options(given)
    # Late: help and guard need none of it.
    from rs_client import app, texts
    from rs_server import __version__

    if chosen.version:
        sys.stdout.write(f"rs-client {__version__}\n")
        return 0
    logging.basicConfig(level=logging.INFO if chosen.verbose else logging.ERROR, stream=sys.stderr)
    wanted = app.Options(
        address=chosen.address,
        server=chosen.server,
        language=chosen.language or texts.system_language(),
        terminal=chosen.terminal,
        theme=chosen.theme,
        scale=None if chosen.scale is None else min(3.0, max(1.0, chosen.scale)),
    )
    try:
        return asyncio.run(app.run(wanted))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
