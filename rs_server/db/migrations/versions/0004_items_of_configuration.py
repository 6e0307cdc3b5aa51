"""The configuration of routing as a row an item, with a history"""

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FORMER = ("acd_queue_agents", "acd_outcome_codes", "acd_reasons", "acd_agents", "acd_queues")


def upgrade() -> None:
    op.create_table(
        "acd_items",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "id", name=op.f("pk_acd_items")),
    )
    op.create_table(
        "acd_changes",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "version", name=op.f("pk_acd_changes")),
    )
    op.create_index("ix_acd_changes_item", "acd_changes", ["tenant", "kind", "id"])
    connection = op.get_bind()
    columns = ("tenant", "kind", "id", "body", "version")
    items = sa.table("acd_items", *(sa.column(name) for name in columns))
    rows = [
        {"tenant": tenant, "kind": kind, "id": id, "body": json.dumps(body, ensure_ascii=False), "version": 0}
        for tenant, kind, id, body in _items(connection)
    ]
    if rows:
        connection.execute(sa.insert(items), rows)
    for table in FORMER:
        op.drop_table(table)
    with op.batch_alter_table("acd_tenants", schema=None) as batch_op:
        batch_op.drop_column("rules")


def _items(connection: sa.Connection) -> Iterable[tuple[str, str, str, dict[str, Any]]]:
    """(tenant, kind, id, body)"""
    codes = sorted(_rows(connection, "acd_outcome_codes", "tenant", "id", "label", "queue"), key=lambda row: row["id"])
    queues = _rows(connection, "acd_queues", "tenant", "id", "name", "wrap_up_seconds", "offer_seconds",
                   "allow_pick", "ageing", "handle_seconds", "recording", "is_default")  # fmt: skip
    for row in queues:
        body = {name: row[name] for name in ("id", "name", "wrap_up_seconds", "offer_seconds", "ageing")}
        body |= {"handle_seconds": row["handle_seconds"], "recording": row["recording"]}
        # SQLite keeps truth as a number.
        body |= {"allow_pick": bool(row["allow_pick"]), "default": bool(row["is_default"])}
        mine = [code for code in codes if (code["tenant"], code["queue"]) == (row["tenant"], row["id"])]
        body["outcome_codes"] = [{"id": code["id"], "label": code["label"]} for code in mine]
        yield row["tenant"], "queue", row["id"], body
    members = _rows(connection, "acd_queue_agents", "tenant", "queue", "agent")
    served: dict[tuple[str, str], list[str]] = {}
    for row in members:
        served.setdefault((row["tenant"], row["agent"]), []).append(row["queue"])
    for row in _rows(connection, "acd_agents", "tenant", "id", "capacity"):
        queues_served = sorted(served.get((row["tenant"], row["id"]), ()))
        yield row["tenant"], "agent", row["id"], {"id": row["id"], "queues": queues_served, "capacity": row["capacity"]}
    for row in _rows(connection, "acd_reasons", "tenant", "id", "label"):
        yield row["tenant"], "reason", row["id"], {"id": row["id"], "label": row["label"]}
    for row in codes:
        if row["queue"] is None:
            yield row["tenant"], "outcome_code", row["id"], {"id": row["id"], "label": row["label"]}
    for row in _rows(connection, "acd_tenants", "tenant", "rules"):
        rules = json.loads(row["rules"])
        if rules:
            yield row["tenant"], "rules", "rules", rules


def _rows(connection: sa.Connection, table: str, *columns: str) -> list[dict[str, Any]]:
    query = sa.text(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608  # names of ours alone
    return [dict(row) for row in connection.execute(query).mappings()]
