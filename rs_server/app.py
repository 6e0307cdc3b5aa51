"""Composition root: the only place that chooses adapters and joins what the features bring."""

import contextlib
import os
import secrets
import socket
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog
from aiohttp import web

import webacd.tables  # noqa: F401  # their tables join the one metadata
from rs_server.acd_facts import AcdFacts, code_info
from rs_server.acd_house import AcdHouse
from rs_server.bus.memory import MemoryBus
from rs_server.config import Config
from rs_server.db import Database
from rs_server.db.migrate import migrate
from rs_server.http import pages, routes, ws
from rs_server.http.health import READY
from rs_server.http.kit import PARTS, SERVICES, SETTINGS, Route, Settings
from rs_server.media.engine import MediaEngine, MediaSettings
from rs_server.ports import Media
from rs_server.protocol.api import DeskConfig
from rs_server.services.beats import BEAT_SECONDS, Beats
from rs_server.services.calls import Calls, Turn
from rs_server.services.configuration import ConfigurationWatch
from rs_server.services.consents import Consents
from rs_server.services.desk import Desk
from rs_server.services.endpoints import Endpoints
from rs_server.services.everything import Services
from rs_server.services.files import Files
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity, origin_of
from rs_server.services.invites import Invites
from rs_server.services.mail import Mailer, Outbox, SmtpMailer
from rs_server.services.presence import Presences
from rs_server.services.recordings import Recordings
from rs_server.services.replay import Replay
from rs_server.services.sessions import Sessions
from rs_server.services.talk import Talk
from rs_server.services.texts import Texts
from rs_server.services.watch import Watch
from rs_server.store.folder import FolderBlobs
from webacd import http as webacd_http
from webacd.administration import Administration
from webacd.service import AcdService

log = structlog.get_logger()

TENANT = "main"

ROUTES: list[Route] = [*routes.ROUTES, *webacd_http.ROUTES]
"""The server's own and those that features bring."""


class WallClock:
    def now(self) -> float:
        return time.time()


@dataclass(slots=True)
class Installation:
    """A running server: its web application, services, and where it listens."""

    config: Config
    app: web.Application
    services: Services
    acd: AcdService
    base_url: str
    port: int


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
        sock = listen(config)
        stack.callback(sock.close)
        port = int(sock.getsockname()[1])
        base_url = config.base_url.rstrip("/") or f"{'https' if config.tls_cert else 'http'}://localhost:{port}"
        make_folder(config.data)
        await migrate(config.url)
        database = Database(config.url)
        stack.push_async_callback(database.close)
        engine = media or MediaEngine(_media_settings(config))
        services, acd = await _services(config, stack, database, engine, base_url, demo_outbox)
        app = _web(
            config,
            services,
            base_url,
            {Administration: Administration(acd, services.clock, AcdHouse(services, TENANT))},
        )
        app[READY] = {
            "media": lambda: "" if engine.connected else "no media worker",
            "acd": lambda: "" if acd.running else "not routing",
        }
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=3)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.SockSite(runner, sock, ssl_context=_tls(config)).start()
        log.info("listening", base=base_url)
        stack.callback(_drop_sockets, app)
        yield Installation(config, app, services, acd, base_url, port)


def make_folder(folder: Path) -> None:
    """Of the data: with it come recordings and the installation's key, nobody else's to read."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _drop_sockets(app: web.Application) -> None:
    for connection in app[ws.SOCKETS].copy():
        connection.drop()


def listen(config: Config) -> socket.socket:
    """Raises `OSError` that names address and port."""
    family = socket.AF_INET6 if ":" in config.listen_host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((config.listen_host, config.listen_port))
    except OSError as error:
        sock.close()
        where = f"{config.listen_host} port {config.listen_port}"
        raise OSError(error.errno, f"cannot listen on {where}: {os.strerror(error.errno or 0)}") from error
    return sock


def _tls(config: Config) -> ssl.SSLContext | None:
    if not config.tls_cert:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(config.tls_cert, config.tls_key or None)
    return context


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


def _secret(folder: Path) -> bytes:
    """The installation's own key, made at its first start."""
    path = folder / "secret.key"
    if not path.exists():
        # Whole or not at all: an empty key would be worse than none.
        fresh = folder / "secret.key.new"
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(32))
        fresh.replace(path)
    return path.read_bytes()


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
    facts = AcdFacts(acd)
    mailer = _mailer(config, clock, demo_outbox)
    endpoints = Endpoints(hub, _secret(config.data))
    sessions = Sessions(hub, acd, identity, facts, config.company)
    presences = Presences(hub)
    recordings = Recordings(hub, media, blobs)
    turn = Turn(config.turn_urls, config.turn_secret, config.turn_only)
    calls = Calls(hub, presences, media, recordings, turn)
    consents = Consents(hub)
    files = Files(hub, blobs, config.file_limit, config.session_files_limit)
    desk = Desk(hub, acd, identity, presences, facts)
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

    configuration = ConfigurationWatch(database, TENANT, read_configuration)

    await configuration.note()
    await identity.start()
    await hub.load_open()
    await recordings.start()
    stack.push_async_callback(recordings.close)
    recordings.on_due(calls.refresh)
    await calls.start()
    stack.push_async_callback(calls.close)
    # The media workers stop before `calls`, which stores what they say of the parts that they close.
    await media.start()
    stack.push_async_callback(media.close)
    await acd.start()
    stack.push_async_callback(acd.close)
    await desk.start()
    stack.push_async_callback(desk.close)
    stack.push_async_callback(consents.close)
    for session in hub.open():
        consents.watch(session)
    await files.start()
    stack.push_async_callback(files.close)
    await sessions.start()
    stack.push_async_callback(sessions.close)
    await beats.start()
    stack.push_async_callback(beats.close)
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
        endpoints=endpoints,
        sessions=sessions,
        invites=Invites(hub, endpoints, identity, mailer, texts, base_url),
        consents=consents,
        talk=Talk(hub),
        files=files,
        presences=presences,
        calls=calls,
        recordings=recordings,
        desk=desk,
        replay=Replay(hub),
        watch=watch,
        texts=texts,
        company=config.company,
        desk_config=desk_config,
        outbox=mailer if isinstance(mailer, Outbox) else None,
    )
    return services, acd


def _web(config: Config, services: Services, base_url: str, parts: Mapping[type, Any]) -> web.Application:
    app = web.Application(client_max_size=1 << 20)
    app[PARTS] = parts
    app[SERVICES] = services
    app[SETTINGS] = Settings(
        base_url=base_url,
        origin=origin_of(base_url) or base_url,
        secure=base_url.startswith("https:"),
        trusted_proxies=frozenset(config.trusted_proxies),
        metrics_token=config.metrics_token,
    )
    app[ws.SOCKETS] = set()
    routes.add_to(app, ROUTES)
    app.router.add_get("/api/v1/socket", ws.socket)
    pages.add_to(app)
    services.identity.on_signed_out(services.watch.signed_out)
    return app
