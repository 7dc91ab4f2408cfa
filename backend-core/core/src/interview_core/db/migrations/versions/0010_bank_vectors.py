"""Vectors of the question bank and of what an interview is about"""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import Vector

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_DIMENSIONS = 384


def upgrade() -> None:
    op.create_table(
        "bank_question",
        sa.Column("entry_id", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=24), nullable=False),
        sa.Column("embedding_model", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("embedding", Vector(_DIMENSIONS), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "language", "embedding_model"),
    )
    op.create_table(
        "interview_focus",
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("embedding_model", sa.String(length=200), nullable=False),
        sa.Column("embedding", Vector(_DIMENSIONS), nullable=False),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("interview_id"),
    )


def downgrade() -> None:
    raise NotImplementedError("a downgrade would lose data; restore a backup instead")
