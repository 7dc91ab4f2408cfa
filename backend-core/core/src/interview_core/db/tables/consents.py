"""What a candidate agreed to, for each interview."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Column, DateTime, Index, func
from sqlmodel import Field, SQLModel

from interview_core.db.tables.columns import enum_column, owned_by


class ConsentPurpose(StrEnum):
    RECORDING = "recording"
    TRANSCRIPTION = "transcription"
    SCORING = "scoring"
    EMOTION = "emotion"


class Consent(SQLModel, table=True):
    """One decision of a candidate; the newest row of a purpose counts, none means no.

    A trigger refuses a consent to emotions in an assessment; another, that the purpose of an interview changes.
    """

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_newest", "interview_id", "purpose", "at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = owned_by("user_account.id")
    interview_id: UUID = owned_by("interview.id", index=False)
    purpose: ConsentPurpose = enum_column(ConsentPurpose)
    is_granted: bool
    text_version: str = Field(max_length=40)
    at: datetime = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp())
    )
