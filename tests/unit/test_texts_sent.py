"""No text that a client sends may carry control characters into the database: PostgreSQL takes no NUL, and nobody needs
the others, but for the ends of lines and tabs."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import msgspec.inspect as mi
import pytest

from rs_server.http.messages import MESSAGES
from rs_server.http.routes import ROUTES
from rs_server.protocol import base, socket
from webacd import http as webacd_http

FORBIDDEN = [chr(code) for code in (*range(32), 127) if chr(code) not in "\t\n\r"]
NEVER_STORED = {
    ("LoginRequest", "password"),
}
"""Only compared."""


def texts(kind: mi.Type, where: tuple[str, str], seen: set[type]) -> Iterator[tuple[tuple[str, str], mi.StrType]]:
    match kind:
        case mi.StrType():
            yield where, kind
        case mi.StructType():
            if kind.cls not in seen:
                seen.add(kind.cls)
                for field in kind.fields:
                    yield from texts(field.type, (kind.cls.__name__, field.name), seen)
        case mi.UnionType():
            for each in kind.types:
                yield from texts(each, where, seen)
        case mi.ListType() | mi.VarTupleType() | mi.SetType():
            yield from texts(kind.item_type, where, seen)
        case mi.TupleType():
            for each in kind.item_types:
                yield from texts(each, where, seen)
        case mi.DictType():
            yield from texts(kind.key_type, where, seen)
            yield from texts(kind.value_type, where, seen)
        case mi.Metadata():
            yield from texts(kind.type, where, seen)


def sent() -> list[Any]:
    bodies = [route.request for route in (*ROUTES, *webacd_http.ROUTES) if route.request is not None]
    return [*bodies, *(rule.kind for rule in MESSAGES), socket.Hello]


def test_every_text_is_bounded_by_a_pattern() -> None:
    seen: set[type] = set()
    found = {
        where: kind
        for each in sent()
        if isinstance(each, type) and issubclass(each, msgspec.Struct)
        for where, kind in texts(mi.type_info(each), (each.__name__, ""), seen)
    }
    assert len(found) > 40
    assert {where for where, kind in found.items() if _lets_pass(kind.pattern or "")} - NEVER_STORED == set()


def _lets_pass(pattern: str) -> list[str]:
    return [each for each in FORBIDDEN if re.search(pattern, f"a{each}b") or re.search(pattern, f"a{each}")]


@pytest.mark.parametrize("text", ["two\nlines\tand more", "Windows\r\n", "é — 東京 🙂"])
def test_what_people_type_passes(text: str) -> None:
    assert msgspec.convert(text, base.Text) == text


@pytest.mark.parametrize("text", ["\0", "a\x1bb", "a\x7f", "\x08"])
def test_what_nobody_types_does_not(text: str) -> None:
    for kind in (base.Text, base.Name):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(text, kind)
