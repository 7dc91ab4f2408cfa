"""What was seen of a candidate who agreed to it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Float
from sqlmodel import Field, SQLModel

from interview_core.db.tables.columns import json_column, now_column, owned_by


class FrameAnalysis(SQLModel, table=True):
    """What one video frame of a practice interview showed; the frame itself is never stored.

    A trigger refuses rows of an assessment, and of a candidate whose newest decision is not to consent.
    """

    __tablename__ = "frame_analysis"

    interview_id: UUID = owned_by("interview.id", index=False, primary_key=True)
    epoch: int = Field(primary_key=True)
    frame_ms: int = Field(primary_key=True)
    is_face_found: bool
    is_facing: bool | None = None
    """Whether the face was found from the front, which is as near to "looking at the screen" as this comes; absent when
    no face was found."""
    luminance: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    """Mean brightness of the picture, 0 to 255."""
    emotion: dict[str, Any] | None = json_column(nullable=True)
    """Share of each emotion, 0 to 1; absent when no face was found."""
    created_at: datetime = now_column()
