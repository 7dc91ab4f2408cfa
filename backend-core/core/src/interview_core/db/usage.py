"""What language models take: one row per generation, and how much the last hour took."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import Session

from interview_core.db.tables import GenerationOutcome


@dataclass(frozen=True)
class Usage:
    """A generation that ended; see `tables.ModelUsage`."""

    interview_id: UUID | None
    """Or a question set's or learning path's, which counts for its user alone."""
    provider: str
    model: str | None
    prompt_version: str | None
    tokens_in: int | None
    tokens_reused: int | None
    tokens_out: int | None
    first_token_ms: int | None
    total_ms: int
    cost: Decimal | None
    outcome: GenerationOutcome
    error_code: str | None


def record_usage(session: Session, usage: Usage) -> None:
    """Add a row in the caller's transaction, for whose interview it was; user and interview are None once deleted."""
    session.execute(
        text(
            "INSERT INTO model_usage (id, user_id, interview_id, provider, model, prompt_version, tokens_in,"
            " tokens_reused, tokens_out, first_token_ms, total_ms, cost, outcome, error_code, at)"
            " SELECT :id, coalesce(interview.user_id, question_set.user_id, learning_path.user_id), interview.id,"
            " :provider, :model, :prompt_version, :tokens_in, :tokens_reused, :tokens_out, :first_token_ms, :total_ms,"
            " :cost, :outcome, :error_code, now()"
            " FROM (SELECT CAST(:interview_id AS uuid) AS id) wanted"
            " LEFT JOIN interview ON interview.id = wanted.id"
            " LEFT JOIN question_set ON question_set.id = wanted.id"
            " LEFT JOIN learning_path ON learning_path.id = wanted.id"
        ),
        {"id": uuid4(), **asdict(usage), "outcome": usage.outcome.value},
    )


def tokens_last_hour(session: Session, interview_id: UUID) -> int:
    """Return how many tokens were read and written within an hour for everything of this one's user.

    What had been read before, and was reused, does not count.
    """
    return int(
        session.execute(
            text(
                "SELECT coalesce(sum(coalesce(tokens_in, 0) - coalesce(tokens_reused, 0) + coalesce(tokens_out, 0)), 0)"
                " FROM model_usage WHERE at > now() - interval '1 hour'"
                " AND user_id = (SELECT user_id FROM interview WHERE id = :interview_id"
                " UNION ALL SELECT user_id FROM question_set WHERE id = :interview_id"
                " UNION ALL SELECT user_id FROM learning_path WHERE id = :interview_id)"
            ),
            {"interview_id": interview_id},
        ).scalar_one()
    )


def cost_last_hour(session: Session) -> Decimal:
    """Return what all generations cost together within an hour, as far as their cost is known."""
    return Decimal(
        session.execute(
            text("SELECT coalesce(sum(cost), 0) FROM model_usage WHERE at > now() - interval '1 hour'")
        ).scalar_one()
    )
