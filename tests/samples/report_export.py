"""An exported report with everything that one can hold, as GET …/report/export gives it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

_NAMES = UUID("0d5a2b1e-6a75-4f0e-9a3a-0f2f8f4c7c11")

QUESTIONS = (
    ("자기소개", "백엔드 개발자로 지원하셨는데, 지금까지 어떤 일을 해 오셨는지 들려주시겠어요?", False),
    ("기술", "주문 조회에 Redis 캐시를 두셨다고 했는데, 캐시와 DB가 어긋나는 순간은 어떻게 다루셨나요?", False),
    ("기술", "그 방식을 고르면서 포기한 것은 무엇이었나요?", True),
    ("협업", "동료와 의견이 달랐던 때를 하나 들려주시겠어요?", False),
    ("마무리", "궁금한 점이 있으신가요?", False),
)
CACHE = (
    "주문 조회가 느려서 Redis 캐시를 두었고 p99 지연을 900ms에서 540ms로 줄였습니다."
    " 상품 가격이 바뀌면 이벤트를 받아 해당 키를 지웠고, 놓친 이벤트는 5분짜리 만료 시간으로 막았습니다."
)
ANSWERS: tuple[str | None, ...] = (
    "5년 동안 주문과 결제 API를 만들었습니다. 처음 2년은 결제 승인을 맡았고, 그 뒤로는 주문 조회를 맡았습니다.",
    CACHE,
    "쓰기가 조금 느려졌습니다. 이벤트를 한 번 더 보내야 해서요.",
    "코드 리뷰 방식으로 의견이 달랐는데, 두 주 동안 둘 다 해 보고 팀이 골랐습니다.",
    None,
)


BEGAN = datetime(2026, 11, 21, 3, 20, tzinfo=UTC)


def question_id(position: int) -> str:
    return str(uuid5(_NAMES, str(position)))


def evidence(position: int, quote: str) -> dict[str, Any]:
    text = ANSWERS[position - 1] or ""
    start = text.index(quote)
    return {"question_id": question_id(position), "quote": quote, "start": start, "end": start + len(quote)}


def turn(position: int) -> dict[str, Any]:
    stage, text, is_follow_up = QUESTIONS[position - 1]
    said = ANSWERS[position - 1]
    asked = BEGAN + timedelta(seconds=100 * (position - 1))
    return {
        "question": {
            "id": question_id(position),
            "position": position,
            "stage_title": stage,
            "text": text,
            "is_follow_up": is_follow_up,
            "answered_by": {"provider": "question_bank", "is_fallback": position == 4},
            "waiting": None if position == 1 else {"first_text_ms": 300, "whole_ms": 1400, "is_prepared": False},
            "created_at": asked.isoformat(),
        },
        "answer": {
            "text": said or "",
            "is_skipped": said is None,
            "submitted_at": (asked + timedelta(seconds=60 + 7 * position)).isoformat(),
        },
    }


def competency(key: str, title: str, score: float | None, **values: Any) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "weight": 20,
        "score": score,
        "uncertainty": None,
        "not_scored_reason": None if score is not None else "not_enough_evidence",
        "comment": None,
        "evidence": [],
        **values,
    }


def make_export(**changes: Any) -> dict[str, Any]:
    """Return an export; `changes` replace parts of its report."""
    return {
        "format": "interview-report",
        "version": 1,
        "exported_at": "2026-11-21T16:10:00+00:00",
        "candidate": "김하늘",
        "interview": {
            "id": str(_NAMES),
            "target_role": "백엔드 개발자",
            "company": "한빛커머스",
            "job_description": None,
            "language": "ko",
            "purpose": "practice",
            "scenario_id": "short",
            "scenario_version": 1,
            "scenario_title": "짧은 면접",
            "created_at": "2026-11-21T03:20:00+00:00",
            "finished_at": "2026-11-21T16:04:00+00:00",
        },
        "report": {
            "status": "ready",
            "overall_score": 71.4,
            "uncertainty": 4.2,
            "no_uncertainty_reason": None,
            "not_scored_reason": None,
            "summary": "주문 캐시를 직접 설계하고 지연을 수치로 설명한 점이 분명했어요."
            " 무엇을 포기했는지는 한 문장으로 지나갔으니, 대안과 그 대가를 함께 말하면 더 설득력이 있어요.",
            "strengths": ["결과를 수치로 말했어요.", "어긋나는 순간을 두 겹으로 막은 이유를 설명했어요."],
            "improvements": ["고르지 않은 대안을 하나 더 말해 보세요.", "맡은 범위와 팀의 몫을 나누어 말해 보세요."],
            "competencies": competencies(),
            "answers": [review(), unjudged()],
            "turns": [turn(position) for position in range(1, 6)],
            "practice": [
                {"kind": "contradicted_claim", "text": "결제 시스템을 혼자 설계", "question_id": question_id(1)},
                {"kind": "missed_aspect", "text": "고려한 대안", "question_id": question_id(2)},
                {"kind": "star_part", "text": "task", "question_id": question_id(2)},
            ],
            "claims": [
                claim("Redis 캐시로 p99 지연을 40 % 줄임", "supported", evidence(2, "p99 지연을 900ms에서 540ms로")),
                claim("Kafka로 주문 이벤트를 전달", "never_probed", None),
                claim("결제 시스템을 혼자 설계", "contradicted", evidence(1, "처음 2년은 결제 승인을 맡았고")),
            ],
            "role_match": {
                "found_count": 1,
                "checked_count": 2,
                "requirements": [
                    requirement("Redis 운영 경험", "found", "Redis", [in_answer("Redis")]),
                    requirement("Kubernetes 경험", "not_found", "Kubernetes", []),
                    requirement("꼼꼼한 분", "not_checked", None, []),
                ],
            },
            "removed_statements": 1,
            "instruction_count": 0,
            "calibrations": [],
            "is_calibrated": False,
            "versions": {
                "rubric": "standard-1",
                "prompt": "evaluate_answer.ko-3",
                "model": "EXAONE-3.5-2.4B-Q4_K_M.gguf",
                "code": "0.1.0",
            },
            "created_at": "2026-11-21T03:20:00+00:00",
            "finished_at": "2026-11-21T16:05:00+00:00",
            **changes,
        },
        "delivery": delivery(),
    }


def measure(value: float | None, baseline: float | None, says: str) -> dict[str, Any]:
    """Return a figure; `says` is how it compares, or why it does not."""
    is_compared = value is not None and baseline is not None
    return {
        "value": value,
        "baseline": baseline,
        "comparison": says if is_compared else None,
        "reason": None if is_compared else says,
    }


def spoken(rate: dict[str, Any]) -> dict[str, Any]:
    """Return how something was spoken; without a rate nothing was heard of it."""
    is_heard = rate["value"] is not None
    return {
        "speech_ms": 42_000 if is_heard else 0,
        "rate": rate,
        "pitch_range": measure(4.2, 6.0, "flatter") if is_heard else measure(None, None, "no_speech"),
        "loudness_range": measure(9.5, None, "no_baseline") if is_heard else measure(None, None, "no_speech"),
        "fade_db": -1.0 if is_heard else None,
        "pauses": {"count": 9, "long_count": 3, "longest_ms": 3400, "total_ms": 9000, "share": 0.18, "items": []}
        if is_heard
        else None,
        "fillers": {"count": 5, "per_100_words": 4.1, "words": [{"text": "음", "kind": "hesitation", "count": 5}]}
        if is_heard
        else None,
        "timeline": [],
    }


def delivery(**changes: Any) -> dict[str, Any]:
    """Return coaching on two spoken answers, of which one could not be heard, and on what the camera saw."""
    heard, unheard = spoken(measure(318.0, 301.0, "similar")), spoken(measure(None, None, "no_speech"))
    return {
        "is_scored": False,
        "baseline": {"state": "ready", "error_code": None, "has_rate": True},
        "overall": heard,
        "answers": [
            {"question_id": question_id(position), "position": position, "take": 1, "spoken": one}
            for position, one in ((1, heard), (2, unheard))
        ],
        "picture": {"frames": 640, "face_share": 0.97, "facing_share": 0.83, "luminance": 80.0, "lighting": "dim"},
        "no_picture": None,
        **changes,
    }


def claim(text: str, verdict: str, evidence: dict[str, Any] | None) -> dict[str, Any]:
    return {"kind": "project", "about": "한빛커머스", "text": text, "verdict": verdict, "evidence": evidence}


def in_answer(words: str) -> dict[str, Any]:
    return {"source": "answer", **evidence(2, words)}


def requirement(text: str, status: str, name: str | None, found: list[dict[str, Any]]) -> dict[str, Any]:
    terms = [{"name": name, "is_found": bool(found), "evidence": found}] if name else []
    return {"text": text, "status": status, "terms": terms}


def competencies() -> list[dict[str, Any]]:
    depth = evidence(2, "놓친 이벤트는 5분짜리 만료 시간으로 막았습니다")
    result = evidence(2, "p99 지연을 900ms에서 540ms로 줄였습니다")
    agreed = evidence(4, "두 주 동안 둘 다 해 보고 팀이 골랐습니다")
    reasons = ("무효화와 만료를 함께 쓴 이유를 자기 말로 설명했어요.", "결과는 분명하지만 원인을 찾은 과정이 짧아요.")
    return [
        competency("technical_depth", "기술 깊이", 78.0, uncertainty=3.0, evidence=[depth, result], comment=reasons[0]),
        competency("problem_solving", "문제 해결", 69.5, uncertainty=6.4, evidence=[result], comment=reasons[1]),
        competency("collaboration", "협업", 61.0, evidence=[agreed], comment="합의한 방법이 구체적이에요."),
        competency("learning", "성장", None),
    ]


def review() -> dict[str, Any]:
    depth = evidence(2, "놓친 이벤트는 5분짜리 만료 시간으로 막았습니다")
    result = evidence(2, "p99 지연을 900ms에서 540ms로 줄였습니다")
    return {
        "question_id": question_id(2),
        "status": "done",
        "score": 76.0,
        "uncertainty": 3.0,
        "not_scored_reason": None,
        "summary": "캐시를 둔 이유와 어긋남을 다룬 방법을 말했어요.",
        "covered": [{"text": "무효화 방법", "evidence": depth}, {"text": "측정한 결과", "evidence": result}],
        "missed": ["고려한 대안", "캐시가 비었을 때의 부하"],
        "star": [
            {"part": "situation", "evidence": evidence(2, "주문 조회가 느려서")},
            {"part": "task", "evidence": None},
            {"part": "action", "evidence": evidence(2, "이벤트를 받아 해당 키를 지웠고")},
            {"part": "result", "evidence": result},
        ],
        "points": [
            {"kind": "strength", "text": "결과를 수치로 말했어요.", "evidence": result},
            {"kind": "improvement", "text": "5분을 고른 이유를 덧붙여 보세요.", "evidence": depth},
        ],
        "improved_answer": "주문 조회가 느려서 Redis 캐시를 두었습니다. 가격이 바뀌면 이벤트로 키를 지우고,"
        " 놓친 이벤트는 5분 만료로 막았습니다. 그 결과 p99 지연이 900ms에서 540ms로 줄었습니다.",
    }


def unjudged() -> dict[str, Any]:
    return {
        "question_id": question_id(3),
        "status": "not_scored",
        "score": None,
        "not_scored_reason": "not_enough_evidence",
    }
