"""What a customer's page is made of beside its text: pictures, fonts and stylesheets, kept by their SHA-256."""

from typing import Annotated

import msgspec

from .base import ONE_LINE, Record

AssetHash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class AssetsWanted(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Addresses that the page shows and may not read."""

    urls: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=1, max_length=4000, pattern=ONE_LINE)]], msgspec.Meta(max_length=50)
    ]


class PageAsset(Record, frozen=True, kw_only=True):
    """`hash` null: it is not to be had. `text` of a stylesheet only."""

    url: str
    hash: str | None
    mime: str = ""
    size: int = 0
    text: str | None = None


class AssetsFound(Record, frozen=True, kw_only=True):
    """In the order of the addresses, each once; a text that several of them have stands with the first."""

    assets: list[PageAsset]


class AssetsAsked(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    hashes: Annotated[list[AssetHash], msgspec.Meta(max_length=500)]


class AssetsKnown(Record, frozen=True, kw_only=True):
    """Those that need not be sent."""

    known: list[str]
