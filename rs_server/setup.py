"""Commands that set an installation up: people, sites, queues, reasons, outcome codes, rules. Also while it runs."""

import argparse
import getpass
import json
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from rs_server import setup_file
from rs_server.app import TENANT
from rs_server.config import Config
from rs_server.core.permissions import Profile
from rs_server.db import Database, UnitOfWork
from rs_server.db.migrate import migrate
from rs_server.machine import WallClock, make_folder
from rs_server.options import OFFERED_ON_SITES
from rs_server.protocol.errors import ProtocolError
from rs_server.protocol.sites import SiteSettings
from rs_server.services import sites
from rs_server.services.configuration import note_change
from rs_server.services.identity import Identity, origin_of
from rs_server.store import identity as store
from rs_server.store import sites as site_store
from webacd.config import AcdConfig
from webacd.core.config import BadConfiguration, Configuration, QueueConfig

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")


class Wrong(Exception):
    """The command cannot be carried out; the text says why, to whoever gave it."""


async def run(settings: Config, args: argparse.Namespace) -> int:
    """Exit status."""
    command = f"{args.command} {args.act}" if "act" in args else args.command
    try:
        # Before anything is touched: it may take a while to be typed.
        password = _password() if command == "user" else ""
        async with _open(settings) as database:
            match command:
                case "user":
                    await _add_user(database, args, password)
                case "agent":
                    await (_remove_agent if args.remove else _put_agent)(database, args)
                case "site add":
                    await _add_site(database, args)
                case "site remove":
                    await _remove_site(database, args.key)
                case "site list":
                    await _list_sites(database)
                case "queue put":
                    await _put_queue(database, args)
                case "queue list":
                    await _list_queues(database)
                case "queue remove" | "reason remove" | "outcome remove":
                    await _remove(database, args)
                case "configuration export":
                    await setup_file.export(database, args.file)
                case "configuration import":
                    await setup_file.load(database, args.file, check=args.check)
                case "reason put":
                    label = _label(args.label)
                    async with _changing(database) as unit:
                        await _ACD.put_reason(unit, _name(args.id), label)
                    _say(f"reason {args.id} is set")
                case "outcome put":
                    await _put_outcome(database, args)
                case "tenant":
                    await _rules(database, args)
    except (Wrong, ProtocolError, BadConfiguration, setup_file.Refused) as error:
        _complain(str(error))
        return 1
    except OSError as error:
        _complain(f"{error.strerror or error} ({error.filename})")
        return 1
    except SQLAlchemyError as error:
        _complain(f"the database cannot be used: {str(error).splitlines()[0]}")
        return 1
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _complain(text: str) -> None:
    sys.stderr.write(f"rs-server: {text}\n")


_ACD = AcdConfig(TENANT)


@asynccontextmanager
async def _open(settings: Config) -> AsyncIterator[Database]:
    make_folder(settings.data)
    await migrate(settings.url)
    database = Database(settings.url)
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def _changing(database: Database) -> AsyncIterator[UnitOfWork]:
    """One change of the configuration, sound at its end; a server that runs hears of it."""
    async with database.begin() as unit:
        await note_change(unit, TENANT)
        yield unit
        (await _ACD.read(unit.connection)).check()


async def _configuration(unit: UnitOfWork) -> Configuration:
    return await _ACD.read(unit.connection)


def _password() -> str:
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise Wrong(f"{text!r} is no name: letters, digits, - and _, at most 64")
    return text


def _queue(configuration: Configuration, id: str) -> QueueConfig:
    for queue in configuration.queues:
        if queue.id == id:
            return queue
    known = ", ".join(queue.id for queue in configuration.queues) or "none yet"
    raise Wrong(f"there is no queue {id!r}; there are: {known}")


def _skill(configuration: Configuration, id: str) -> None:
    known = [skill.id for skill in configuration.skills]
    if id not in known:
        raise Wrong(f"there is no skill {id!r}; there are: {', '.join(known) or 'none yet'}")


def _label(pieces: Sequence[str]) -> str:
    words: dict[str, str] = {}
    for piece in pieces:
        language, equals, text = piece.partition("=")
        if not equals or not text.strip() or not _LANGUAGE.fullmatch(language):
            raise Wrong(f"--label: not like en=Lunch: {piece!r}")
        words[language] = text.strip()
    return json.dumps(words, ensure_ascii=False)


