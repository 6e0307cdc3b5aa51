"""Files that carry bytes from or to somebody's folders"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.add_column(sa.Column("folder_of", sa.String(length=64), nullable=True))
    # SQLite's integers are that long anyway.
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("files", "size", existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=False)
