"""Tables of the WebACD. All rows belong to a tenant; times are seconds since the epoch."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from rs_server.db import metadata

from .channels import tables as channels  # noqa: F401  # they join the one metadata

_Long = BigInteger().with_variant(Integer(), "sqlite")

tenants = Table(
    "acd_tenants",
    metadata,
    Column("tenant", String(64), primary_key=True),
    # Who writes says which epoch it took; a writer of an earlier one finds no row and is refused.
    Column("epoch", Integer, nullable=False),
)

# What the routing was last told, which the items may be ahead of: a row an item.
routed = Table(
    "acd_routed",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

items = Table(
    "acd_items",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    # Of the change that made it so; 0: it was there before changes were kept.
    Column("version", Integer, nullable=False),
)

changes = Table(
    "acd_changes",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    # Version of the first of those that were made in one go.
    Column("batch", Integer, nullable=False),
    Column("at", Float, nullable=False),
    # The staff account; empty: a command.
    Column("by", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("id", String(64), nullable=False),
    # NULL: there was nothing, or there is nothing any more.
    Column("before", Text),
    Column("after", Text),
    # Version of the change that this one took back.
    Column("undoes", Integer),
    Index("ix_acd_changes_item", "tenant", "kind", "id"),
)

contacts = Table(
    "acd_contacts",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("seq", _Long, nullable=False),
    Column("queue", String(64)),
    Column("medium", String(16), nullable=False),
    Column("session", String(64), nullable=False),
    Column("customer", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("arrived_at", Float, nullable=False),
    # JSON: levels by skill; for whom it is kept.
    Column("skills", Text, nullable=False, server_default="{}"),
    Column("hold", Text),
    Column("customer_key", String(255), nullable=False, server_default=text("''")),
    Column("number", String(64), nullable=False, server_default=text("''")),
    Column("steps", Integer, nullable=False, server_default="0"),
    Column("hops", Integer, nullable=False, server_default="0"),
    Column("returned_at", Float),
    Column("estimate", Float),
    Column("state", String(24), nullable=False),
    Column("agent", String(64)),
    Column("offer", String(96)),
    Column("offers", Integer, nullable=False),
    Column("assigned_at", Float),
    Column("waited", Float),
    Column("wrap_up_deadline", Float),
    Column("declined", Text, nullable=False),
    Column("outcome_code", String(64)),
    Column("ended_at", Float),
    UniqueConstraint("tenant", "seq"),
    Index("ix_acd_contacts_state", "tenant", "state"),
)

offers = Table(
    "acd_offers",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(96), primary_key=True),
    Column("contact", String(64), nullable=False),
    Column("agent", String(64), nullable=False),
    Column("made_at", Float, nullable=False),
    Column("deadline", Float, nullable=False),
    Column("state", String(16), nullable=False),
    Column("ended_at", Float),
    Index("ix_acd_offers_state", "tenant", "state"),
)

agent_states = Table(
    "acd_agent_states",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("agent", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("reason", String(64)),
    Column("since", Float, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("missed", Integer, nullable=False, server_default="0"),
)

# Who had a customer last in a queue.
sticky = Table(
    "acd_sticky",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("queue", String(64), primary_key=True),
    Column("customer", String(255), primary_key=True),
    Column("agent", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Index("ix_acd_sticky_at", "tenant", "at"),
)

handle_times = Table(
    "acd_handle_times",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("queue", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("mean", Float, nullable=False),
)

# Those that are older than `event_days` are forgotten: what they came to stands in the other rows.
events = Table(
    "acd_events",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("seq", _Long, primary_key=True),
    Column("at", Float, nullable=False),
    Column("contact", String(64)),
    Column("body", Text, nullable=False),
    Index("ix_acd_events_contact", "tenant", "contact"),
)
