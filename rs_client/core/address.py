"""What a person types or pastes to join: a link, which names its server, or a number and a server."""

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

LINK = re.compile(r"/(?:j/|client#)([A-Za-z0-9_-]{16,128})")
DIGITS = 9


class BadAddress(Exception):
    """`why` names the sentence that says so: empty, not_link, not_server, insecure, server_needed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Target(NamedTuple):
    """Either `link` (a token) or `number` is set. `server` is an origin, such as `https://help.example`."""

    server: str
    link: str | None = None
    number: str | None = None


def target(text: str, server: str = "") -> Target:
    """Where that leads. A link names its server itself, whatever `server` says; anything else that it carries, such as
    a language for the page, is passed over. Raises BadAddress."""
    text = text.strip()
    if not text:
        raise BadAddress("empty")
    digits = re.sub(r"[\s.\-\u00a0\u202f]", "", text)
    if digits.isascii() and digits.isdigit():
        if len(digits) != DIGITS:
            raise BadAddress("not_link")
        if not server.strip():
            raise BadAddress("server_needed")
        return Target(origin(server), number=digits)
    base, found = _split(text)
    return Target(base, link=found)


def _split(text: str) -> tuple[str, str]:
    parts = _parts(text)
    rest = parts.path + (f"#{parts.fragment}" if parts.fragment else "")
    found = LINK.fullmatch(rest)
    if found is None:
        raise BadAddress("not_link")
    return origin(text), found[1]


def origin(text: str) -> str:
    """Of a server, as typed: without a scheme it is https. Raises BadAddress: plain http only to this machine."""
    parts = _parts(text)
    host = parts.hostname or ""
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise BadAddress("insecure" if parts.scheme == "http" else "not_server")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{parts.port}" if parts.port else "")


class _Parts(NamedTuple):
    scheme: str
    hostname: str
    port: int | None
    path: str
    query: str
    fragment: str


def _parts(text: str) -> _Parts:
    text = text.strip()
    if "://" not in text:
        text = f"https://{text}"
    if not text.isascii() or any(each.isspace() or each == "\\" for each in text):
        # A name in other letters may look like a known one; in ASCII (punycode) it does not.
        raise BadAddress("not_server")
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise BadAddress("not_server") from None
    if not host or parts.username is not None or parts.password is not None:
        # https://known.example@other.example leads to the other.
        raise BadAddress("not_server")
    return _Parts(parts.scheme.lower(), host, port, parts.path, parts.query, parts.fragment)


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
