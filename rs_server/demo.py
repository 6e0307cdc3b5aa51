"""`rs-server demo`: a whole small company on loopback, with a shop of its own on the next port."""

import contextlib
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import jinja2
import msgspec
from aiohttp import web

from rs_server import demo_queues
from rs_server.app import TENANT, Installation
from rs_server.core.capabilities import FROM_BROWSER, FROM_NATIVE, FROM_PAGE
from rs_server.core.permissions import Profile
from rs_server.http.pages import WEB
from rs_server.protocol.sites import RISKY
from rs_server.services.identity import Identity
from rs_server.store.sites import Site
from webacd.core.config import AgentConfig
from webacd.core.items import RULES, Change
from webacd.service import AcdService

SITE_KEY = "acme-tools"


class Person(NamedTuple):
    name: str
    display_name: str
    roles: tuple[Profile, ...]
    department: str = ""
    language: str = "en"
    queues: tuple[str, ...] = ()


PEOPLE = (
    Person("amelie", "Amélie Morel", (Profile.AGENT,), "Billing", "fr", ("support", "billing")),
    Person("sofia", "Sofia Lind", (Profile.AGENT,), "Billing", "en", ("support", "billing")),
    Person("paul", "Paul Bauer", (Profile.AGENT,), "Technical support", "en", ("support",)),
    Person("sam", "Sam Okafor", (Profile.SUPERVISOR,), "Customer care", "en", ("support", "billing")),
    Person("ada", "Ada Nilsson", (Profile.ADMINISTRATOR, Profile.MAIN_ADMINISTRATOR), "IT"),
    Person("otto", "Otto Brandt", (Profile.AUDITOR,), "Quality"),
)


class Account(msgspec.Struct, frozen=True):
    name: str
    password: str
    roles: list[str]


class DemoFacts(msgspec.Struct, frozen=True):
    """What the first line of `--json` says."""

    base: str
    shop: str
    view: str
    users: list[Account]
    queues: list[dict[str, str]]


async def furnish(installation: Installation, shop: str, capacity: int | None = None) -> list[Account]:
    """Queues, people and the site, once; passwords are made now and kept beside the data. `capacity`: sessions an
    agent handles at once; 1 is single-session mode. It is set on what is there already as well."""
    data = installation.config.data
    kept = data / "demo-accounts.json"
    if kept.exists():
        if capacity is not None:
            await _set_capacity(installation.acd, capacity)
        return msgspec.json.decode(kept.read_bytes(), type=list[Account])
    accounts = await _people(installation.services.identity, installation.acd, capacity or 3)
    await installation.services.identity.put_site(
        Site(
            key=SITE_KEY,
            tenant=TENANT,
            company="Acme Tools",
            origins=(shop,),
            languages=("en", "fr"),
            queue="support",
            queues=("billing",),
            skills=("refunds", "hardware"),
            capabilities=tuple(sorted(FROM_BROWSER | FROM_PAGE | FROM_NATIVE)),
            theme={"accent": "#3155d6"},
            unmask=("[name=battery]", "[name=town]", "[name=postcode]"),
            risky=RISKY,
            asset_hosts=(urlsplit(_pictures(shop)).netloc,),
        )
    )
    await installation.services.desk.reload_users()
    kept.touch(mode=0o600)
    kept.write_bytes(msgspec.json.encode(accounts))
    return accounts


async def _people(identity: Identity, acd: AcdService, capacity: int) -> list[Account]:
    accounts: list[Account] = []
    made = []
    for person in PEOPLE:
        password = "-".join(secrets.token_hex(3) for _ in range(3))
        user = await identity.add_user(
            TENANT,
            person.name,
            person.display_name,
            person.roles,
            password,
            department=person.department,
            language=person.language,
            email=f"{person.name}@acme.example",
        )
        made.append((user, person))
        accounts.append(Account(person.name, password, [role.value for role in person.roles]))
    async with acd.database.begin() as unit:
        people = [(user.id, person.name, person.queues) for user, person in made]
        await acd.config.apply(unit, demo_queues.changes(people, capacity))
        await acd.reconfigure(unit)
    return accounts


async def _set_capacity(acd: AcdService, capacity: int) -> None:
    async with acd.database.begin() as unit:
        items = await acd.config.items(unit.connection)
        rules = msgspec.structs.replace(items.rules, single_session=capacity == 1)
        agents = [msgspec.structs.replace(agent, capacity=capacity) for agent in items.of(AgentConfig)]
        changes = [Change("rules", RULES, rules), *(Change("agent", agent.id, agent) for agent in agents)]
        await acd.config.apply(unit, changes)
        await acd.reconfigure(unit)


@contextlib.asynccontextmanager
async def shop(installation: Installation, port: int) -> AsyncIterator[str]:
    """The shop: another site, whose pages carry the embed. Yields its origin."""
    folder = WEB / "templates" / "shop"
    pages = _ShopPages(folder, installation.base_url)
    app = web.Application(client_max_size=1 << 16)
    app.router.add_get("/shop.css", pages.style)
    app.router.add_static("/pictures/", folder / "pictures")
    for path in ("/thanks", "/fr/thanks"):
        app.router.add_post(path, pages.bought)
    for path in ("/", "/{page}", "/fr/", "/fr/{page}"):
        app.router.add_get(path, pages.page)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _pictures(shop: str) -> str:
    """The shop's pictures come from another origin, which lets no script read them: they show all the same, and
    co-browsing has to have them fetched by the server."""
    return shop.replace("127.0.0.1", "localhost")


class _ShopPages:
    def __init__(self, folder: Path, base: str) -> None:
        self._folder = folder
        self._base = base
        self._templates = jinja2.Environment(loader=jinja2.FileSystemLoader(folder.parent), autoescape=True)

    async def style(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(self._folder / "shop.css")

    async def bought(self, request: web.Request) -> web.Response:
        await request.read()
        raise web.HTTPSeeOther(request.path)

    async def page(self, request: web.Request) -> web.Response:
        name = request.match_info.get("page") or "index"
        if not name.isalpha():
            raise web.HTTPNotFound
        language = "fr" if request.path.startswith("/fr/") else "en"
        try:
            template = self._templates.get_template(f"shop/{name}.html")
        except jinja2.TemplateNotFound as error:
            raise web.HTTPNotFound from error
        html = template.render(
            base=self._base, site_key=SITE_KEY, language=language, pictures=_pictures(str(request.url.origin()))
        )
        return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})


def announce(facts: DemoFacts, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(msgspec.json.encode(facts).decode() + "\n")
    else:
        lines = [
            "",
            f"  Deskside is ready at {facts.base}",
            "",
            f"  1. Open the shop   {facts.shop}   and click Get help.",
            f"  2. Open a console  {facts.base}/console   and sign in as an agent:",
            "",
            *(f"       {a.name:<8} {a.password}   {', '.join(a.roles)}" for a in facts.users),
            "",
            f"  Mails that were sent: {facts.base}/outbox      Join by number: {facts.base}/join",
            "  Ctrl-C ends everything.",
            "",
        ]
        sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
