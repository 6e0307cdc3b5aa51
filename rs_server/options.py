"""What the commands of `setup` take. Brings nothing of the server with it, so that every command starts quickly."""

import argparse
from pathlib import Path
from typing import get_args

from rs_server.core.capabilities import SKILLS
from rs_server.core.permissions import Profile
from rs_server.protocol.consent import Capability

OFFERED_ON_SITES = ("hear", "see", "screen_view", *SKILLS)
"""Each is asked for, every time; what takes the company's page has to be set up first."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    user = _command(commands, "user", "create a staff account; the password is read from standard input")
    user.add_argument("name")
    user.add_argument("--display-name", default="")
    user.add_argument(
        "--role", action="append", required=True, choices=[profile.value for profile in Profile], help="repeatable"
    )
    user.add_argument(
        "--queue", action="append", default=[], help="queue that an agent serves, made when there is none; repeatable"
    )
    user.add_argument("--capacity", type=int, default=3, help="sessions the agent handles at once, 1 to 8 (default 3)")

    agent = _command(commands, "agent", "change which queues an account serves, and how many sessions at once")
    agent.add_argument("name", help="of the account")
    agent.add_argument("--queue", action="append", default=None, help="replaces those there were; repeatable")
    agent.add_argument("--capacity", type=int, default=None, help="sessions at once, 1 to 8")
    agent.add_argument("--remove", action="store_true", help="the account serves nobody any more")

    site = commands.add_parser("site", help="web sites on which the embed may run")
    sites = site.add_subparsers(dest="act", required=True)
    add = _command(sites, "add", "add a site, or replace it")
    add.add_argument("key", help="that the embed names")
    add.add_argument("--company", required=True, help="name shown to customers")
    add.add_argument("--origin", action="append", required=True, help="like https://shop.example; repeatable")
    add.add_argument("--language", action="append", default=None, help="like en, the default; repeatable")
    add.add_argument("--queue", required=True, help="where its customers wait")
    add.add_argument(
        "--capability",
        action="append",
        default=None,
        choices=get_args(Capability),
        help=f"what is offered there (default {', '.join(OFFERED_ON_SITES)}); repeatable",
    )
    add.add_argument("--accent", default="#3155d6", help="colour of the button (default #3155d6)")
    for option, about in (
        ("--further-queue", "queue that its pages may choose instead"),
        ("--skill", "skill that its pages may ask for in whoever answers"),
        ("--unmask", "CSS selector of what agents may see although it is typed or hidden"),
        ("--mask", "CSS selector of what is masked as a whole"),
        ("--risky", "CSS selector of what asks the customer each time an agent acts on it (default: what submits)"),
        ("--asset-host", "host[:port] from which the server may fetch what pages show and browsers may not read"),
        ("--canary", "8 to 64 letters, digits, - and _: where it is seen in a page's stream, that stream is stopped"),
    ):
        add.add_argument(option, action="append", default=[], help=f"{about}; repeatable")
    _command(sites, "list", "show the sites")
    _command(sites, "remove", "remove a site; does nothing when there is none").add_argument("key")

    queue = commands.add_parser("queue", help="queues in which customers wait")
    queues = queue.add_subparsers(dest="act", required=True)
    put = _command(queues, "put", "add a queue, or change what is given of it")
    put.add_argument("id")
    put.add_argument("--name", default=None, help="shown to people; its id when not given")
    put.add_argument("--recording", choices=("off", "on_demand", "always"), default=None, help="default off")
    put.add_argument("--wrap-up", type=_seconds, default=..., help="seconds, or none: until the agent ends it")
    put.add_argument("--allow-pick", action=argparse.BooleanOptionalAction, default=None, help="take by hand")
    put.add_argument("--default", action="store_true", help="contacts without a queue go there")
    _command(queues, "list", "show the queues")
    _add_remove(queues, "remove a queue; whoever waits there goes on waiting in the default queue")

    reasons = commands.add_parser("reason", help="reasons that agents give for being not ready").add_subparsers(
        dest="act", required=True
    )
    put = _command(reasons, "put", "add a reason, or change its words")
    put.add_argument("id")
    _add_label(put)
    _add_remove(reasons, "remove a reason")

    outcomes = commands.add_parser("outcome", help="outcome codes of sessions").add_subparsers(
        dest="act", required=True
    )
    _add_remove(outcomes, "remove an outcome code, from whatever has it")
    put = _command(outcomes, "put", "add an outcome code, or change it")
    put.add_argument("id")
    _add_label(put)
    put.add_argument("--queue", default=None, help="the one queue that has it; all when not given")

    tenant = _command(commands, "tenant", "show or change rules of the whole installation")
    tenant.add_argument("--single-session", choices=("on", "off"), default=None, help="agents have one session at once")

    configuration = commands.add_parser("configuration", help="all that routing goes by, as one file")
    ways = configuration.add_subparsers(dest="act", required=True)
    export = _command(ways, "export", "write it to a file")
    export.add_argument("file", type=Path, nargs="?", default=None, help="standard output when not given")
    load = _command(ways, "import", "load such a file instead of everything there is, or nothing of it")
    load.add_argument("file", type=Path)
    load.add_argument("--check", action="store_true", help="only say what it would change")


def _add_remove(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", help: str) -> None:
    _command(commands, "remove", f"{help}; does nothing when there is none").add_argument("id")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, help: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help, description=help)
    parser.add_argument("--data", type=Path, default=None, help="folder of the installation")
    parser.add_argument(
        "--database-url", "--database", default=None, help="its database; SQLite in the folder when not given"
    )
    return parser


def _add_label(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--label", nargs="+", required=True, metavar="LANGUAGE=WORDS", help='like en=Lunch fr="Pause déjeuner"'
    )


def _seconds(text: str) -> float | None:
    return None if text == "none" else float(text)
