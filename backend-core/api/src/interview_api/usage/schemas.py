"""Bodies of the usage routes: figures only."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class UsageBy(StrEnum):
    DAY = "day"
    INTERVIEW = "interview"


class UsageFigures(BaseModel):
    """Sums over generations that ended, however they did."""

    model_config = ConfigDict(from_attributes=True)

    requests: int
    failures: int = Field(description="Those that failed or took too long.")
    tokens_in: int = Field(description="As far as the provider said; so in the other counts.")
    tokens_reused: int = Field(description="Those of tokens_in that had been read before.")
    tokens_out: int
    total_ms: int = Field(description="From request to end, waiting included.")
    cost: float | None = Field(description="By the configured prices; null where no generation has a known cost.")
    requests_without_cost: int = Field(description="Those that `cost` leaves out, because their cost is not known.")


class OwnUsage(UsageFigures):
    day: date | None = Field(description="In UTC; null when the figures are by interview.")
    interview_id: UUID | None = Field(description="Null when the figures are by day, and for interviews now deleted.")


class OwnUsagePage(BaseModel):
    items: list[OwnUsage]
    total: int


class ProviderUsage(UsageFigures):
    day: date = Field(description="In UTC.")
    provider: str
    model: str | None


class ProviderUsagePage(BaseModel):
    items: list[ProviderUsage]
    total: int
