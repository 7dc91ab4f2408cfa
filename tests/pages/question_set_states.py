"""Question sets: the list and its form, one that is being written, one that failed, one that is there."""

from typing import Any

from tests.pages.interviews import question, resume_row
from tests.pages.page_server import Answers, Event, Stream
from tests.pages.people import NOW, identifier, signed_in
from tests.pages.resume_states import RESUME, detail, profile
from tests.pages.state import State, word

SET = identifier(61)
PATH = f"/question-sets/{SET}"


def _set(language: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": identifier(60 + number),
        "resume_id": RESUME,
        "batch_id": None,
        "target_role": word(language, "백엔드 개발자", "Backend developer"),
        "company": word(language, "라온커머스", "Harbour Commerce"),
        "language": language,
        "difficulty": None,
        "status": "ready",
        "percent": 100,
        "error_code": None,
        "created_at": NOW,
        "finished_at": NOW,
        **changes,
    }


def _question(language: str, position: int) -> dict[str, Any]:
    asked = question(language, position)
    covers = [("병목을 찾은 방법", "How the bottleneck was found"), ("비교한 대안", "Alternatives considered")]
    same = ("text", "type", "difficulty", "topic", "reason", "source_quote", "answered_by")
    return {
        **{name: asked[name] for name in same},
        "id": identifier(60 + 10 * position),
        "position": position,
        "covers": [word(language, *aspect) for aspect in covers],
    }


def _listed(language: str) -> Answers:
    unfinished = {"percent": 40, "finished_at": None}
    sets = [
        _set(language, 3, status="running", **unfinished),
        _set(language, 2, status="failed", error_code="expired", **unfinished),
        _set(language),
    ]
    return signed_in(language) | {
        "GET /resumes": {"items": [resume_row(language, 1)], "total": 1},
        f"GET /resumes/{RESUME}": detail(language, profile=profile(language)),
        "GET /question-sets": {"items": sets, "total": len(sets)},
    }


def _shown(language: str, question_count: int, **changes: Any) -> Answers:
    questions = [_question(language, position) for position in range(1, question_count + 1)]
    shown = _set(language, **changes) | {"job_description": None, "questions": questions}
    return signed_in(language) | {
        f"GET {PATH}": shown,
        f"GET {PATH}/events": Stream((Event("snapshot", shown, "QuestionSetDetail"),)),
    }


STATES = [
    State("question-sets", "/question-sets", _listed, ("만드는 중", "Being written")),
    State(
        "question-set-running",
        PATH,
        lambda language: _shown(language, 1, status="running", percent=40, finished_at=None),
        ("질문을 쓰고 있어요", "Writing questions"),
    ),
    State(
        "question-set-failed",
        PATH,
        lambda language: _shown(language, 0, status="failed", percent=40, finished_at=None, error_code="expired"),
        ("질문을 만들지 못했어요", "The questions could not be written"),
    ),
    State("question-set-ready", PATH, lambda language: _shown(language, 3), ("다른 질문 받기", "Another set")),
]
