"""JSON Schema and TypeScript, made from the message types. `rs-server schema` writes them; a test holds them fresh."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, get_args

import msgspec

from . import api, callbacks, page, page_assets, sites, socket
from .base import Record
from .errors import Code, ErrorInfo

_UNIONS: Mapping[str, UnionType] = {
    "ClientBody": socket.ClientBody,
    "ServerBody": socket.ServerBody,
    "ClientFrame": socket.ClientFrame,
    "ServerFrame": socket.ServerFrame,
    "PageServerFrame": page.PageServerFrame,
}


def message_types(more: Sequence[Any] = ()) -> list[Any]:
    """Every type that crosses a wire: frames, their bodies, and the bodies of the HTTP API; `more`: of features."""
    found: list[Any] = [ErrorInfo, page.PageHello, page.PageAbout, page.PagePause]
    for union in _UNIONS.values():
        found.extend(get_args(union))
    found.extend(
        value
        for module in (api, callbacks, page_assets, sites)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Record) and value.__module__ == module.__name__
    )
    return list(dict.fromkeys([*found, *more]))


def json_schema(more: Sequence[Any] = ()) -> dict[str, Any]:
    """One JSON Schema document (2020-12) with every type under `$defs`."""
    _, components = msgspec.json.schema_components(message_types(more), ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Deskside messages",
        "$defs": dict(sorted(components.items())),
    }


def typescript(more: Sequence[Any] = ()) -> str:
    """The same types as TypeScript declarations."""
    defs = json_schema(more)["$defs"]
    out = ["// Made by `rs-server schema` from the types of the messages. Do not edit.", ""]
    for name, schema in defs.items():
        out.append(_declaration(name, schema))
    for name, union in _UNIONS.items():
        out.append(f"export type {name} = {' | '.join(t.__name__ for t in get_args(union))}\n")
    out.append(f"export const ERROR_CODES = {json.dumps([c.value for c in Code])} as const\n")
    return "\n".join(out)


def write(folder: Path, more: Sequence[Any] = ()) -> list[Path]:
    """Write `messages.json` and `messages.ts` into `folder`; returns their paths. `more`: types of features."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"messages.json": json.dumps(json_schema(more), indent=1) + "\n", "messages.ts": typescript(more)}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]


def _declaration(name: str, schema: Mapping[str, Any]) -> str:
    comment = _comment(schema.get("description"))
    if schema.get("type") != "object" or "properties" not in schema:
        return f"{comment}export type {name} = {_type(schema)}\n"
    required = set(schema.get("required", ()))
    tag = schema["properties"].get("type", {}).get("enum")
    lines = []
    for field, inner in schema["properties"].items():
        # What the server sends is always complete; what a client may leave out has a default.
        optional = "" if field in required or (tag and field == "type") else "?"
        lines.append(f"  {field}{optional}: {_type(inner)}")
    return f"{comment}export interface {name} {{\n" + "\n".join(lines) + "\n}\n"


def _comment(text: str | None) -> str:
    if not text:
        return ""
    return "/** " + " ".join(text.split()).replace("*/", "") + " */\n"


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return _union([json.dumps(value) for value in schema["enum"]])
    if "anyOf" in schema:
        return _union([_type(inner) for inner in schema["anyOf"]])
    match schema.get("type"):
        case "string":
            return "string"
        case "integer" | "number":
            return "number"
        case "boolean":
            return "boolean"
        case "null":
            return "null"
        case "array" if "prefixItems" in schema:
            return f"[{', '.join(_type(inner) for inner in schema['prefixItems'])}]"
        case "array":
            return f"{_wrapped(_type(schema.get('items', {})))}[]"
        case "object":
            inner = schema.get("additionalProperties")
            return f"Record<string, {_type(inner) if isinstance(inner, Mapping) else 'unknown'}>"
        case _:
            return "unknown"


def _wrapped(name: str) -> str:
    return f"({name})" if "|" in name else name


def _union(names: Sequence[str]) -> str:
    return " | ".join(dict.fromkeys(names))
