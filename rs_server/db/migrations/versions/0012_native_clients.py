"""Endpoints that are native clients, the device they are bound to, and the sign-in of staff that they end with"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("endpoints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("native", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("device_hash", sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column("sign_in", sa.LargeBinary(length=32), nullable=True))
    with op.batch_alter_table("invites", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sign_in", sa.LargeBinary(length=32), nullable=True))
