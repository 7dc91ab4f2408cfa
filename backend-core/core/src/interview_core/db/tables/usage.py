"""What models took."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Column, DateTime, ForeignKey, Index, Numeric, func
from sqlmodel import Field, SQLModel

from interview_core.db.tables.columns import enum_column


class GenerationOutcome(StrEnum):
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


class ModelUsage(SQLModel, table=True):
    """What one generation of a language model took: figures only, nothing of what was said."""

    __tablename__ = "model_usage"
    __table_args__ = (Index("ix_model_usage_user_at", "user_id", "at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("user_account.id", ondelete="CASCADE"), nullable=True)
    )
    """None: the interview was deleted before the generation ended, or there is none."""
    interview_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("interview.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    provider: str = Field(max_length=60)
    model: str | None = Field(default=None, max_length=200)
    prompt_version: str | None = Field(default=None, max_length=100)
    tokens_in: int | None = None
    """None here, and in the other counts: the provider did not say, as when it failed in the middle."""
    tokens_reused: int | None = None
    """Those of `tokens_in` that had been read before."""
    tokens_out: int | None = None
    first_token_ms: int | None = None
    total_ms: int
    cost: Decimal | None = Field(default=None, sa_column=Column(Numeric(14, 8), nullable=True))
    """In the currency of the configured prices; None: no price, or not all counts, are known."""
    outcome: GenerationOutcome = enum_column(GenerationOutcome)
    error_code: str | None = Field(default=None, max_length=60)
    at: datetime = Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
    )
