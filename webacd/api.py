"""Bodies of the administration's part of the HTTP API. Items have the shapes of `core.config`."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from rs_server.ports import Medium, ReasonCode
from rs_server.protocol.base import Record
from rs_server.protocol.errors import Code, ErrorInfo, ProtocolError

from .core.items import TYPES, Kind
from .core.problem import Problem, Severity
from .effects import Effect
from .shapes import ID, LINE, REFERENCE, SHAPES, strict

if TYPE_CHECKING:
    from .core.config import Configuration, HoursConfig
else:
    # What comes in has bounds; what goes out has the same shape.
    from .core import config

    Configuration, HoursConfig = strict(config.Configuration), strict(config.HoursConfig)

Id = Annotated[str, ID]
Reference = Annotated[str, REFERENCE]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
FILE_VERSION = 1


class Person(Record, frozen=True, kw_only=True):
    """A staff account, to be named in the configuration."""

    user: str
    name: str
    display_name: str
    department: str
    roles: list[str]
    disabled: bool


class Alarm(Record, frozen=True, kw_only=True):
    """A reference that leads nowhere: `kind` and `id` have it, `to` of kind `of` does not exist."""

    kind: Kind
    id: str
    of: Literal["queue", "group", "skill", "hours", "account"]
    to: str


class Administered(Record, frozen=True, kw_only=True):
    """The configuration as it was saved: a queue's outcome codes are its own alone, `common_codes` are the items of
    kind outcome_code. `problems`: all that is said of it as it is."""

    version: int
    configuration: Configuration
    alarms: list[Alarm]
    people: list[Person]
    problems: list[Problem]


class SavedVersion(Record, frozen=True, kw_only=True):
    version: int


class Touched(Record, frozen=True, kw_only=True):
    """An item that would be, or was, changed."""

    kind: Kind
    id: str
    name: str
    what: Literal["added", "changed", "removed"]


class Checked(Record, frozen=True, kw_only=True):
    """What saving would do. Nothing was saved."""

    problems: list[Problem]
    effects: list[Effect]
    alarms: list[Alarm]
    changed: list[Touched]


class Imported(Record, frozen=True, kw_only=True):
    version: int
    changed: int


class Changed(Record, frozen=True, kw_only=True):
    """One line of the history. Lines of one `batch` were made in one go, and are taken back in one go."""

    version: int
    batch: int
    at: float
    by: str
    """The staff account; empty: a command."""
    by_name: str
    kind: Kind
    id: str
    name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    undoes: int | None
    """Version of the line that this one took back."""


class History(Record, frozen=True, kw_only=True):
    """The newest first."""

    changes: list[Changed]


class ConfigurationFile(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An export. `deskside`: version of the file's form."""

    deskside: int
    configuration: Configuration


