"""Tables of callbacks. All rows belong to a tenant; times are seconds since the epoch."""

from sqlalchemy import (
    Boolean,
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

callbacks = Table(
    "acd_callbacks",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("reference", String(20), nullable=False),
    Column("queue", String(64), nullable=False),
    Column("key", String(254), nullable=False),
    # Queue and key while it is live, else NULL: at most one is.
    Column("live_key", String(330)),
    Column("name", String(200), nullable=False),
    Column("number", String(32), nullable=False),
    Column("email", String(254), nullable=False),
    Column("note", Text, nullable=False),
    Column("language", String(10), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("source", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("at", Float, nullable=False),
    Column("agent", String(64)),
    Column("agent_only", Boolean, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("arrived_at", Float),
    Column("tries", Integer, nullable=False),
    Column("dialled", Boolean, nullable=False),
    Column("contact", String(64)),
    Column("session", String(64)),
    Column("holder", String(64)),
    Column("outcome", String(32), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("ended_at", Float),
    Column("list_key", String(64)),
    Column("version", Integer, nullable=False),
    # What is searched in, folded: SQLite knows capitals of ASCII only.
    Column("search", Text, nullable=False),
    UniqueConstraint("tenant", "live_key", name="uq_acd_callbacks_live"),
    UniqueConstraint("tenant", "list_key", name="uq_acd_callbacks_list"),
    Index("ix_acd_callbacks_due", "tenant", "state", "at"),
    Index("ix_acd_callbacks_contact", "tenant", "contact"),
    Index("ix_acd_callbacks_key", "tenant", "key"),
)

attempts = Table(
    "acd_callback_attempts",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("callback", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("agent", String(64), nullable=False),
    Column("session", String(64)),
    # NULL: nobody has said yet what came of it.
    Column("outcome", String(16)),
    Column("note", Text, nullable=False),
    Column("ended_at", Float),
    ForeignKeyConstraint(["tenant", "callback"], ["acd_callbacks.tenant", "acd_callbacks.id"], name="fk_acd_callback"),
)

lists = Table(
    "acd_callback_lists",
    metadata,
    Column("tenant", String(64), primary_key=True),
    # SHA-256 of the file: the same content again is the same list.
    Column("digest", String(64), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("state", String(16), nullable=False),
    # Rows that are on disk: after a crash the next one is the first to be read.
    Column("rows", Integer, nullable=False),
    Column("imported", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
)
