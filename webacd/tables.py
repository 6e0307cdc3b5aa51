"""Tables of the WebACD. All rows belong to a tenant; times are seconds since the epoch."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from rs_server.db import metadata

from .channels import tables as channels  # noqa: F401  # they join the one metadata

tenants = Table(
    "acd_tenants",
    metadata,
    Column("tenant", String(64), primary_key=True),
    # Who writes says which epoch it took; a writer of an earlier one finds no row and is refused.
    Column("epoch", Integer, nullable=False),
    Column("rules", Text, nullable=False, server_default="{}"),
    # What the routing was last told, which the tables below may be ahead of.
    Column("active_configuration", Text),
)

queues = Table(
    "acd_queues",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("wrap_up_seconds", Float),
    Column("offer_seconds", Float, nullable=False),
    Column("allow_pick", Boolean, nullable=False),
    Column("ageing", Float, nullable=False),
    Column("handle_seconds", Float, nullable=False),
    Column("recording", String(16), nullable=False),
    Column("is_default", Boolean, nullable=False),
    UniqueConstraint("tenant", "name"),
    CheckConstraint("recording IN ('off', 'on_demand', 'always')", name="recording"),
)

agents = Table(
    "acd_agents",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("capacity", Integer, nullable=False),
    CheckConstraint("capacity BETWEEN 1 AND 8", name="capacity"),
)

queue_agents = Table(
    "acd_queue_agents",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("queue", String(64), primary_key=True),
    Column("agent", String(64), primary_key=True),
    ForeignKeyConstraint(["tenant", "queue"], ["acd_queues.tenant", "acd_queues.id"], name="fk_acd_queue"),
    ForeignKeyConstraint(["tenant", "agent"], ["acd_agents.tenant", "acd_agents.id"], name="fk_acd_agent"),
)

reasons = Table(
    "acd_reasons",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("label", String(200), nullable=False),
)

outcome_codes = Table(
    "acd_outcome_codes",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    # NULL: a code of every queue.
    Column("queue", String(64)),
    Column("label", String(200), nullable=False),
)

contacts = Table(
    "acd_contacts",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("queue", String(64)),
    Column("medium", String(16), nullable=False),
    Column("session", String(64), nullable=False),
    Column("customer", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("arrived_at", Float, nullable=False),
    Column("estimate", Float),
    Column("state", String(16), nullable=False),
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
)

handle_times = Table(
    "acd_handle_times",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("queue", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("mean", Float, nullable=False),
)

events = Table(
    "acd_events",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("contact", String(64)),
    Column("body", Text, nullable=False),
    Index("ix_acd_events_contact", "tenant", "contact"),
)
