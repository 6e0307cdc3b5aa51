"""Composition root: the only place that chooses adapters and joins what the features bring."""

import contextlib
import functools
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from aiohttp import web

import webacd.tables  # noqa: F401  # their tables join the one metadata
from rs_server.acd_facts import AcdFacts, AcdSettings, code_info
from rs_server.acd_house import AcdHouse
from rs_server.bus.memory import MemoryBus
from rs_server.cluster.forward import SocketRule
from rs_server.cluster.lease import Lease
from rs_server.config import Config
from rs_server.db import Database, is_sqlite
from rs_server.db.migrate import migrate
from rs_server.front import Front, Member, alone
from rs_server.http import page_stream, pages, routes, view, ws
from rs_server.http.health import READY
from rs_server.http.kit import PARTS, SERVICES, SETTINGS, Route, Settings
from rs_server.http.peers import token_of
from rs_server.http.sockets import SOCKETS
from rs_server.machine import WallClock, installation_key, listen, make_folder, tls
from rs_server.media.engine import MediaEngine, MediaSettings
from rs_server.ports import Media
from rs_server.protocol.api import DeskConfig
from rs_server.services.beats import BEAT_SECONDS, Beats
from rs_server.services.callbacks import CallbackDesk
from rs_server.services.calls import Calls
from rs_server.services.clipboard import Clipboards
from rs_server.services.configuration import ConfigurationWatch
from rs_server.services.consents import Consents
from rs_server.services.desk import Desk
from rs_server.services.desktop import Desktops
from rs_server.services.endpoints import Endpoints
from rs_server.services.everything import Services
from rs_server.services.files import Files
from rs_server.services.folders import Folders
from rs_server.services.following import Following
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity, origin_of
from rs_server.services.invites import Invites
from rs_server.services.legs import Turn
from rs_server.services.mail import Mailer, Outbox, SmtpMailer
from rs_server.services.natives import Natives
from rs_server.services.page import PageStreams
from rs_server.services.page_assets import PageAssets
from rs_server.services.page_fetch import Fetcher
from rs_server.services.page_recording import PageRecorder
from rs_server.services.preferences import Preferences
from rs_server.services.presence import Presences
from rs_server.services.recordings import Recordings
from rs_server.services.replay import Replay
from rs_server.services.reports import Reports
from rs_server.services.sessions import Sessions
from rs_server.services.sites import Sites
from rs_server.services.supervise import SupervisePage
from rs_server.services.supervision import Supervision
from rs_server.services.talk import Talk
from rs_server.services.texts import Texts
from rs_server.services.transfers import Transfers
from rs_server.services.watch import Watch
from rs_server.services.wishes import Wishes
from rs_server.store.folder import FolderBlobs
from webacd import http as webacd_http
from webacd.administration import Administration
from webacd.books import Books
from webacd.channels.callback import CallbackService
from webacd.channels.folder import ListFolder
from webacd.channels.follow import Follower
from webacd.channels.importing import Importer
from webacd.channels.rules import Rules
from webacd.forgetting import Forgetting
from webacd.service import AcdService

log = structlog.get_logger()

TENANT = "main"

ROUTES: list[Route] = [*routes.ROUTES, *webacd_http.ROUTES]
"""The server's own and those that features bring."""


@dataclass(frozen=True, slots=True)
class AtHome:
    """What a server has that is at home."""

    app: web.Application
    services: Services
    acd: AcdService


class NotAtHome(Exception):
    """Another server is at home; this one has no services."""


@dataclass(slots=True)
class Installation:
    """A running server: where it listens and, while it is at home, its web application and services."""

    config: Config
    base_url: str
    port: int
    view_origin: str = ""
    """Where customers' pages are shown; empty: nowhere."""
    at_home: AtHome | None = None

    @property
    def home(self) -> AtHome:
        if self.at_home is None:
            raise NotAtHome
        return self.at_home

    @property
    def app(self) -> web.Application:
        return self.home.app

    @property
    def services(self) -> Services:
        return self.home.services

    @property
    def acd(self) -> AcdService:
        return self.home.acd


