"""What a user sees of what language models took, and what operators see."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlmodel import Session

from interview_core.db.tables import GenerationOutcome, Interview
from interview_core.db.usage import Usage, record_usage
from tests.api.conftest import Person, error_code
from tests.factories import make_interview

OWN, ALL = "/api/v1/users/me/usage", "/api/v1/operations/usage"
EMPTY = {"items": [], "total": 0}


def use(session: Session, interview_id: UUID | None, **changed: Any) -> None:
    values: dict[str, Any] = {
        "interview_id": interview_id,
        "provider": "local",
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
    record_usage(session, Usage(**{**values, **changed}))
    session.commit()


def interview_of(session: Session, person: Person) -> Interview:
    return make_interview(session, person.row)


def test_a_user_sees_what_was_taken_by_day(client: TestClient, candidate: Person, session: Session) -> None:
    assert client.get(OWN, headers=candidate.headers).json() == EMPTY
    interview = interview_of(session, candidate)
    use(session, interview.id)
    use(session, interview.id, provider="openai", cost=Decimal("0.25"))
    use(session, interview.id, outcome=GenerationOutcome.TIMED_OUT, tokens_in=None, tokens_reused=None, tokens_out=None)

    body = client.get(OWN, headers=candidate.headers).json()

    assert body["total"] == 1
    (item,) = body["items"]
    today = session.execute(text("SELECT date(timezone('UTC', now()))")).scalar_one()
    assert item == {
        "day": today.isoformat(),
        "interview_id": None,
        "requests": 3,
        "failures": 1,
        "tokens_in": 200,
        "tokens_reused": 120,
        "tokens_out": 40,
        "total_ms": 240,
        "cost": 0.25,
        "requests_without_cost": 2,
    }


def test_a_user_sees_what_was_taken_by_interview_newest_first(
    client: TestClient, candidate: Person, session: Session
) -> None:
    first, second, third = (interview_of(session, candidate) for _ in range(3))
    for interview in (first, second, third):
        use(session, interview.id)
    use(session, first.id)
    session.delete(session.get_one(Interview, third.id))
    session.commit()

    page = client.get(OWN, params={"by": "interview", "limit": 2}, headers=candidate.headers).json()
    rest = client.get(OWN, params={"by": "interview", "limit": 2, "offset": 2}, headers=candidate.headers).json()

    assert (page["total"], rest["total"]) == (3, 3)
    found = [(item["interview_id"], item["requests"], item["day"]) for item in page["items"] + rest["items"]]
    assert found == [(str(first.id), 2, None), (None, 1, None), (str(second.id), 1, None)]
    assert {item["cost"] for item in page["items"]} == {None}


def test_usage_is_for_its_owner_alone(
    client: TestClient, candidate: Person, stranger: Person, session: Session
) -> None:
    use(session, interview_of(session, candidate).id)
    use(session, None)

    assert client.get(OWN, headers=stranger.headers).json() == EMPTY
    assert client.get(OWN, params={"by": "interview"}, headers=stranger.headers).json() == EMPTY
    assert error_code(client.get(OWN)) == "NOT_AUTHENTICATED"
    assert error_code(client.get(OWN, params={"by": "user"}, headers=candidate.headers)) == "VALIDATION_FAILED"


def test_operators_see_everybodys_usage_by_provider_and_nobody_else_does(
    client: TestClient, candidate: Person, stranger: Person, operator: Person, session: Session
) -> None:
    for person in (candidate, stranger):
        use(session, interview_of(session, person).id)
    use(session, None, provider="openai", model="gpt", cost=Decimal("0.5"))
    use(session, None, provider="openai", model="gpt", outcome=GenerationOutcome.FAILED)
    session.execute(
        text("UPDATE model_usage SET at = now() - interval '40 days' WHERE outcome = 'failed' AND provider = 'openai'")
    )
    session.commit()

    recent = client.get(ALL, headers=operator.headers).json()
    older = client.get(ALL, params={"days": 60}, headers=operator.headers).json()

    assert [(item["provider"], item["model"], item["requests"], item["cost"]) for item in recent["items"]] == [
        ("local", "tiny.gguf", 2, None),
        ("openai", "gpt", 1, 0.5),
    ]
    assert (recent["total"], older["total"]) == (2, 3)
    assert older["items"][-1]["failures"] == 1
    assert error_code(client.get(ALL, headers=candidate.headers)) == "NOT_ALLOWED"
    assert error_code(client.get(ALL)) == "NOT_AUTHENTICATED"
