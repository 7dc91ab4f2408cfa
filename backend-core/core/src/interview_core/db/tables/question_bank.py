"""The bank's questions as vectors."""

from pgvector.sqlalchemy import Vector
from sqlalchemy import Column
from sqlalchemy import Enum as SqlEnum
from sqlmodel import Field, SQLModel

from interview_core.db.tables.resumes import EMBEDDING_DIMENSIONS
from interview_core.db.tables.users import Language


class BankVector(SQLModel, table=True):
    """A question of the bank with its vector, of whichever models were in use. It belongs to nobody."""

    __tablename__ = "bank_question"

    entry_id: str = Field(max_length=80, primary_key=True)
    language: Language = Field(
        sa_column=Column(
            SqlEnum(
                Language,
                native_enum=False,
                length=24,
                create_constraint=False,
                values_callable=lambda kind: [item.value for item in kind],
            ),
            primary_key=True,
        )
    )
    embedding_model: str = Field(max_length=200, primary_key=True)
    content_hash: str = Field(max_length=64)
    """Of the text that the vector was made from."""
    embedding: list[float] = Field(sa_column=Column(Vector(EMBEDDING_DIMENSIONS), nullable=False))
