"""Skills, steps, holds and places of contacts; the configuration routed by, an item a row"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = ("queues", "agents", "reasons", "common_codes", "skills", "groups", "hours", "team_lists")


def _difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What `webacd.core.difference` made of two configurations when this was written."""
    found: dict[str, Any] = {"removed": {}, "order": {}}
    for kind in KINDS:
        old = {item["id"]: item for item in before.get(kind, ())}
        new = {item["id"]: item for item in after.get(kind, ())}
        found[kind] = [item for id, item in new.items() if old.get(id) != item]
        gone = [id for id in old if id not in new]
        if gone:
            found["removed"][kind] = gone
        if [id for id in old if id in new] + [id for id in new if id not in old] != list(new):
            found["order"][kind] = list(new)
    if before.get("rules") != after.get("rules"):
        found["rules"] = after.get("rules", {})
    return found


def upgrade() -> None:
    op.create_table(
        "acd_routed",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "id", name=op.f("pk_acd_routed")),
    )
    op.create_table(
        "acd_sticky",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column("customer", sa.String(length=255), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "queue", "customer", name=op.f("pk_acd_sticky")),
    )
    op.create_index("ix_acd_sticky_at", "acd_sticky", ["tenant", "at"], unique=False)
    with op.batch_alter_table("acd_contacts", schema=None) as batch:
        batch.add_column(sa.Column("skills", sa.Text(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("hold", sa.Text()))
        batch.add_column(sa.Column("customer_key", sa.String(length=255), nullable=False, server_default=sa.text("''")))
        batch.add_column(sa.Column("number", sa.String(length=64), nullable=False, server_default=sa.text("''")))
        batch.add_column(sa.Column("steps", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("hops", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("returned_at", sa.Float()))
        batch.alter_column("state", existing_type=sa.String(length=16), type_=sa.String(length=24))
    op.add_column("acd_agent_states", sa.Column("missed", sa.Integer(), nullable=False, server_default="0"))
    _split_configurations()
    _tell_differences()
    with op.batch_alter_table("acd_tenants", schema=None) as batch:
        batch.drop_column("active_configuration")


def _split_configurations() -> None:
    connection = op.get_bind()
    tenants = sa.table("acd_tenants", sa.column("tenant"), sa.column("active_configuration"))
    routed = sa.table("acd_routed", *map(sa.column, ("tenant", "kind", "id", "position", "body")))
    for tenant, text in connection.execute(sa.select(tenants.c.tenant, tenants.c.active_configuration)).all():
        configuration = json.loads(text) if text else {}
        rows = [
            {"tenant": tenant, "kind": kind, "id": item["id"], "position": at, "body": json.dumps(item)}
            for kind in KINDS
            for at, item in enumerate(configuration.get(kind, ()))
        ]
        if "rules" in configuration:
            body = json.dumps(configuration["rules"])
            rows.append({"tenant": tenant, "kind": "rules", "id": "rules", "position": 0, "body": body})
        if rows:
            connection.execute(sa.insert(routed), rows)


def _tell_differences() -> None:
    """Events that said the whole configuration say what changed; arrivals say when, as they were counted from."""
    connection = op.get_bind()
    events = sa.table("acd_events", *map(sa.column, ("tenant", "seq", "body")))
    before: dict[str, Any] = {}
    found = connection.execute(
        sa.select(events.c.tenant, events.c.seq, events.c.body)
        .where(sa.or_(events.c.body.like('%"configured"%'), events.c.body.like('%"contact_arrived"%')))
        .order_by(events.c.tenant, events.c.seq)
    ).all()
    changed = []
    for tenant, seq, body in found:
        event = json.loads(body)
        if event["type"] == "configured":
            after = event.pop("configuration")
            event["difference"] = _difference(before.get(tenant, {}), after)
            before[tenant] = after
        elif event["type"] == "contact_arrived":
            event["arrived_at"] = event["at"]
        else:
            continue
        changed.append({"of": tenant, "number": seq, "text": json.dumps(event)})
    if changed:
        mine = sa.and_(events.c.tenant == sa.bindparam("of"), events.c.seq == sa.bindparam("number"))
        connection.execute(sa.update(events).where(mine).values(body=sa.bindparam("text")), changed)