class Engine(Media, Protocol):
    """A media engine, as it is started and stopped."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    @property
    def connected(self) -> bool: ...


@contextlib.asynccontextmanager
async def running(
    config: Config, *, demo_outbox: bool = False, media: Engine | None = None
) -> AsyncIterator[Installation]:
    """Start everything and listen; stop everything in the reverse order on leaving. `media`: instead of our own
    engine."""
    async with contextlib.AsyncExitStack() as stack:
        sock = stack.enter_context(contextlib.closing(listen(config.listen_host, config.listen_port)))
        socks = [sock]
        port = int(sock.getsockname()[1])
        scheme = "https" if config.tls_cert else "http"
        base_url = config.base_url.rstrip("/") or f"{scheme}://localhost:{port}"
        view_origin = config.view_origin
        if config.view_address is not None:
            host, _ = config.view_address
            socks.append(stack.enter_context(contextlib.closing(listen(*config.view_address))))
            name = f"[{host}]" if ":" in host else host
            view_origin = view_origin or f"{scheme}://{name}:{socks[1].getsockname()[1]}"
        make_folder(config.data)
        installation = Installation(config, base_url, port, origin_of(view_origin) or "")
        front = Front(socks, tls(config.tls_cert, config.tls_key))
        if is_sqlite(config.url):
            stack.enter_context(alone(config.url))
            await migrate(config.url)
            await stack.enter_async_context(_home(installation, front, None, None, media, demo_outbox))
        else:
            await migrate(config.url)
            token = token_of(installation_key(config.data))
            rules = {
                ws.PATH: SocketRule(ws.FRAME_LIMIT, False),
                page_stream.PATH: SocketRule(page_stream.WIRE_LIMIT, True),
            }
            member = Member(config, TENANT, front, token, _settings(installation), rules)
            home = functools.partial(_home, installation, front, member, media=media, demo_outbox=demo_outbox)
            await stack.enter_async_context(member.joined(home))
        log.info("listening", base=base_url)
        yield installation


@contextlib.asynccontextmanager
async def _home(
    installation: Installation,
    front: Front,
    member: Member | None,
    lease: Lease | None,
    media: Engine | None,
    demo_outbox: bool,
) -> AsyncIterator[None]:
    """Everything that is there only at home. `member`, `lease`: where there are several servers."""
    config = installation.config
    async with contextlib.AsyncExitStack() as stack:
        database = Database(config.url, name=lease.name if lease is not None else "deskside")
        stack.push_async_callback(database.close)
        if lease is not None:
            database.fence(lease.fence())
            database.in_doubt(lease.doubt)
            stack.callback(database.shut)
        engine = media or MediaEngine(_media_settings(config))
        services, acd = await _services(config, stack, database, engine, installation.base_url, demo_outbox)
        parts: dict[type, Any] = {Administration: Administration(acd, services.clock, AcdHouse(services, TENANT))}
        app = _web(installation, services, parts)
        app[READY] = {
            "media": lambda: "" if engine.connected else "no media worker",
            "acd": lambda: "" if acd.running else "not routing",
        }
        if member is None or lease is None:
            stack.push_async_callback(front.clear)
            await front.show(app)
        else:
            stack.push_async_callback(member.leave, lease)
            await member.show(app)
        stack.callback(_drop_sockets, app)
        if lease is not None:
            # Before anything is torn down: what ends writes nothing where another is at home.
            stack.callback(lambda: database.shut() if lease.lost.is_set() else None)
        installation.at_home = AtHome(app, services, acd)
        stack.callback(setattr, installation, "at_home", None)
        yield


def _drop_sockets(app: web.Application) -> None:
    for connection in app[SOCKETS].copy():
        connection.drop()


def _media_settings(config: Config) -> MediaSettings:
    return MediaSettings.for_host(
        config.media_host or config.listen_host,
        worker_count=config.media_workers,
        public_address=config.media_public_address or None,
        ports=config.port_range,
        addresses=(config.media_host,) if config.media_host else None,
        listen=config.media_listen or None,
        secret=config.media_secret or None,
    )


def _mailer(config: Config, clock: WallClock, demo_outbox: bool) -> Mailer | None:
    if config.smtp_host:
        return SmtpMailer(
            config.smtp_host,
            config.smtp_port,
            config.smtp_sender,
            user=config.smtp_user,
            password=config.smtp_password,
        )
    return Outbox(clock) if demo_outbox else None


async def _services(
    config: Config,
    stack: contextlib.AsyncExitStack,
    database: Database,
    media: Engine,
    base_url: str,
    demo_outbox: bool,
) -> tuple[Services, AcdService]:
    clock, bus = WallClock(), MemoryBus()
    blobs = FolderBlobs(config.data / "blobs")
    texts = Texts(pages.WEB / "locales")
    hub = Hub(database, bus, clock, TENANT)
    identity = Identity(database, clock)
    acd = AcdService(database, clock, TENANT, grace=config.presence_grace, monotonic=time.monotonic)
    books = Books(database, clock, acd)
    forgetting = Forgetting(database, clock, acd.store, config.event_days)
    facts = AcdFacts(acd, books, clock)
    mailer = _mailer(config, clock, demo_outbox)
    endpoints = Endpoints(hub, installation_key(config.data))
    sessions = Sessions(hub, acd, facts, config.company)
    following = Following(hub, acd, identity)
    callbacks = CallbackService(database, acd, clock, TENANT, Rules(acd.configuration, config.country))
    follower = Follower(callbacks, acd)
    callback_desk = CallbackDesk(hub, acd, identity, sessions, facts, callbacks)
    callbacks.use(callback_desk)
    importer = Importer(
        callbacks,
        TENANT,
        callback_desk.agents,
        lambda language, code: texts.say(language, f"callbacks.report.{code}"),
        config.list_limit,
    )
    lists = ListFolder(config.lists_folder, importer)
    presences = Presences(hub)
    recordings = Recordings(hub, media, blobs)
    turn = Turn(config.turn_urls, config.turn_secret, config.turn_only)
    calls = Calls(hub, presences, media, recordings, turn)
    natives = Natives(hub, presences)
    consents = Consents(hub, natives.able)
    desktops = Desktops(hub, presences, natives, recordings.notices)
    clipboards = Clipboards(hub, presences, natives, recordings.notices)
    folders = Folders(hub, presences, natives, recordings.notices)
    sites = Sites(
        database,
        clock,
        TENANT,
        identity,
        queues=lambda: [(queue.id, queue.name) for queue in acd.queues()],
        skills=lambda: list(facts.skills().items()),
    )
    page_recorder = PageRecorder(hub, blobs, recordings)
    page_streams = PageStreams(hub, presences, recordings.notices, page_recorder, sites.canaries)
    page_assets = PageAssets(hub, blobs, sites, Fetcher(loopback=config.assets_from_loopback))
    page_assets.on_canary(lambda session: page_streams.leaked(session, "asset"))
    files = Files(hub, blobs, config.file_limit, config.folder_file_limit, config.session_files_limit)
    preferences = Preferences(database, TENANT)
    desk = Desk(hub, acd, identity, presences, facts, preferences)
    transfers = Transfers(hub, acd, identity, facts, sessions, desk)
    supervise = SupervisePage(acd, desk, facts)

    def figures_changed(agents: set[str], queues: set[str]) -> None:
        desk.stir(agents)
        if queues:
            supervise.stir()

    books.on_change(figures_changed)
    every = min(BEAT_SECONDS, config.presence_grace / 3)
    beats = Beats(acd, presences, grace=config.presence_grace, every=every)
    watch = Watch(
        hub,
        acd,
        presences,
        calls,
        sessions,
        beats,
        vanish_seconds=config.vanish_after,
        grace=config.presence_grace,
        round_seconds=every,
    )

    async def read_configuration() -> None:
        await identity.reload_sites()
        await desk.reload_users()
        async with database.begin() as unit:
            await acd.reconfigure(unit)
        desk.stir()
        follower.stir()

    configuration = ConfigurationWatch(database, TENANT, read_configuration)

    await configuration.note()
    await identity.start()
    await hub.load_open()
    await recordings.start()
    stack.push_async_callback(recordings.close)
    page_streams.start()
    # Before the notices, which `recordings` closes.
    stack.push_async_callback(page_streams.close)
    natives.start()
    stack.push_async_callback(natives.close)
    stack.push_async_callback(folders.close)
    await page_assets.start()
    stack.push_async_callback(page_assets.close)
    recordings.on_due(calls.refresh)
    await calls.start()
    stack.push_async_callback(calls.close)
    # The media workers stop before `calls`, which stores what they say of the parts that they close.
    await media.start()
    stack.push_async_callback(media.close)
    await follower.load()
    await acd.start()
    stack.push_async_callback(acd.close)
    await preferences.start()
    await desk.start()
    stack.push_async_callback(desk.close)
    stack.push_async_callback(supervise.close)
    await books.start()
    stack.push_async_callback(books.close)
    await forgetting.start()
    stack.push_async_callback(forgetting.close)
    stack.push_async_callback(consents.close)
    for session in hub.open():
        consents.watch(session)
    await files.start()
    stack.push_async_callback(files.close)
    await following.start()
    stack.push_async_callback(following.close)
    await sessions.start()
    stack.push_async_callback(sessions.close)
    await beats.start()
    stack.push_async_callback(beats.close)
    await follower.start()
    stack.push_async_callback(follower.close)
    await lists.start()
    stack.push_async_callback(lists.close)
    await watch.start()
    stack.push_async_callback(watch.close)
    await configuration.start()
    stack.push_async_callback(configuration.close)

    def desk_config(user: str) -> DeskConfig:
        agent = acd.agent(user)
        return DeskConfig(
            company=config.company,
            base_url=base_url,
            queues=facts.queue_infos(),
            reasons=[code_info(reason) for reason in acd.reasons()],
            multisession=not acd.rules().single_session,
            capacity=agent.capacity if agent is not None else 0,
            file_limit=config.file_limit,
            mail=mailer is not None,
            languages=texts.languages,
        )

    services = Services(
        clock=clock,
        bus=bus,
        blobs=blobs,
        acd=acd,
        queues=facts,
        hub=hub,
        identity=identity,
        sites=sites,
        endpoints=endpoints,
        sessions=sessions,
        invites=Invites(hub, endpoints, identity, mailer, texts, base_url),
        consents=consents,
        talk=Talk(hub),
        callbacks=callback_desk,
        wishes=Wishes(hub, acd, facts, callbacks),
        files=files,
        presences=presences,
        calls=calls,
        natives=natives,
        desktops=desktops,
        clipboards=clipboards,
        folders=folders,
        page_streams=page_streams,
        page_assets=page_assets,
        recordings=recordings,
        desk=desk,
        preferences=preferences,
        transfers=transfers,
        supervise=supervise,
        supervision=Supervision(hub, acd, desk, AcdSettings(acd)),
        reports=Reports(hub, sessions, desk),
        replay=Replay(hub),
        watch=watch,
        texts=texts,
        company=config.company,
        desk_config=desk_config,
        outbox=mailer if isinstance(mailer, Outbox) else None,
    )
    return services, acd


def _settings(installation: Installation) -> Settings:
    config, base_url = installation.config, installation.base_url
    return Settings(
        base_url=base_url,
        origin=origin_of(base_url) or base_url,
        secure=base_url.startswith("https:"),
        trusted_proxies=frozenset(config.trusted_proxies),
        view_origin=installation.view_origin,
        metrics_token=config.metrics_token,
    )


def _web(installation: Installation, services: Services, parts: Mapping[type, Any]) -> web.Application:
    app = web.Application(client_max_size=1 << 20)
    app[PARTS] = parts
    app[SERVICES] = services
    app[SETTINGS] = _settings(installation)
    app[SOCKETS] = set()
    routes.add_to(app, ROUTES)
    app.router.add_get(ws.PATH, ws.socket)
    app.router.add_get(page_stream.PATH, page_stream.page_stream)
    pages.add_to(app, installation.config.data / "downloads")
    view.add_to(app)
    services.identity.on_signed_out(services.watch.signed_out)
    services.identity.on_signed_out(services.page_streams.signed_out)
    services.identity.on_signed_out(services.natives.signed_out)
    return app
