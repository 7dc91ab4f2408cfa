"""Human review of reports: requests, who read what of them, and answers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_requests()
    op.create_table(
        "review_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["user_account.id"]),
        sa.ForeignKeyConstraint(["review_id"], ["review_request.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_review_access_operator_id", "review_access", ["operator_id"])
    op.create_index("ix_review_access_review_id", "review_access", ["review_id"])
    op.create_table(
        "review_answer",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "withdrawn_scores",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "outcome = 'corrected' OR jsonb_array_length(withdrawn_scores) = 0", name="nothing_withdrawn_when_upheld"
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["user_account.id"]),
        sa.ForeignKeyConstraint(["review_id"], ["review_request.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("review_id"),
    )
    op.create_index("ix_review_answer_operator_id", "review_answer", ["operator_id"])


def _create_requests() -> None:
    op.create_table(
        "review_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("shares_transcript", sa.Boolean(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(withdrawn_at IS NOT NULL) = (state = 'withdrawn')", name="withdrawn_at_a_time"),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_review_request_interview_id", "review_request", ["interview_id"])
    op.create_index("ix_review_request_user_id", "review_request", ["user_id"])
    op.create_index(
        "uq_review_request_open",
        "review_request",
        ["interview_id"],
        unique=True,
        postgresql_where=sa.text("state = 'requested'"),
    )


def downgrade() -> None:
    raise NotImplementedError("a downgrade would lose data; restore a backup instead")
