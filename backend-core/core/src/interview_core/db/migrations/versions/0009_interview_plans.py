"""Plans of slots, a clock, follow-ups that are decided, and questions that are prepared"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.add_column("interview", sa.Column("plan", JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column("interview", sa.Column("difficulty", sa.String(length=20), nullable=True))
    op.add_column(
        "interview", sa.Column("accommodations", JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False)
    )
    op.add_column("interview", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_interview_ends_at", "interview", ["ends_at"])
    # Whoever was in the middle of an interview has a week to go on.
    op.execute("UPDATE interview SET ends_at = now() + interval '7 days' WHERE status = 'in_progress'")
    op.add_column("question", sa.Column("slot", sa.Integer(), nullable=True))
    op.add_column("question", sa.Column("probe", sa.Integer(), server_default="0", nullable=False))
    op.add_column("question", sa.Column("competency", sa.String(length=60), nullable=True))
    op.add_column("question", sa.Column("claim_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "question_claim_id_fkey", "question", "resume_claim", ["claim_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("ix_question_claim_id", "question", ["claim_id"])
    op.add_column("question", sa.Column("follow_up", JSONB, nullable=True))
    op.add_column("question", sa.Column("waiting", JSONB, nullable=True))
    op.add_column("answer", sa.Column("outcome", sa.String(length=20), nullable=True))
    op.create_table(
        "prepared_question",
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("after_position", sa.Integer(), nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("interview_id", "slot"),
    )


def downgrade() -> None:
    raise NotImplementedError("a downgrade would lose data; restore a backup instead")
