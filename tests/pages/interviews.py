"""Résumés and interviews as the API lists and gives them."""

from typing import Any

from tests.pages.people import NOW, identifier
from tests.pages.state import word


def resume_row(language: str, number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": identifier(20 + number),
        "filename": word(language, "이력서_김지원_백엔드.pdf", "resume-jiwon-kim-backend.pdf"),
        "media_type": "application/pdf",
        "size_bytes": 231_424,
        "status": "ready",
        "step": "embed",
        "percent": 100,
        "pages": 2,
        "error": None,
        "created_at": NOW,
        "updated_at": NOW,
        **changes,
    }


def interview(language: str, number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": identifier(30 + number),
        "resume_id": identifier(21),
        "scenario_id": "short",
        "scenario_title": word(language, "짧은 면접", "Short interview"),
        "language": language,
        "target_role": word(language, "백엔드 개발자", "Backend developer"),
        "company": word(language, "라온커머스", "Harbour Commerce"),
        "purpose": "practice",
        "status": "in_progress",
        "question_count": 5,
        "answered_count": 0,
        "created_at": NOW,
        "finished_at": None,
        "report_status": "none",
        **changes,
    }


def clock(left_s: float = 1130, **changes: Any) -> dict[str, Any]:
    """A clock that no machine is slow enough to bring to another minute or warning while a picture is taken."""
    return {
        "at": NOW,
        "limit_s": 1350,
        "used_s": 1350 - left_s,
        "left_s": left_s,
        "topic_left_s": None,
        "is_running": True,
        "is_paused": False,
        "resumes_at": None,
        "ends_at": None,
        "warning": None,
        **changes,
    }


_QUESTIONS = [
    (
        "간단히 자기소개를 해 주세요.",
        "Please tell us briefly about yourself.",
    ),
    (
        "주문 조회 API의 지연을 40% 줄이셨다고 했는데, 병목은 어떻게 찾으셨나요?",
        "You cut the latency of the order lookup API by 40%. How did you find the bottleneck?",
    ),
    (
        "캐시와 원본이 어긋났던 적이 있나요? 그때 무엇을 먼저 확인하셨나요?",
        "Did the cache ever disagree with the database? What did you check first?",
    ),
]
_ANSWERS = [
    (
        "안녕하세요. 주문 시스템을 4년 동안 맡아 온 백엔드 개발자입니다.",
        "Hello. I am a backend developer and have looked after an order system for four years.",
    ),
    (
        "느린 요청의 로그를 모아 보니 같은 상품을 여러 번 조회하고 있었습니다. 그래서 Redis 캐시를 두었습니다.",
        "I collected the logs of slow requests and saw many equal lookups, so I put a Redis cache in front of it.",
    ),
]


def question(language: str, position: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": identifier(50 + position),
        "position": position,
        "stage": "skill",
        "stage_title": word(language, "기술", "Skill"),
        "text": word(language, *_QUESTIONS[position - 1]),
        "type": "performance",
        "difficulty": "medium",
        "topic": "Redis",
        "reason": word(
            language,
            "이력서에 적힌 성과가 어떤 과정으로 나왔는지 알고 싶어요.",
            "The résumé names a result, so we ask how it came about.",
        ),
        "source_quote": word(language, "주문 조회 p99 지연 40% 감소", "cut p99 latency of order lookup by 40%"),
        "claim_id": None,
        "is_follow_up": False,
        "slot": position - 1,
        "probe": 0,
        "competency": "technical_depth",
        "hint_count": 2,
        "follow_up": None,
        "waiting": None,
        "answered_by": {
            "provider": "llama.cpp",
            "model": "EXAONE 3.5 7.8B",
            "prompt_version": "question-4",
            "is_fallback": False,
            "fallback_reason": None,
            "took_ms": 1400,
        },
        "created_at": NOW,
        **changes,
    }


def answer(language: str, position: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": identifier(80 + position),
        "text": word(language, *_ANSWERS[position - 1]),
        "is_skipped": False,
        "outcome": "answered",
        "source": "text",
        "take": None,
        "transcript": None,
        "transcript_edits": None,
        "missing_segments": None,
        "submitted_at": NOW,
        **changes,
    }


def turn(language: str, position: int, *, is_answered: bool = False, **changes: Any) -> dict[str, Any]:
    return {
        "question": question(language, position),
        "answer": answer(language, position) if is_answered else None,
        "hints": [],
        "moments_left": 2,
        **changes,
    }


def _topic(language: str, number: int, state: str, title: tuple[str, str]) -> dict[str, Any]:
    return {
        "key": f"topic-{number}",
        "stage": "skill",
        "title": word(language, *title),
        "competency": None,
        "is_must": True,
        "state": state,
        "question_count": 1 if state in ("done", "current") else 0,
        "added_for": None,
    }


def interview_detail(language: str, **changes: Any) -> dict[str, Any]:
    """An interview whose second question is open."""
    topics = [
        _topic(language, 1, "done", ("자기소개", "Introduction")),
        _topic(language, 2, "current", ("핵심 기술", "Main skill")),
        _topic(language, 3, "open", ("어려웠던 문제", "Hardest problem")),
        _topic(language, 4, "open", ("의견 차이", "Disagreement")),
        _topic(language, 5, "open", ("마무리", "Closing")),
    ]
    return {
        **interview(language, 1, answered_count=1),
        "job_description": None,
        "company_description": None,
        "consents": {"recording": False, "transcription": False, "scoring": True, "emotion": False},
        "accommodations": {},
        "difficulty": None,
        "finish_reason": None,
        "clock": clock(),
        "topics": topics,
        "turn_taking": {"min_silence_ms": 1000, "max_silence_ms": 0},
        "turns": [turn(language, 1, is_answered=True), turn(language, 2)],
        "pending_question": None,
        "sequence": 7,
        **changes,
    }
