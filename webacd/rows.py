"""What rows of the tables say, as the routing core knows it."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import RowMapping

from .core.agent import Agent, AgentState
from .core.config import Configuration, Rules
from .core.contact import Contact, ContactState, Hold
from .core.difference import KINDS, Difference
from .core.offer import Offer
from .core.profile import Profile

ITEMS: dict[str, Any] = {field.name: field.type for field in msgspec.structs.fields(Difference) if field.name in KINDS}
"""Types of the items by kind, as tuples of any length."""
RULES = "rules"


def routed(rows: Iterable[RowMapping]) -> Configuration:
    """The configuration that the rows of `tables.routed` make."""
    items: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: row["position"]):
        items.setdefault(row["kind"], []).append(row["body"])
    rules = msgspec.json.decode(items.pop(RULES)[0], type=Rules) if RULES in items else Rules()
    found = {kind: msgspec.json.decode(f"[{','.join(bodies)}]", type=ITEMS[kind]) for kind, bodies in items.items()}
    return Configuration(rules=rules, **found)


def agent_of(id: str, profile: Profile, row: RowMapping | None) -> Agent:
    agent = Agent(id, profile)
    if row is not None:
        agent.state = AgentState(row["state"])
        agent.reason, agent.since, agent.turn, agent.missed = row["reason"], row["since"], row["turn"], row["missed"]
    return agent


def contact_of(row: RowMapping) -> Contact:
    same = ("id", "seq", "queue", "medium", "session", "customer", "question", "priority", "arrived_at", "number")
    also = ("estimate", "agent", "offer", "offers", "assigned_at", "wrap_up_deadline", "customer_key", "steps", "hops")
    return Contact(
        **{name: row[name] for name in (*same, *also)},
        returned_at=row["returned_at"],
        state=ContactState(row["state"]),
        declined=msgspec.json.decode(row["declined"], type=dict[str, float]),
        skills=tuple(msgspec.json.decode(row["skills"], type=dict[str, int]).items()),
        hold=hold_of(row["hold"]),
    )


def hold_of(text: str | None) -> Hold | None:
    return msgspec.json.decode(text, type=Hold) if text is not None else None


def offer_of(row: RowMapping) -> Offer:
    return Offer(row["id"], row["contact"], row["agent"], row["made_at"], row["deadline"])


def json(value: Any) -> str | None:
    """For a column; None stays NULL."""
    return msgspec.json.encode(value).decode() if value is not None else None
