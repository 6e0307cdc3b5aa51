"""Tables of sessions and of the people in them. Times are seconds since the epoch."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
    text,
)

from rs_server.db import metadata

ID = String(64)

users = Table(
    "users",
    metadata,
    Column("id", ID, primary_key=True),
    Column("tenant", ID, nullable=False),
    Column("name", String(200), nullable=False, unique=True),
    Column("display_name", String(80), nullable=False),
    Column("department", String(80), nullable=False, default=""),
    Column("language", String(10), nullable=False, default="en"),
    Column("email", String(254), nullable=False, default=""),
    Column("password", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("disabled", Boolean, nullable=False, default=False),
    Column("created_at", Float, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("user_id", ID, ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
)

sites = Table(
    "sites",
    metadata,
    Column("key", ID, primary_key=True),
    Column("tenant", ID, nullable=False),
    Column("company", String(80), nullable=False),
    Column("origins", Text, nullable=False),
    Column("languages", Text, nullable=False),
    Column("queue", ID, nullable=False),
    Column("capabilities", Text, nullable=False),
    Column("theme", Text, nullable=False),
    # Lists, as JSON.
    Column("queues", Text, nullable=False, server_default=text("'[]'")),
    Column("skills", Text, nullable=False, server_default=text("'[]'")),
    Column("unmask", Text, nullable=False, server_default=text("'[]'")),
    Column("mask", Text, nullable=False, server_default=text("'[]'")),
    Column("risky", Text, nullable=False, server_default=text("'[]'")),
    Column("asset_hosts", Text, nullable=False, server_default=text("'[]'")),
    Column("canaries", Text, nullable=False, server_default=text("'[]'")),
    Column("version", Integer, nullable=False, server_default=text("0")),
)

site_changes = Table(
    "site_changes",
    metadata,
    Column("tenant", ID, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("by", ID, nullable=False),
    Column("key", ID, nullable=False),
    Column("before", Text),
    Column("after", Text),
)
"""Who changed which site, as JSON; `by` is empty for a command. Appended, never changed."""

versions = Table(
    "configuration_versions",
    metadata,
    Column("tenant", ID, primary_key=True),
    Column("version", Integer, nullable=False),
)
"""Counts the changes that were made beside the running server."""

sessions = Table(
    "sessions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("tenant", ID, nullable=False),
    Column("reference", String(20), nullable=False, unique=True),
    Column("state", String(20), nullable=False),
    Column("contact", ID, nullable=False, unique=True),
    Column("queue", ID),
    Column("customer_name", String(80), nullable=False),
    Column("agents", Text, nullable=False, default=""),
    Column("info", Text, nullable=False),
    # What is searched in, folded: SQLite knows capitals of ASCII only.
    Column("search", Text, nullable=False, server_default=text("''")),
    Column("seq", Integer, nullable=False),
    Column("recorded", Boolean, nullable=False, default=False),
    Column("created_at", Float, nullable=False),
    Column("ended_at", Float),
    Index("ix_sessions_tenant_created", "tenant", "created_at"),
    Index("ix_sessions_tenant_state", "tenant", "state"),
)

session_people = Table(
    "session_people",
    metadata,
    Column("session", ID, ForeignKey("sessions.id"), primary_key=True),
    Column("participant", ID, primary_key=True),
    Column("user_id", ID, index=True),
    Column("present", Boolean, nullable=False),
)

session_events = Table(
    "session_events",
    metadata,
    Column("session", ID, ForeignKey("sessions.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("body", Text, nullable=False),
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", ID, primary_key=True),
    Column("session", ID, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("participant", ID, nullable=False),
    Column("origin", String(200), nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("former_hash", LargeBinary(32), unique=True),
    Column("access_hash", LargeBinary(32), unique=True),
    Column("created_at", Float, nullable=False),
    Column("native", Boolean, nullable=False, server_default=false()),
    Column("device_hash", LargeBinary(32)),
    # The staff sign-in that it ends with.
    Column("sign_in", LargeBinary(32)),
)

invites = Table(
    "invites",
    metadata,
    Column("id", ID, primary_key=True),
    Column("session", ID, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("purpose", String(20), nullable=False),
    Column("participant", ID),
    Column("secret_hash", LargeBinary(32), nullable=False, unique=True),
    Column("expires_at", Float, nullable=False),
    Column("used_at", Float),
    Column("revoked", Boolean, nullable=False, default=False),
    Column("sign_in", LargeBinary(32)),
)

files = Table(
    "files",
    metadata,
    Column("id", ID, primary_key=True),
    Column("session", ID, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("sender", ID, nullable=False),
    Column("name", String(255), nullable=False),
    Column("size", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("state", String(20), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("announced", String(64)),
    Column("folder_of", ID),
    Column("folder_for", ID),
)

parts = Table(
    "recording_parts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("session", ID, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("participant", ID, nullable=False),
    Column("label", String(20), nullable=False),
    Column("codec", String(20), nullable=False),
    Column("blob", String(200), nullable=False),
    Column("started_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("frames", Integer, nullable=False, default=0),
    Column("keyframes", Integer, nullable=False, default=0),
    Column("bytes", Integer, nullable=False, default=0),
    Column("complete", Boolean, nullable=False, default=False),
)

page_assets = Table(
    "page_assets",
    metadata,
    Column("session", ID, ForeignKey("sessions.id"), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("tenant", ID, nullable=False),
    Column("mime", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("at", Float, nullable=False),
)
"""Pictures, fonts and stylesheets of a session's pages; the bytes are the blob `page_assets/{hash}`."""

media_notices = Table(
    "media_notices",
    metadata,
    Column("id", ID, primary_key=True),
    Column("session", ID, ForeignKey("sessions.id"), nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("participant", ID, nullable=False),
    Column("what", String(60), nullable=False),
    Column("count", Integer, nullable=False),
)

homes = Table(
    "homes",
    metadata,
    Column("tenant", ID, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("server", String(64), nullable=False),
    Column("address", String(300), nullable=False),
    Column("expires", Float, nullable=False),
)

user_preferences = Table(
    "user_preferences",
    metadata,
    Column("tenant", ID, primary_key=True),
    Column("user", ID, primary_key=True),
    Column("key", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)
"""How a person likes things; the values are JSON."""

supervisions = Table(
    "supervisions",
    metadata,
    Column("tenant", ID, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("by", ID, nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject", ID, nullable=False),
    Column("detail", Text, nullable=False),
)
"""What supervisors did to agents and to who waits, and what customers reported (`by` is a participant then, the
subject a session): appended, never changed."""
