"""Who signs in."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Column, DateTime
from sqlmodel import Field, SQLModel

from interview_core.db.tables.columns import enum_column, now_column, owned_by, time_column


class Role(StrEnum):
    CANDIDATE = "candidate"
    OPERATOR = "operator"


class Language(StrEnum):
    KOREAN = "ko"
    ENGLISH = "en"


class User(SQLModel, table=True):
    __tablename__ = "user_account"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    username: str = Field(max_length=150, unique=True)
    """As it is compared: NFKC and case-folded."""
    display_name: str = Field(max_length=150)
    password_hash: str
    role: Role = enum_column(Role, default=Role.CANDIDATE)
    language: Language = enum_column(Language, default=Language.KOREAN)
    disabled_at: datetime | None = time_column()
    created_at: datetime = now_column()


class LoginSession(SQLModel, table=True):
    """A family of refresh tokens: one sign-in on one device, until it is revoked or runs out."""

    __tablename__ = "login_session"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = owned_by("user_account.id")
    token_hash: str
    previous_token_hash: str | None = None
    rotated_at: datetime = now_column()
    created_at: datetime = now_column()
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    revoked_at: datetime | None = time_column()
    revoked_reason: str | None = Field(default=None, max_length=40)
