"""What an operator sees of the reviews that candidates ask for."""

from typing import Any

from tests.pages.explanations import explanation
from tests.pages.interviews import answer, question
from tests.pages.page_server import Answers
from tests.pages.people import NOW, identifier, refusal, signed_in, user
from tests.pages.reports import judged, review, review_request
from tests.pages.state import State, word

REVIEW = identifier(95)
LIST = "/operations/reviews"
PATH = f"{LIST}/{REVIEW}"


def _operator(language: str) -> Answers:
    return signed_in(language) | {"GET /users/me": user(language, role="operator")}


def _row(language: str, number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": identifier(94 + number),
        "state": "requested",
        "text": review_request(language)["text"],
        "shares_transcript": False,
        "target_role": word(language, "백엔드 개발자", "Backend developer"),
        "language": language,
        "requested_at": NOW,
        "outcome": None,
        "answered_at": None,
        "answered_by": None,
        **changes,
    }


def _listed(language: str) -> Answers:
    done = {"state": "answered", "text": None, "answered_at": NOW, "answered_by": identifier(1)}
    waiting = [_row(language, 1)]
    answered = [_row(language, 2, **done, outcome="corrected"), _row(language, 3, **done, outcome="upheld")]
    return _operator(language) | {
        f"GET {LIST}?state=requested&limit=50": {"items": waiting, "total": 1},
        f"GET {LIST}?state=answered&limit=50": {"items": answered, "total": 2},
    }


def _nothing(language: str) -> Answers:
    return _operator(language) | {f"GET {LIST}": {"items": [], "total": 0}}


def _answer(language: str, position: int, *, is_shared: bool) -> dict[str, Any]:
    return {
        "question_id": identifier(50 + position),
        "position": position,
        "question": question(language, position)["text"],
        "answer": answer(language, position)["text"] if is_shared else None,
        "is_skipped": False,
        "review": review(language) if position == 2 else None,
    }


def _case(language: str, *, is_shared: bool) -> Answers:
    said = judged(language)
    report = {
        "uncertainty": 4.0,
        "no_uncertainty_reason": None,
        "overall_score": 71.0,
        "not_scored_reason": None,
        "summary": said["summary"],
        "competencies": said["competencies"],
        "answers": [_answer(language, position, is_shared=is_shared) for position in (1, 2)],
    }
    return _operator(language) | {
        f"GET {PATH}": {
            "id": REVIEW,
            "text": review_request(language)["text"],
            "shares_transcript": is_shared,
            "requested_at": NOW,
            "target_role": word(language, "백엔드 개발자", "Backend developer"),
            "language": language,
            "scenario_title": word(language, "짧은 면접", "Short interview"),
            "report": report,
            "explanation": explanation(language),
        }
    }


STATES = [
    State("reviews", LIST, _listed, ("리포트를 바로잡았어요", "The report was corrected")),
    State("reviews-none", LIST, _nothing, ("검토 요청", "Review requests")),
    State(
        "review-with-answers",
        PATH,
        lambda language: _case(language, is_shared=True),
        ("4년 동안", "for four years"),
    ),
    State("review-quotes-only", PATH, lambda language: _case(language, is_shared=False), ("병목은", "the bottleneck")),
    State(
        "review-closed",
        PATH,
        lambda language: _operator(language) | {f"GET {PATH}": refusal(409, "REVIEW_NOT_OPEN")},
        ("읽을 수 없어요", "can be read any more"),
    ),
]
