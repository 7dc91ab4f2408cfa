"""Speech: segments, spoken answers, baselines, spoken questions; how an answer was given; what more a frame shows"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_segments()
    _create_takes()
    _create_voices()
    _add_columns()


def downgrade() -> None:
    raise NotImplementedError("a downgrade would lose data; restore a backup instead")


def _owned_by(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], ondelete="CASCADE")


def _created_at() -> "sa.Column[object]":
    return sa.Column("created_at", _TIME, server_default=sa.func.now(), nullable=False)


def _create_segments() -> None:
    op.create_table(
        "speech_segment",
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("audio", sa.String(300), nullable=True),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("words", _JSON, server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("language", sa.String(24), nullable=False),
        sa.Column("delivery", _JSON, nullable=True),
        sa.Column("recognised_by", _JSON, nullable=True),
        sa.Column("error_code", sa.String(60), nullable=True),
        _created_at(),
        sa.Column("finished_at", _TIME, nullable=True),
        _owned_by("interview"),
        _owned_by("question"),
        sa.PrimaryKeyConstraint("interview_id", "epoch", "sequence"),
    )
    op.create_index("ix_speech_segment_take", "speech_segment", ["question_id", "take"])


def _create_takes() -> None:
    op.create_table(
        "spoken_answer",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.String(24), nullable=True),
        sa.Column("recording", sa.String(300), nullable=True),
        sa.Column("error_code", sa.String(60), nullable=True),
        sa.Column("started_at", _TIME, server_default=sa.func.now(), nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        _owned_by("question"),
        _owned_by("interview"),
        sa.PrimaryKeyConstraint("question_id", "take"),
    )
    op.create_index("ix_spoken_answer_interview_id", "spoken_answer", ["interview_id"])


def _create_voices() -> None:
    op.create_table(
        "voice_baseline",
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("recording", sa.String(300), nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("delivery", _JSON, nullable=True),
        sa.Column("error_code", sa.String(60), nullable=True),
        _created_at(),
        sa.Column("finished_at", _TIME, nullable=True),
        _owned_by("interview"),
        sa.PrimaryKeyConstraint("interview_id"),
    )
    op.create_table(
        "spoken_question",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("interview_id", sa.Uuid(), nullable=False),
        sa.Column("audio", sa.String(300), nullable=False),
        sa.Column("media_type", sa.String(60), nullable=False),
        sa.Column("engine", sa.String(60), nullable=False),
        sa.Column("voice", sa.String(100), nullable=False),
        _created_at(),
        _owned_by("question"),
        _owned_by("interview"),
        sa.PrimaryKeyConstraint("question_id"),
    )
    op.create_index("ix_spoken_question_interview_id", "spoken_question", ["interview_id"])


def _add_columns() -> None:
    op.add_column("answer", sa.Column("source", sa.String(24), server_default="text", nullable=False))
    op.add_column("answer", sa.Column("take", sa.Integer(), nullable=True))
    op.add_column("answer", sa.Column("transcript", sa.Text(), nullable=True))
    op.add_column("answer", sa.Column("transcript_edits", _JSON, nullable=True))
    op.add_column("answer", sa.Column("missing_segments", _JSON, nullable=True))
    op.add_column("frame_analysis", sa.Column("is_facing", sa.Boolean(), nullable=True))
    op.add_column("frame_analysis", sa.Column("luminance", sa.Float(), nullable=True))
