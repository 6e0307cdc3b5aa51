"""What of a site's pages may be seen, who changed it, and what those pages are made of"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LISTS = ("unmask", "mask", "risky", "asset_hosts", "canaries")
RISKY = '["[type=submit]","form button:not([type])"]'


def upgrade() -> None:
    with op.batch_alter_table("sites", schema=None) as batch_op:
        for name in LISTS:
            batch_op.add_column(sa.Column(name, sa.Text(), server_default=sa.text("'[]'"), nullable=False))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.execute(sa.table("sites", sa.column("risky")).update().values(risky=RISKY))
    op.create_table(
        "site_changes",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "seq", name=op.f("pk_site_changes")),
    )
    op.create_table(
        "page_assets",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.id"], name=op.f("fk_page_assets_session_sessions")),
        sa.PrimaryKeyConstraint("session", "hash", name=op.f("pk_page_assets")),
    )
