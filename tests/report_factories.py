"""Finished interviews with stored reports, as the workers leave them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from interview_core.db.tables import (
    Answer,
    Evaluation,
    EvaluationStatus,
    Interview,
    InterviewStatus,
    Language,
    Purpose,
    Question,
    Report,
    ReportStatus,
    User,
)

FINISHED = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
JUDGE = {"rubric": "standard-1", "prompt": "evaluate_answer.ko-1", "model": "exaone.gguf", "code": "0.1.0"}


@dataclass(frozen=True)
class Said:
    """A question and what was said to it; no text: it was skipped."""

    question: str
    text: str | None
    covered: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()


TALK = (
    Said("지금까지 어떤 일을 해 오셨는지 들려주시겠어요?", "5년 동안 주문과 결제 API를 만들었습니다."),
    Said(
        "Redis 캐시와 DB가 어긋나는 순간은 어떻게 다루셨나요?",
        "가격이 바뀌면 이벤트로 키를 지웠고, p99 지연을 900ms에서 540ms로 줄였습니다.",
        covered=("무효화 방법", "측정한 결과"),
        missed=("고려한 대안",),
    ),
    Said("동료와 의견이 달랐던 때를 하나 들려주시겠어요?", None),
)
QUOTE = "p99 지연을 900ms에서 540ms로 줄였습니다"


def make_report(
    session: Session,
    user: User,
    *,
    talk: tuple[Said, ...] = TALK,
    scores: dict[str, tuple[float, float | None] | None] | None = None,
    overall: tuple[float, float | None] | None = (71.4, 4.2),
    reason: str | None = None,
    status: ReportStatus = ReportStatus.READY,
    versions: dict[str, str | None] | None = None,
    language: Language = Language.KOREAN,
    days: int = 0,
    is_full: bool = False,
) -> Interview:
    """Store an interview that ended `days` after the first, with its report; scores are (points, uncertainty).

    A full one has everything that a report can hold.
    """
    finished_at = FINISHED + timedelta(days=days)
    interview = Interview(
        user_id=user.id,
        scenario_id="short",
        scenario_version=1,
        language=language,
        target_role="백엔드 개발자" if language is Language.KOREAN else "Backend engineer",
        company="한빛커머스" if language is Language.KOREAN else "Acme",
        purpose=Purpose.PRACTICE,
        status=InterviewStatus.FINISHED,
        question_count=len(talk),
        answered_count=len(talk),
        created_at=finished_at - timedelta(minutes=20),
        finished_at=finished_at,
    )
    session.add(interview)
    session.flush()
    evidence = [
        found
        for position, said in enumerate(talk, start=1)
        for found in _add_turn(session, interview, position, said, reason)
    ]
    is_ready = status is ReportStatus.READY
    session.add(
        Report(
            interview_id=interview.id,
            status=status,
            percent=100 if is_ready else 40,
            error_code="internal" if status is ReportStatus.FAILED else None,
            overall_score=overall[0] if overall else None,
            not_scored_reason=reason,
            content={
                "uncertainty": overall[1] if overall else None,
                "no_uncertainty_reason": "one_grading" if overall and overall[1] is None else None,
                "competencies": [
                    _competency(key, score, reason, evidence) for key, score in (scores or _SCORES).items()
                ],
                **(_everything(evidence) if is_full else {}),
            },
            versions=versions or JUDGE,
            created_at=finished_at,
            finished_at=finished_at if is_ready else None,
        )
    )
    session.commit()
    return interview


_SCORES: dict[str, tuple[float, float | None] | None] = {
    "technical_depth": (78.0, 3.0),
    "problem_solving": (66.0, 5.0),
    "execution": (70.0, 4.0),
    "collaboration": None,
}
_TITLES = {
    "technical_depth": "기술 깊이",
    "problem_solving": "문제 해결",
    "execution": "실행력",
    "collaboration": "협업",
}


def _everything(evidence: list[dict[str, Any]]) -> dict[str, Any]:
    quote, question_id = evidence[0], evidence[0]["question_id"]
    return {
        "summary": "캐시가 어긋나는 순간을 직접 다루고 결과를 수치로 설명한 점이 분명했어요."
        " 무엇을 포기했는지는 한 문장으로 지나갔으니, 대안과 그 대가를 함께 말하면 더 설득력이 있어요.",
        "strengths": ["결과를 수치로 말했어요.", "어긋나는 순간을 막은 방법이 구체적이에요."],
        "improvements": ["고르지 않은 대안을 하나 더 말해 보세요."],
        "practice": [
            {"kind": "contradicted_claim", "text": "결제 시스템을 혼자 설계", "question_id": question_id},
            {"kind": "missed_aspect", "text": "고려한 대안", "question_id": question_id},
            {"kind": "star_part", "text": "task", "question_id": question_id},
        ],
        "claims": [
            _claim("Redis 캐시로 p99 지연을 40 % 줄임", "supported", quote),
            _claim("Kafka로 주문 이벤트를 전달", "never_probed", None),
            _claim("결제 시스템을 혼자 설계", "contradicted", quote),
        ],
        "role_match": {
            "found_count": 1,
            "checked_count": 3,
            "requirements": [
                _requirement(
                    "Redis 운영 경험", "found", {"Redis": {"source": "resume", "quote": "Redis 캐시로 p99 지연"}}
                ),
                _requirement(
                    "지연을 줄여 본 경험과 Kafka", "partly_found", {"p99": quote | {"source": "answer"}, "Kafka": None}
                ),
                _requirement("Kubernetes 경험", "not_found", {"Kubernetes": None}),
                _requirement("꼼꼼한 분", "not_checked", {}),
            ],
        },
        "removed_statements": 1,
    }


def _claim(text: str, verdict: str, evidence: dict[str, Any] | None) -> dict[str, Any]:
    about = "한빛커머스"
    return {"claim_id": str(uuid4()), "kind": "project", "about": about, "text": text, "verdict": verdict,
            "evidence": evidence}  # fmt: skip


def _requirement(text: str, status: str, found: dict[str, dict[str, Any] | None]) -> dict[str, Any]:
    terms = [
        {"name": name, "is_found": evidence is not None, "evidence": [evidence] if evidence else []}
        for name, evidence in found.items()
    ]
    return {"text": text, "status": status, "terms": terms}


def _add_turn(
    session: Session, interview: Interview, position: int, said: Said, reason: str | None
) -> list[dict[str, Any]]:
    question = Question(
        interview_id=interview.id,
        position=position,
        stage="skill",
        stage_title="기술",
        text=said.question,
        type="performance",
        difficulty="medium",
        reason="이력서에 적힌 성과의 과정을 알고 싶어요.",
        covers=[*said.covered, *said.missed],
        answered_by={"provider": "question_bank", "model": None, "is_fallback": position == 1},
        created_at=interview.created_at + timedelta(minutes=5 * (position - 1)),
    )
    session.add(question)
    session.flush()
    answer = Answer(
        question_id=question.id,
        interview_id=interview.id,
        text=said.text or "",
        is_skipped=said.text is None,
        submitted_at=question.created_at + timedelta(seconds=50 + 70 * position),
    )
    session.add(answer)
    session.flush()
    evidence = _evidence(question.id, said.text)
    if said.text is not None:
        session.add(_evaluation(answer, said, evidence, reason))
    return evidence


def _evidence(question_id: UUID, text: str | None) -> list[dict[str, Any]]:
    if text is None or QUOTE not in text:
        return []
    start = text.index(QUOTE)
    return [{"question_id": str(question_id), "quote": QUOTE, "start": start, "end": start + len(QUOTE)}]


def _evaluation(answer: Answer, said: Said, evidence: list[dict[str, Any]], reason: str | None) -> Evaluation:
    if not evidence or reason:
        return Evaluation(
            answer_id=answer.id,
            status=EvaluationStatus.NOT_SCORED,
            not_scored_reason=reason or "not_enough_evidence",
        )
    return Evaluation(
        answer_id=answer.id,
        status=EvaluationStatus.DONE,
        score=76.0,
        content={
            "summary": "어긋남을 다룬 방법을 말했어요.",
            "covered": [{"text": text, "evidence": evidence[0]} for text in said.covered],
            "missed": list(said.missed),
            "star": [
                {"part": "situation", "evidence": None},
                {"part": "task", "evidence": None},
                {"part": "action", "evidence": None},
                {"part": "result", "evidence": evidence[0]},
            ],
            "points": [{"kind": "strength", "text": "결과를 수치로 말했어요.", "evidence": evidence[0]}],
            "improved_answer": "가격이 바뀌면 이벤트로 키를 지웠고, p99 지연이 900ms에서 540ms로 줄었습니다.",
            "uncertainty": 3.0,
            "grading_count": 3,
            "unquoted": [{"kind": "point", "name": "improvement"}, {"kind": "competency", "name": "execution"}],
            "competencies": [
                {
                    "key": "technical_depth",
                    "score": 78.0,
                    "uncertainty": 3.0,
                    "adjustment": 5,
                    "grades": [70, 73, 76],
                    "comment": "",
                    "evidence": evidence[0],
                },
                {
                    "key": "problem_solving",
                    "score": 66.0,
                    "uncertainty": 5.0,
                    "grades": [61, 66, 71],
                    "comment": "",
                    "evidence": evidence[0],
                },
            ],
        },
        answered_by={
            "provider": "llama.cpp",
            "model": "exaone.gguf",
            "prompt_version": "evaluate_answer.ko@2",
            "is_fallback": False,
            "took_ms": 900,
        },
    )


def _competency(
    key: str, score: tuple[float, float | None] | None, reason: str | None, evidence: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "key": key,
        "title": _TITLES[key],
        "weight": 20,
        "score": score[0] if score else None,
        "uncertainty": score[1] if score else None,
        "no_uncertainty_reason": "one_grading" if score and score[1] is None else None,
        "answer_count": 1 if score else 0,
        "not_scored_reason": None if score else reason or "not_enough_evidence",
        "comment": "무효화한 이유를 자기 말로 설명했어요." if score else None,
        "evidence": evidence if score else [],
        "bands": _BANDS,
    }


_BANDS = [
    {"low": 0, "high": 39, "text": "기술의 이름만 말하고 원리나 쓰임을 설명하지 못한다"},
    {"low": 40, "high": 59, "text": "기본 쓰임은 설명하지만 한계나 대안은 말하지 못한다"},
    {"low": 60, "high": 79, "text": "실제 적용 과정과 한계를 자기 경험으로 설명한다"},
    {"low": 80, "high": 100, "text": "원리와 한계와 대안을 비교하고 선택을 수치나 결과로 뒷받침한다"},
]
