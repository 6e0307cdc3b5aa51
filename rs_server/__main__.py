"""`rs-server`: serve, demo, media, user, schema."""

import argparse
import sys
from pathlib import Path


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="rs-server", description="Remote support with a contact-centre queue.")
    commands = parser.add_subparsers(dest="command", required=True)
    schema = commands.add_parser("schema", help="write JSON Schema and TypeScript of all messages")
    schema.add_argument("folder", type=Path, nargs="?", default=Path("web/src/contract"))
    args = parser.parse_args(argv)
    from rs_server.protocol import schema as schemas

    for path in schemas.write(args.folder):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