async def _add_user(database: Database, args: argparse.Namespace, password: str) -> None:
    for queue in args.queue:
        _name(queue)
    capacity = _capacity(args.capacity)
    roles = tuple(Profile(role) for role in dict.fromkeys(args.role))
    user = await Identity(database, WallClock()).add_user(
        TENANT, args.name, args.display_name or args.name, roles, password
    )
    async with _changing(database) as unit:
        if Profile.AGENT in roles or args.queue:
            there = {queue.id for queue in (await _configuration(unit)).queues}
            for number, queue in enumerate(each for each in dict.fromkeys(args.queue) if each not in there):
                first = not there and number == 0
                await _ACD.put_queue(unit, queue, queue.capitalize(), allow_pick=True, default=first)
            await _ACD.put_agent(unit, user.id, queues=args.queue, capacity=capacity)
    _say(f"{user.name} was created")


def _capacity(capacity: int) -> int:
    if not 1 <= capacity <= 8:
        raise Wrong(f"--capacity: not between 1 and 8: {capacity}")
    return capacity


async def _put_agent(database: Database, args: argparse.Namespace) -> None:
    async with _changing(database) as unit:
        found = await store.by_name(unit.connection, args.name.strip().lower())
        if found is None or found[0].tenant != TENANT:
            raise Wrong(f"there is no account {args.name!r}")
        user = found[0]
        configuration = await _configuration(unit)
        before = next((agent for agent in configuration.agents if agent.id == user.id), None)
        queues = args.queue if args.queue is not None else before.queues if before else ()
        for queue in queues:
            _queue(configuration, queue)
        capacity = args.capacity if args.capacity is not None else before.capacity if before else 3
        await _ACD.put_agent(unit, user.id, queues=queues, capacity=_capacity(capacity))
    _say(f"{user.name} serves {', '.join(queues) or 'no queue'}, {capacity} at once")


async def _remove_agent(database: Database, args: argparse.Namespace) -> None:
    async with _changing(database) as unit:
        found = await store.by_name(unit.connection, args.name.strip().lower())
        if found is None or found[0].tenant != TENANT:
            raise Wrong(f"there is no account {args.name!r}")
        await _ACD.remove_agent(unit, found[0].id)
    _say(f"{found[0].name} serves nobody any more")


async def _remove(database: Database, args: argparse.Namespace) -> None:
    id = _name(args.id)
    async with _changing(database) as unit:
        match args.command:
            case "queue":
                await _not_of_a_site(unit, id)
                await _ACD.remove_queue(unit, id)
            case "reason":
                await _ACD.remove_reason(unit, id)
            case _:
                await _ACD.remove_outcome_code(unit, id)
    _say(f"{args.command} {id} is not there any more")


async def _not_of_a_site(unit: UnitOfWork, queue: str) -> None:
    keys = [
        site.key
        for site in await site_store.all_sites(unit.connection)
        if site.tenant == TENANT and site.queue == queue
    ]
    if keys:
        raise Wrong(f"customers of {', '.join(keys)} wait in {queue!r}; give the site another queue first")


async def _add_site(database: Database, args: argparse.Namespace) -> None:
    languages = tuple(dict.fromkeys(args.language or ["en"]))
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            raise Wrong(f"--language: not like en: {language!r}")
    for origin in args.origin:
        if origin_of(origin) != origin:
            meant = origin_of(origin)
            hint = f"; did you mean {meant}?" if meant else ", like https://shop.example"
            raise Wrong(f"--origin: not an origin: {origin!r}{hint}")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", args.accent):
        raise Wrong(f"--accent: not like #3155d6: {args.accent!r}")
    wanted = _settings(args, languages)
    sites.check(wanted)
    key = _name(args.key)
    async with _changing(database) as unit:
        configuration = await _configuration(unit)
        for queue in (wanted.queue, *wanted.queues):
            _queue(configuration, queue)
        for skill in wanted.skills:
            _skill(configuration, skill)
        before = await site_store.by_key(unit.connection, key)
        if before is not None and before.tenant != TENANT:
            raise Wrong(f"the key {key} is taken")
        after = sites.site_of(key, TENANT, wanted, before)
        await site_store.put_site(unit.connection, after)
        await site_store.note(unit.connection, TENANT, WallClock().now(), "", before, after)
    _say(f"site {key} is set")


