"""A site's settings, as administrators change them."""

from typing import Annotated

import msgspec

from .base import ONE_LINE, Id, Name, Record, Time
from .consent import Capability

Selector = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=ONE_LINE)]
"""CSS; whether a browser understands it, only a browser knows."""
Selectors = Annotated[list[Selector], msgspec.Meta(max_length=200)]
SiteKey = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_\-]{0,63}\Z")]
Origin = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
LanguageTag = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,4})?\Z")]
AssetHost = Annotated[str, msgspec.Meta(min_length=1, max_length=260, pattern=ONE_LINE)]
"""`host[:port]`, exactly."""
Canary = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_\-]{8,64}\Z")]
Choices = Annotated[list[Id], msgspec.Meta(max_length=50)]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


RISKY = ("[type=submit]", "form button:not([type])")
"""Where a site says nothing else: what sends a form."""


class SiteSettings(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`queues`, `skills`: beside `queue`, what a page may choose for those who ask for help there; what is deleted
    later does not count any more. `unmask`, `mask`, `risky`: as in `PageRules`. `asset_hosts`: from where the server
    may fetch pictures, fonts and stylesheets that the customer's browser may not read. `canaries`: typed in a test
    account; one that reaches the server stops the co-browsing."""

    company: Name
    origins: Annotated[list[Origin], msgspec.Meta(min_length=1, max_length=50)]
    languages: Annotated[list[LanguageTag], msgspec.Meta(min_length=1, max_length=20)]
    queue: Id
    queues: Choices = msgspec.field(default_factory=list)
    skills: Choices = msgspec.field(default_factory=list)
    capabilities: Annotated[list[Capability], msgspec.Meta(max_length=20)]
    accent: Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}\Z")] = "#3155d6"
    unmask: Selectors = msgspec.field(default_factory=list)
    mask: Selectors = msgspec.field(default_factory=list)
    risky: Selectors = msgspec.field(default_factory=lambda: list(RISKY))
    asset_hosts: Annotated[list[AssetHost], msgspec.Meta(max_length=50)] = msgspec.field(default_factory=list)
    canaries: Annotated[list[Canary], msgspec.Meta(max_length=50)] = msgspec.field(default_factory=list)


class AdministeredSite(Record, frozen=True, kw_only=True):
    key: str
    version: int
    settings: SiteSettings


class AdministeredSites(Record, frozen=True, kw_only=True):
    """`queues`: where customers can wait, as `[id, name]`; `skills` likewise."""

    sites: list[AdministeredSite]
    queues: list[tuple[str, str]]
    skills: list[tuple[str, str]]


class SavedSite(Record, frozen=True, kw_only=True):
    version: int


class SitePut(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`version`: of the site that the change was made on; 0 for a new one."""

    version: Version
    settings: SiteSettings


class SiteChanged(Record, frozen=True, kw_only=True):
    """`by`: the staff account, empty for a command. `before`, `after`: null where there was no site."""

    at: Time
    by: str
    by_name: str
    before: SiteSettings | None
    after: SiteSettings | None


class SiteHistory(Record, frozen=True, kw_only=True):
    """The newest first."""

    changes: list[SiteChanged]
