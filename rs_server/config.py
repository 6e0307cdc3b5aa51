"""Settings: one table of name, type, default and help makes the command line, the environment and the docs."""

import importlib.util
import ipaddress
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit


def _setting(default: Any, help: str, **more: Any) -> Any:
    metadata = {"help": help}
    if isinstance(default, list):
        return field(default_factory=lambda: list(default), metadata=metadata, **more)
    return field(default=default, metadata=metadata, **more)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every setting. On the command line `--listen-port`, in the environment `DESKSIDE_LISTEN_PORT`."""

    listen_host: str = _setting("127.0.0.1", "address to listen on")
    listen_port: int = _setting(8080, "port to listen on; 0 takes a free one")
    base_url: str = _setting("", "address under which people reach the installation; http://localhost:PORT when empty")
    view_origin: str = _setting(
        "", "origin that shows customers' pages to agents, like https://view.example; another host than base_url's"
    )
    view_listen: str = _setting(
        "", "HOST:PORT to listen on for view_origin, where it does not come in by listen_port; port 0 takes a free one"
    )
    assets_from_loopback: bool = _setting(
        False, "what sites' pages show may be fetched from this machine as well; for trying out, never in earnest"
    )
    data: Path = _setting(Path("data"), "folder for the database, files and recordings")
    database_url: str = _setting(
        "", "database, like postgresql://user:password@host/name; SQLite in the data folder when empty"
    )
    redis_url: str = _setting("", "Redis, like redis://host:6379/0, by which several servers tell each other news")
    cluster_listen: str = _setting(
        "127.0.0.1:0", "HOST:PORT where other servers on the same PostgreSQL reach this one; port 0 takes a free one"
    )
    company: str = _setting("Deskside", "name of the company, shown to customers and agents")
    tls_cert: str = _setting("", "certificate chain (PEM); with it the server speaks https")
    tls_key: str = _setting("", "private key (PEM)")
    trusted_proxies: list[str] = _setting([], "addresses of proxies whose X-Forwarded-For is believed")
    metrics_token: str = _setting("", "bearer token that opens /metrics from elsewhere than loopback")
    file_limit: int = _setting(500 * 1024 * 1024, "largest file that can be passed, in bytes")
    folder_file_limit: int = _setting(
        2 * 1024**3, "largest file that can travel from or to a customer's folders, in bytes"
    )
    session_files_limit: int = _setting(2 * 1024**3, "most bytes of files that one session can hold")
    presence_grace: float = _setting(7.0, "seconds without a connection after which an agent is offline")
    vanish_after: float = _setting(60.0, "seconds without a connection after which a waiting customer has left")
    media_workers: int = _setting(1, "media worker processes; 0 when they are started elsewhere (rs-server media)")
    media_listen: str = _setting("", "where media workers of elsewhere connect: tcp:HOST:PORT or unix:PATH")
    media_secret: str = _setting("", "what media workers of elsewhere must know")
    media_host: str = _setting("", "address that media workers bind; that of the server's listening address when empty")
    media_public_address: str = _setting("", "address under which browsers reach the media workers, behind NAT")
    media_ports: str = _setting("", "UDP port range of the media workers, like 40000-40999; any when empty")
    turn_urls: list[str] = _setting([], "TURN servers that browsers use, like turn:relay.example:3478")
    turn_secret: str = _setting("", "shared secret for short-lived TURN credentials (coturn: static-auth-secret)")
    turn_only: bool = _setting(False, "browsers use the relay only")
    smtp_host: str = _setting("", "mail server for invitations; none when empty")
    smtp_port: int = _setting(25, "its port")
    smtp_user: str = _setting("", "account there")
    smtp_password: str = _setting("", "its password")
    smtp_sender: str = _setting("deskside@localhost", "sender of mails")
    country: str = _setting("", "country of telephone numbers without a country code, like FR")
    lists: str = _setting("", "folder watched for lists of people to call; lists in the data folder when empty")
    list_limit: int = _setting(100 * 1024 * 1024, "largest list that is read, in bytes")
    event_days: float = _setting(90.0, "days for which each step of the queue is kept, at least 2; 0 keeps all")
    log_level: str = _setting("info", "debug, info, warning or error")

    @property
    def url(self) -> str:
        """Of the database, with its driver. Raises `BadDatabase`."""
        # Here, because it brings all of the database with it, which not every command needs.
        from rs_server.db.urls import driver_url

        return driver_url(self.database_url or f"sqlite:///{(self.data / 'deskside.db').resolve()}")

    @property
    def cluster_address(self) -> tuple[str, int]:
        host, _, port = self.cluster_listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def view_address(self) -> tuple[str, int] | None:
        if not self.view_listen:
            return None
        host, _, port = self.view_listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def lists_folder(self) -> Path:
        return Path(self.lists) if self.lists else self.data / "lists"

    @property
    def port_range(self) -> tuple[int, int] | None:
        """Lowest and highest; None for any."""
        if not self.media_ports:
            return None
        low, _, high = self.media_ports.partition("-")
        return int(low), int(high)


def names() -> Sequence[str]:
    return [each.name for each in fields(Config)]


def table() -> str:
    """Every setting as rows of Markdown, for docs/operations.md."""
    rows = ["| option | environment | default | meaning |", "|---|---|---|---|"]
    for each in fields(Config):
        default = [] if each.default is MISSING else each.default
        shown = "" if default in ("", [], False) else f"`{default}`"
        option, variable = f"--{each.name.replace('_', '-')}", f"DESKSIDE_{each.name.upper()}"
        rows.append(f"| `{option}` | `{variable}` | {shown} | {each.metadata['help']} |")
    return "\n".join(rows) + "\n"


SHORT = {"database_url": ("--database",), "redis_url": ("--redis",)}
"""Other names of options."""


def add_arguments(parser: Any) -> None:
    """One option a setting."""
    for each in fields(Config):
        default = "" if each.default is Path("data") else each.default
        shown = (
            "" if default in ("", [], False) or not isinstance(default, int | float | str) else f" (default {default})"
        )
        options = [f"--{each.name.replace('_', '-')}", *SHORT.get(each.name, ())]
        if each.type is bool:
            parser.add_argument(*options, action="store_true", default=None, help=each.metadata["help"])
        elif _is_list(each.type):
            parser.add_argument(
                *options, action="append", default=None, help=each.metadata["help"] + "; may be repeated"
            )
        else:
            parser.add_argument(*options, type=each.type, default=None, help=each.metadata["help"] + shown)


def read(arguments: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Config:
    """Command line before environment before default. Raises `ValueError` naming the setting."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for each in fields(Config):
        given = arguments.get(each.name)
        if given is None:
            text = environment.get(f"DESKSIDE_{each.name.upper()}")
            if text is not None:
                given = _parse(each.name, each.type, text)
        if given is not None:
            values[each.name] = given
    return Config(**values)


