"""How a report's scores came about, as the API explains it."""

from typing import Any

from tests.pages.people import identifier
from tests.pages.reports import DEPTH, INTERVIEW, RUBRIC
from tests.pages.state import word


def explanation(language: str) -> dict[str, Any]:
    total = word(
        language,
        "총점 71점은 프로그램이 계산했어요: (74 × 25 + 68 × 25 + 71 × 25) ÷ 75",
        "The total of 71 points was calculated by the program: (74 × 25 + 68 × 25 + 71 × 25) ÷ 75",
    )
    missing = word(
        language,
        "협업: 답변에서 근거가 되는 말을 찾지 못했어요.",
        "Collaboration: no words in the answers bear a score out.",
    )
    return {
        "interview_id": INTERVIEW,
        "language": language,
        "sentences": [total],
        "total": {"score": 71.0, "formula": total},
        "competencies": [_explained_depth(language)],
        "points": [],
        "not_assessed": [{"competency": "collaboration", "question_id": None, "sentence": missing}],
        "judges": [{"provider": "llama.cpp", "model": "EXAONE 3.5 7.8B", "prompt": "judge-3", "answer_count": 1}],
        "versions": RUBRIC,
        "is_calibrated": False,
        "not_looked_at": [],
    }


def _explained_depth(language: str) -> dict[str, Any]:
    bands = [
        (0, 39, ("용어만 나열해요.", "Names terms only.")),
        (40, 69, ("무엇을 했는지 설명해요.", "Says what was done.")),
        (70, 100, ("왜 그렇게 했는지 근거를 들어 설명해요.", "Says why it was done, with reasons.")),
    ]
    answer = {
        "question_id": identifier(52),
        "position": 2,
        "score": 74.0,
        "adjustment": 0,
        "grades": [70, 74, 80],
        "grading_count": 3,
        "spread": 10.0,
        "quote_count": 1,
    }
    sentences = [
        (
            "2번 답변은 3번 채점했어요(70, 74, 80). 가운데 값을 썼고, 가장 높은 점수와 낮은 점수는 10점 차이예요.",
            "Answer 2 was graded 3 times (70, 74, 80). The middle value counts; they are up to 10 points apart.",
        ),
        (
            "답변에서 찾은 인용 1개가 이 점수를 뒷받침해요.",
            "Quotes found in the answers that bear the score out: 1.",
        ),
    ]
    return {
        "key": "technical_depth",
        "title": word(language, *DEPTH),
        "score": 74.0,
        "not_scored_reason": None,
        "superseded": None,
        "weight": 25.0,
        "share": 33.3,
        "points": 24.7,
        "bands": [
            {"low": low, "high": high, "text": word(language, *text), "is_reached": low <= 74 <= high}
            for low, high, text in bands
        ],
        "answers": [answer],
        "dropped": [],
        "sentences": [word(language, *sentence) for sentence in sentences],
    }
