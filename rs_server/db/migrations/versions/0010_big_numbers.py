"""Numbers of contacts and events of the queue do not end at two thousand million"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # SQLite's integers are that long anyway.
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in ("acd_events", "acd_contacts"):
        op.alter_column(table, "seq", existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=False)