def check(config: Config) -> None:
    """Raises `ValueError` that names the first setting with which the server cannot run, and what is wrong with it."""
    for wrong, words in _mistakes(config):
        if wrong:
            raise ValueError(words)


def _mistakes(config: Config) -> Iterator[tuple[bool, str]]:
    level = config.log_level.upper()
    yield level not in logging.getLevelNamesMapping(), f"log_level: not one of the levels: {config.log_level}"
    for name, port in (("listen_port", config.listen_port), ("smtp_port", config.smtp_port)):
        yield not 0 <= port < 65536, f"{name}: not a port: {port}"
    base = urlsplit(config.base_url)
    yield (
        bool(config.base_url) and (base.scheme not in ("http", "https") or not base.hostname),
        f"base_url: not an address like https://support.example: {config.base_url}",
    )
    yield from _mistakes_of_view(config)
    yield bool(config.tls_key) and not config.tls_cert, "tls_key: there is no tls_cert that it belongs to"
    for name in ("tls_cert", "tls_key"):
        path = getattr(config, name)
        yield bool(path) and not Path(path).is_file(), f"{name}: there is no such file: {path}"
    yield (
        not (_is_loopback(config.listen_host) or config.tls_cert or config.trusted_proxies),
        f"listen_host: on {config.listen_host} passwords would go over the network in clear; "
        "give tls_cert and tls_key, or trusted_proxies when a proxy in front speaks https",
    )
    yield from _mistakes_of_storage(config)
    yield (
        bool(config.country)
        and not (len(config.country) == 2 and config.country.isascii() and config.country.isalpha()),
        f"country: not a code like FR: {config.country}",
    )
    yield config.media_workers < 0, f"media_workers: not a number of processes: {config.media_workers}"
    yield (
        config.media_workers == 0 and not config.media_listen,
        "media_workers: with none of our own, media_listen must say where the others connect",
    )
    listen = config.media_listen
    yield (
        bool(listen) and not _is_meeting_point(listen),
        f"media_listen: not tcp:HOST:PORT or unix:PATH: {listen}",
    )
    yield bool(listen) and not config.media_secret, "media_secret: needed with media_listen"
    for name in ("media_host", "media_public_address"):
        address = getattr(config, name)
        yield bool(address) and not _is_address(address), f"{name}: not an IP address: {address}"
    yield not _is_range(config.media_ports), f"media_ports: not a range like 40000-40999: {config.media_ports}"
    yield bool(config.turn_urls) and not config.turn_secret, "turn_secret: needed with turn_urls"
    for url in config.turn_urls:
        yield not url.startswith(("turn:", "turns:")), f"turn_urls: not like turn:relay.example:3478: {url}"
    yield config.turn_only and not config.turn_urls, "turn_only: there are no turn_urls"