def _settings(args: argparse.Namespace, languages: Sequence[str]) -> SiteSettings:
    given = {
        "company": args.company,
        "origins": list(dict.fromkeys(args.origin)),
        "languages": languages,
        "queue": args.queue,
        "queues": args.further_queue,
        "skills": args.skill,
        "capabilities": list(dict.fromkeys(args.capability or OFFERED_ON_SITES)),
        "accent": args.accent,
        "unmask": args.unmask,
        "mask": args.mask,
        **({"risky": args.risky} if args.risky else {}),
        "asset_hosts": args.asset_host,
        "canaries": args.canary,
    }
    try:
        return msgspec.convert(given, SiteSettings)
    except msgspec.ValidationError as error:
        raise Wrong(str(error)) from error


async def _remove_site(database: Database, key: str) -> None:
    async with _changing(database) as unit:
        before = await site_store.by_key(unit.connection, key)
        await site_store.remove_site(unit.connection, TENANT, key)
        if before is not None and before.tenant == TENANT:
            await site_store.note(unit.connection, TENANT, WallClock().now(), "", before, None)
    _say(f"site {key} is not there any more")


async def _list_sites(database: Database) -> None:
    async with database.read() as connection:
        for site in await site_store.all_sites(connection):
            if site.tenant == TENANT:
                _row(
                    site.key,
                    company=site.company,
                    origins=" ".join(site.origins),
                    languages=" ".join(site.languages),
                    queue=site.queue,
                    offers=" ".join(site.capabilities),
                    unmask=", ".join(site.unmask),
                    mask=", ".join(site.mask),
                    risky=", ".join(site.risky),
                    asset_hosts=" ".join(site.asset_hosts),
                    canaries=str(len(site.canaries)),
                    queues=" ".join(site.queues),
                    skills=" ".join(site.skills),
                )


async def _put_queue(database: Database, args: argparse.Namespace) -> None:
    id = _name(args.id)
    async with _changing(database) as unit:
        queues = (await _ACD.items(unit.connection)).of(QueueConfig)
        queue = next((queue for queue in queues if queue.id == id), None) or QueueConfig(id=id, name=id)
        given = {"name": args.name, "recording": args.recording, "allow_pick": args.allow_pick}
        changes = {name: value for name, value in given.items() if value is not None}
        if args.wrap_up is not ...:
            changes["wrap_up_seconds"] = args.wrap_up
        if args.default:
            changes["default"] = True
        queue = msgspec.structs.replace(queue, **changes)
        await _ACD.put(unit, "queue", id, queue)
    _say(f"queue {id} is set")


async def _list_queues(database: Database) -> None:
    async with database.read() as connection:
        configuration = await _ACD.read(connection)
    for queue in configuration.queues:
        _row(
            queue.id,
            name=queue.name,
            recording=queue.recording,
            wrap_up="none" if queue.wrap_up_seconds is None else f"{queue.wrap_up_seconds:g}",
            pick="yes" if queue.allow_pick else "no",
            default="yes" if queue.id == configuration.default_queue else "no",
            agents=str(sum(queue.id in agent.queues for agent in configuration.agents)),
        )


def _row(key: str, **fields: str) -> None:
    _say("\t".join((key, *(f"{name}={value}" for name, value in fields.items()))))


async def _put_outcome(database: Database, args: argparse.Namespace) -> None:
    label = _label(args.label)
    async with _changing(database) as unit:
        if args.queue is not None:
            _queue(await _configuration(unit), args.queue)
        await _ACD.put_outcome_code(unit, _name(args.id), label, args.queue)
    _say(f"outcome {args.id} is set")


async def _rules(database: Database, args: argparse.Namespace) -> None:
    if args.single_session is None:
        async with database.read() as connection:
            rules = (await _ACD.read(connection)).rules
    else:
        async with _changing(database) as unit:
            before = (await _configuration(unit)).rules
            rules = msgspec.structs.replace(before, single_session=args.single_session == "on")
            await _ACD.set_rules(unit, rules)
    shown: Mapping[str, str] = {"single_session": "on" if rules.single_session else "off"}
    for name, value in shown.items():
        _say(f"{name}={value}")
