"""The types of the configuration as they come over a wire: no unknown fields, nothing without a bound.

Made from the types that the routing uses, so that the two cannot part; what makes sense among values that have the
right shape is said by `core.validate`.
"""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from .core.items import TYPES, Kind

ID = Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_\-]{0,63}$(?!\n)")
REFERENCE = Meta(max_length=64, pattern=r"^[A-Za-z0-9_\-]*$(?!\n)")
LINE = r"^[^\x00-\x1f\x7f]*$(?!\n)"
"""One line of text. (`$` alone would let a newline at the end pass.)"""

_TEXT = Meta(max_length=200, pattern=LINE)
_NUMBER = Meta(ge=-(10**9), le=10**9)
_LIST = Meta(max_length=500)

_TEXTS: Mapping[str, Meta] = {
    "id": ID,
    "name": Meta(max_length=80, pattern=LINE),
    # Texts by language in one.
    "label": Meta(max_length=2000, pattern=LINE),
    "zone": Meta(max_length=64, pattern=LINE),
    "country": Meta(max_length=10, pattern=LINE),
    "region": Meta(max_length=40, pattern=LINE),
    "date": Meta(max_length=10, pattern=LINE),
    "start": Meta(max_length=5, pattern=LINE),
    "to": Meta(max_length=5, pattern=LINE),
    **dict.fromkeys(("skill", "queue", "hours", "queues", "groups", "drop", "members"), REFERENCE),
}
"""Bounds of texts, and of the texts in lists, by the name of the field."""
_LISTS: Mapping[str, Meta] = {
    **dict.fromkeys(("queues", "agents", "groups", "skills", "hours", "team_lists", "reasons", "common_codes"), _LIST),
    "agents": Meta(max_length=20_000),
    "steps": Meta(max_length=20),
    "week": Meta(max_length=7),
    "spans": Meta(max_length=24),
    "exceptions": Meta(max_length=400),
    "limits": Meta(max_length=10),
}

_UNION: Any = Union
_ANNOTATED: Any = Annotated
_TUPLE: Any = tuple
_DICT: Any = dict
"""Under these names a type may be made of types that are not known before."""

_made: dict[type, type] = {}


def strict(kind: type[Any]) -> Any:
    """The same struct for what comes from outside. Made once, so that it is one type everywhere."""
    if kind not in _made:
        fields: list[Any] = []
        hints = get_type_hints(kind, include_extras=True)
        for field in msgspec.structs.fields(kind):
            bounded = _bounded(hints[field.name], field.name)
            default = field.default
            if field.default_factory is not msgspec.NODEFAULT:
                default = msgspec.field(default_factory=field.default_factory)
            elif isinstance(default, msgspec.Struct):
                default = msgspec.convert(default, strict(type(default)), from_attributes=True)
            fields.append((field.name, bounded) if default is msgspec.NODEFAULT else (field.name, bounded, default))
        _made[kind] = msgspec.defstruct(
            kind.__name__, fields, frozen=True, forbid_unknown_fields=True, namespace={"__doc__": kind.__doc__},
            module=__name__,
        )  # fmt: skip
    return _made[kind]


def _bounded(hint: Any, name: str) -> Any:
    """The type with its bounds; `name` is that of the field it belongs to."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _UNION[tuple(each if each is NoneType else _bounded(each, name) for each in inner)]
    if origin is tuple:
        return _ANNOTATED[_TUPLE[_bounded(inner[0], name), ...], _LISTS.get(name, _LIST)]
    if origin is dict:
        return _ANNOTATED[_DICT[inner[0], _bounded(inner[1], name)], _LISTS[name]]
    if origin is Literal or hint is bool:
        return hint
    if hint is str:
        return _ANNOTATED[str, _TEXTS.get(name, _TEXT)]
    if hint in (int, float):
        return _ANNOTATED[hint, _NUMBER]
    return strict(hint)


def loose(value: Any, kind: type[Any]) -> Any:
    """What came in strict shape as the type that the routing uses."""
    return msgspec.json.decode(msgspec.json.encode(value), type=kind)


SHAPES: Mapping[Kind, Any] = {kind: strict(item) for kind, item in TYPES.items()}
