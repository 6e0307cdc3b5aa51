"""What is searched in sessions, folded; a count of changes to the configuration"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def upgrade() -> None:
    op.create_table(
        "configuration_versions",
        sa.Column("tenant", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_configuration_versions")),
    )
    op.add_column("sessions", sa.Column("search", sa.Text(), nullable=False, server_default=sa.text("''")))
    sessions = sa.table(
        "sessions",
        sa.column("id", sa.String),
        sa.column("customer_name", sa.String),
        sa.column("reference", sa.String),
        sa.column("agents", sa.Text),
        sa.column("search", sa.Text),
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(sessions.c.id, sessions.c.customer_name, sessions.c.reference, sessions.c.agents)
    ).all()
    if rows:
        connection.execute(
            sa.update(sessions).where(sessions.c.id == sa.bindparam("name")).values(search=sa.bindparam("found")),
            [
                {
                    "name": row.id,
                    "found": "\n".join(
                        (
                            _folded(row.customer_name),
                            _folded(row.reference),
                            "\t",
                            *map(_folded, row.agents.split("\n")),
                        )
                    ),
                }
                for row in rows
            ],
        )
