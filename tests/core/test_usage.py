"""Rows of what language models took, and the migration that makes room for them."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

from alembic import command
from sqlalchemy import text
from sqlmodel import Session, select

from interview_core.db.engine import make_engine
from interview_core.db.migrate import alembic_config, is_at_head, upgrade
from interview_core.db.tables import GenerationOutcome, Interview, ModelUsage, User
from interview_core.db.usage import Usage, cost_last_hour, record_usage, tokens_last_hour
from local.postgres import start_postgres
from tests.conftest import FAST
from tests.factories import make_interview, make_user


def usage(interview_id: UUID | None, **changed: object) -> Usage:
    values = {
        "interview_id": interview_id,
        "provider": "llama.cpp",
        "model": "tiny.gguf",
        "prompt_version": "next_question.ko@1",
        "tokens_in": 100,
        "tokens_reused": 60,
        "tokens_out": 20,
        "first_token_ms": 30,
        "total_ms": 80,
        "cost": None,
        "outcome": GenerationOutcome.FINISHED,
        "error_code": None,
    }
    return Usage(**{**values, **changed})


def stored(session: Session) -> list[ModelUsage]:
    session.expire_all()
    return list(session.exec(select(ModelUsage)).all())


def test_a_row_belongs_to_the_interviews_user(session: Session) -> None:
    user = make_user(session)
    interview = make_interview(session, user)
    record_usage(session, usage(interview.id, cost=Decimal("0.00012345")))
    session.commit()

    (row,) = stored(session)

    assert (row.user_id, row.interview_id) == (user.id, interview.id)
    assert (row.tokens_in, row.tokens_reused, row.tokens_out) == (100, 60, 20)
    assert row.cost == Decimal("0.00012345")
    assert row.outcome is GenerationOutcome.FINISHED


def test_usage_outlives_its_interview_but_not_its_user(session: Session) -> None:
    user = make_user(session)
    interview = make_interview(session, user)
    record_usage(session, usage(interview.id))
    session.commit()

    session.delete(session.get_one(Interview, interview.id))
    session.commit()
    assert [(row.user_id, row.interview_id) for row in stored(session)] == [(user.id, None)]

    session.delete(session.get_one(User, user.id))
    session.commit()
    assert stored(session) == []


def test_usage_of_an_interview_that_is_gone_is_nobodys(session: Session) -> None:
    record_usage(session, usage(uuid4()))
    record_usage(session, usage(None))
    session.commit()
    assert [(row.user_id, row.interview_id) for row in stored(session)] == [(None, None)] * 2


def test_the_last_hours_tokens_are_those_of_all_interviews_of_one_user(session: Session) -> None:
    user = make_user(session)
    first, second = make_interview(session, user), make_interview(session, user)
    other = make_interview(session, make_user(session))
    for interview in (first, second, other):
        record_usage(session, usage(interview.id))
    record_usage(session, usage(first.id, tokens_in=None, tokens_reused=None, tokens_out=None))
    session.commit()
    assert tokens_last_hour(session, first.id) == 120
    assert tokens_last_hour(session, other.id) == 60

    session.execute(
        text("UPDATE model_usage SET at = now() - interval '61 min' WHERE interview_id = :id"), {"id": second.id}
    )
    assert tokens_last_hour(session, first.id) == 60


def test_the_last_hours_cost_is_everybodys(session: Session) -> None:
    assert cost_last_hour(session) == 0
    for _ in range(2):
        interview = make_interview(session, make_user(session))
        record_usage(session, usage(interview.id, cost=Decimal("0.5")))
        record_usage(session, usage(interview.id, cost=None))
    session.commit()
    assert cost_last_hour(session) == Decimal(1)


def test_the_check_of_a_users_limit_reads_an_index(session: Session) -> None:
    user = make_user(session)
    interview = make_interview(session, user)
    session.execute(
        text(
            "INSERT INTO model_usage (id, user_id, provider, tokens_in, total_ms, outcome, at)"
            " SELECT gen_random_uuid(), CASE WHEN n % 100 = 0 THEN CAST(:user AS uuid) END, 'x', 1, 1, 'finished',"
            " now() - n * interval '1 second' FROM generate_series(1, 20000) n"
        ),
        {"user": user.id},
    )
    session.commit()
    session.execute(text("ANALYZE model_usage"))
    plan = session.execute(
        text(
            "EXPLAIN SELECT sum(tokens_in) FROM model_usage WHERE at > now() - interval '1 hour'"
            " AND user_id = (SELECT user_id FROM interview WHERE id = :id)"
        ),
        {"id": interview.id},
    ).scalars()
    assert "ix_model_usage_user_at" in "\n".join(plan)
    assert tokens_last_hour(session, interview.id) == 35


# What the first release stored, in its own words: the tables of today's code may have more columns.
FIRST_RELEASE = """
    INSERT INTO user_account (id, username, display_name, password_hash, role, language)
        VALUES (:user, 'haneul', '김하늘', '-', 'candidate', 'ko');
    INSERT INTO interview (id, user_id, scenario_id, scenario_version, language, target_role, purpose, status, sequence,
        question_count, answered_count, media_epoch)
        VALUES (:interview, :user, 'short', 1, 'ko', '백엔드 개발자', 'practice', 'in_progress', 0, 5, 0, 0);
"""


def test_a_database_of_the_first_release_is_upgraded_with_its_data(
    tmp_path: Path, free_port: Callable[[], int]
) -> None:
    user_id, interview_id = uuid4(), uuid4()
    with start_postgres(tmp_path / "postgres", free_port(), FAST) as server:
        command.upgrade(alembic_config(server.url), "0001")
        engine = make_engine(server.url)
        try:
            with engine.begin() as connection:
                connection.execute(text(FIRST_RELEASE), {"user": user_id, "interview": interview_id})
            assert not is_at_head(engine)

            upgrade(server.url)

            assert is_at_head(engine)
            with Session(engine) as session:
                record_usage(session, usage(interview_id))
                session.commit()
                assert tokens_last_hour(session, interview_id) == 60
                owner = session.execute(text("SELECT user_id FROM model_usage")).scalar_one()
            assert owner == user_id
        finally:
            engine.dispose()
