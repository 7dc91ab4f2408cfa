"""Kinds of columns that many tables have."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Column, DateTime, ForeignKey, Text, func
from sqlalchemy import Enum as SqlEnum
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field


def enum_column(kind: type[StrEnum], *, default: StrEnum | None = None) -> Any:
    """A word of a kind, stored as its value; required."""
    column: Column[Any] = Column(
        SqlEnum(
            kind,
            native_enum=False,
            length=24,
            create_constraint=False,
            values_callable=lambda k: [item.value for item in k],
        ),
        nullable=False,
    )
    return Field(sa_column=column) if default is None else Field(default=default, sa_column=column)


def json_column(*, nullable: bool = False) -> Any:
    """JSON; an empty object where it is not nullable and not given."""
    if nullable:
        return Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))


def json_from_now_on() -> Any:
    """A JSON object that rows from before the column have empty."""
    empty = sql_text("'{}'::jsonb")
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default=empty))


def json_list() -> Any:
    """A JSON list that rows from before the column have empty."""
    empty = sql_text("'[]'::jsonb")
    return Field(default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=empty))


def now_column() -> Any:
    """The database's time when the row was made."""
    return Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now()))


def time_column() -> Any:
    """A time with its zone, or None."""
    return Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=True))


def text_column(*, nullable: bool = False) -> Any:
    """Text of any length."""
    return Field(default=None if nullable else ..., sa_column=Column(Text, nullable=nullable))


def owned_by(target: str, *, index: bool = True, primary_key: bool = False) -> Any:
    """The key of the row that this one belongs to and goes with."""
    return Field(
        sa_column=Column(ForeignKey(target, ondelete="CASCADE"), nullable=False, index=index, primary_key=primary_key)
    )


def acted_by(target: str) -> Any:
    """The key of the person who did it. Nobody of whom such a row is kept can be removed, only disabled."""
    return Field(sa_column=Column(ForeignKey(target), nullable=False, index=True))
