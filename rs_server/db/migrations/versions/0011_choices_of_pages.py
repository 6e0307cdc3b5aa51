"""Queues and skills that a site's pages may choose"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sites", schema=None) as batch_op:
        for name in ("queues", "skills"):
            batch_op.add_column(sa.Column(name, sa.Text(), server_default=sa.text("'[]'"), nullable=False))