class PolicyQuestion(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who would get a contact that came now, or that came `waited` seconds ago?"""

    queue: Id
    medium: Medium = "session"
    priority: Annotated[int, msgspec.Meta(ge=-100, le=100)] = 0
    skills: Annotated[dict[Reference, Annotated[int, msgspec.Meta(ge=1, le=10)]], msgspec.Meta(max_length=50)] = (
        msgspec.field(default_factory=dict)
    )
    agent: Id | None = None
    customer_key: Annotated[str, msgspec.Meta(max_length=200, pattern=LINE)] = ""
    waited: Annotated[float, msgspec.Meta(ge=0, le=30 * 86_400)] = 0.0


class AgainstIt(Record, frozen=True, kw_only=True):
    """Why an agent does not get the contact; `skill`, `has` and `needs` with skill_missing."""

    code: ReasonCode
    skill: str | None
    skill_name: str | None
    has: int
    needs: int


class AgentVerdict(Record, frozen=True, kw_only=True):
    agent: str
    name: str
    eligible: bool
    """Whether the agent is among those of whom the first is chosen."""
    skill_sum: int
    load: int
    reasons: list[AgainstIt]


class NamedLevel(Record, frozen=True, kw_only=True):
    skill: str
    name: str
    level: int


class NamedItem(Record, frozen=True, kw_only=True):
    id: str
    name: str


class PolicyAnswer(Record, frozen=True, kw_only=True):
    """What routing says, with names. `waited` and `next_step` in seconds of waiting."""

    queue: str
    queue_name: str
    medium: Medium
    waited: float
    steps: int
    """How many of the queue's steps are active."""
    next_step: float | None
    skills: list[NamedLevel]
    groups: list[NamedItem]
    agent: str | None
    """The agent it is kept for."""
    chosen: str | None
    """Who would be offered it now; none: it waits."""
    open: bool
    """A customer who comes while the queue is closed is refused."""
    opens_at: float | None
    """When a queue that is closed opens, seconds since the epoch; null: never again."""
    chosen_name: str | None
    agents: list[AgentVerdict]


class CountryInfo(Record, frozen=True, kw_only=True):
    code: str
    name: str
    """In English."""
    regions: list[str]


class HolidayInfo(Record, frozen=True, kw_only=True):
    date: str
    name: str


class Holidays(Record, frozen=True, kw_only=True):
    """Countries when none was asked for, else the days of its year."""

    countries: list[CountryInfo] = msgspec.field(default_factory=list)
    days: list[HolidayInfo] = msgspec.field(default_factory=list)


class HoursQuestion(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`from`: YYYY-MM-DD."""

    hours: HoursConfig
    from_: Annotated[str, msgspec.Meta(max_length=10, pattern=LINE)] = msgspec.field(name="from")
    days: Annotated[int, msgspec.Meta(ge=1, le=62)] = 7


class OpenSpan(Record, frozen=True, kw_only=True):
    """From `start` to before `to`, seconds since the epoch; the same as the wall's clock shows them, HH:MM."""

    start: float
    to: float
    local_start: str
    local_to: str


class OpenDay(Record, frozen=True, kw_only=True):
    date: str
    name: str
    """Of the exception or the holiday."""
    spans: list[OpenSpan]


class HoursPreview(Record, frozen=True, kw_only=True):
    days: list[OpenDay]


# Made of the kinds: one body to save each, and a union to check several.
PUT: dict[Kind, Any] = {
    kind: msgspec.defstruct(
        f"Put_{kind}".title().replace("_", ""),
        [("version", Version), ("item", SHAPES[kind])],
        frozen=True,
        forbid_unknown_fields=True,
        module=__name__,
        namespace={"__doc__": "`version`: of the configuration that the change was made on."},
    )
    for kind in TYPES
}
PROPOSED: Any = None
for _kind in TYPES:
    _proposed: Any = msgspec.defstruct(
        f"Proposed_{_kind}".title().replace("_", ""),
        [("id", Id), ("item", SHAPES[_kind] | None)],
        frozen=True,
        forbid_unknown_fields=True,
        tag_field="kind",
        tag=_kind,
        module=__name__,
        namespace={"__doc__": "Without an item: it would be removed."},
    )
    PROPOSED = _proposed if PROPOSED is None else PROPOSED | _proposed
CheckRequest: Any = msgspec.defstruct(
    "CheckRequest",
    [("changes", Annotated[list[PROPOSED], msgspec.Meta(max_length=1000)])],
    frozen=True,
    forbid_unknown_fields=True,
    module=__name__,
    namespace={"__doc__": "What saving these would do."},
)
SaveRequest: Any = msgspec.defstruct(
    "SaveRequest",
    [("version", Version), ("changes", Annotated[list[PROPOSED], msgspec.Meta(min_length=1, max_length=1000)])],
    frozen=True,
    forbid_unknown_fields=True,
    module=__name__,
    namespace={"__doc__": "All of these, or none. `version`: of the configuration that they were made on."},
)


class InvalidInfo(ErrorInfo, frozen=True, kw_only=True):
    """Code `invalid`: nothing was saved, for these reasons."""

    problems: list[Problem]


class Invalid(ProtocolError):
    """The configuration would be wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        where = ", ".join(each for each in (first.kind, first.id, first.field) if each)
        super().__init__(Code.INVALID, f"{where}: {first.message}", field=first.field or None)
        self.error = InvalidInfo(
            code=Code.INVALID, message=self.error.message, field=self.error.field, problems=problems
        )


BODIES: tuple[Any, ...] = (
    Administered,
    SavedVersion,
    Checked,
    Imported,
    History,
    ConfigurationFile,
    PolicyQuestion,
    PolicyAnswer,
    Holidays,
    HoursQuestion,
    HoursPreview,
    InvalidInfo,
    CheckRequest,
    SaveRequest,
    *PUT.values(),
)
"""What crosses the wire, for the generated contract."""

__all__ = ["BODIES", "PUT", "CheckRequest", "Effect", "Invalid", "Problem", "SaveRequest", "Severity"]