def _mistakes_of_view(config: Config) -> Iterator[tuple[bool, str]]:
    view = urlsplit(config.view_origin)
    whole = view.scheme in ("http", "https") and view.hostname and not (view.path or view.query or view.fragment)
    yield (
        bool(config.view_origin) and not whole,
        f"view_origin: not an origin like https://view.example: {config.view_origin}",
    )
    yield (
        bool(config.view_origin and config.base_url)
        and view.netloc.lower() == urlsplit(config.base_url).netloc.lower(),
        "view_origin: needs a host of its own, not that of base_url",
    )
    listen = config.view_listen
    yield bool(listen) and not _is_meeting_point(f"tcp:{listen}"), f"view_listen: not HOST:PORT: {listen}"
    if config.view_address is None:
        return
    host, port = config.view_address
    yield port > 65535, f"view_listen: not a port: {port}"
    yield (
        not (config.view_origin or _is_address(host) or host == "localhost"),
        "view_listen: view_origin must say under which host it is reached",
    )
    yield (
        not (_is_loopback(host) or config.tls_cert or config.trusted_proxies),
        f"view_listen: on {host} customers' pages would go over the network in clear; "
        "give tls_cert and tls_key, or trusted_proxies when a proxy in front speaks https",
    )


def _mistakes_of_storage(config: Config) -> Iterator[tuple[bool, str]]:
    if config.database_url:
        from rs_server.db.urls import BadDatabase, driver_url

        try:
            driver_url(config.database_url)
        except BadDatabase as error:
            yield True, f"database_url: {error}"
    redis = urlsplit(config.redis_url)
    yield (
        bool(config.redis_url) and redis.scheme not in ("redis", "rediss", "unix"),
        "redis_url: not an address like redis://host:6379/0",
    )
    yield (
        bool(config.redis_url) and importlib.util.find_spec("redis") is None,
        "redis_url: redis is not installed: pip install 'deskside[redis]'",
    )
    listen = config.cluster_listen
    yield not _is_meeting_point(f"tcp:{listen}"), f"cluster_listen: not HOST:PORT: {listen}"
    host, port = config.cluster_address
    yield (
        host in ("0.0.0.0", "::", "*"),  # noqa: S104
        "cluster_listen: name the address by which the other servers reach this one",
    )
    yield port > 65535, f"cluster_listen: not a port: {port}"
    yield (
        port != 0 and port == config.listen_port,
        "cluster_listen: needs a port of its own, not that of listen_port",
    )


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_meeting_point(text: str) -> bool:
    kind, _, rest = text.partition(":")
    host, _, port = rest.rpartition(":")
    return bool(rest) if kind == "unix" else kind == "tcp" and bool(host) and port.isdecimal()


def _is_range(text: str) -> bool:
    low, _, high = text.partition("-")
    if not text:
        return True
    return low.isdecimal() and high.isdecimal() and 0 < int(low) <= int(high) < 65536


def _is_list(kind: Any) -> bool:
    return bool(get_args(kind))


def _parse(name: str, kind: Any, text: str) -> Any:
    try:
        if kind is bool:
            return text.strip().lower() in ("1", "true", "yes", "on")
        if _is_list(kind):
            return [piece for piece in text.replace(",", " ").split() if piece]
        return kind(text)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
