"""What a candidate corrects of a profile, and what kinds of hidden text a document held"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("corrections", "hidden_text"):
        op.add_column(
            "resume",
            sa.Column(
                name, postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
            ),
        )


def downgrade() -> None:
    raise NotImplementedError("a downgrade would lose data; restore a backup instead")
