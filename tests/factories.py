"""Rows that tests start from. Every function adds, commits and returns its row."""

from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, SQLModel, text

from interview_core import interview as machine
from interview_core.contract.payloads import EvaluateAnswer
from interview_core.contract.tasks import EVALUATE_ANSWER
from interview_core.db import interviews as stored
from interview_core.db.interviews import append_events, begin_interview, database_time, load_state, lock_interview
from interview_core.db.speech import add_segment, end_take, start_take
from interview_core.db.tables import (
    Answer,
    Consent,
    ConsentPurpose,
    EndReason,
    Interview,
    Language,
    LearningItem,
    LearningItemType,
    LearningPath,
    Purpose,
    Question,
    QuestionSet,
    Resume,
    ResumeStatus,
    ResumeStep,
    Role,
    SpeechSegment,
    User,
    WritingStatus,
)
from interview_core.interview_state import Outcome, TimeRules
from interview_core.jobs import enqueue
from interview_core.plan import PlanWishes, default_limit_s, make_plan, read_applicant
from interview_core.scenario import get_scenario
from interview_core.speech import segment_key

PROFILE: dict[str, Any] = {
    "name": "김하늘",
    "email": "sky@example.com",
    "phone": "010-1234-5678",
    "target_role": "백엔드 개발자",
    "summary": "결제 시스템을 만드는 5년 차 백엔드 개발자",
    "total_experience_months": 62,
    "employments": [
        {
            "company": "한빛커머스",
            "role": "백엔드 개발자",
            "start": "2021-03",
            "end": None,
            "is_current": True,
            "description": "주문과 결제 API",
        }
    ],
    "education": [{"school": "한국대", "degree": "학사", "field": "컴퓨터공학", "start": "2013-03", "end": "2019-02"}],
    "projects": [
        {
            "name": "주문 캐시 개선",
            "description": "Redis 캐시로 p99 지연을 40 % 줄임",
            "technologies": ["Python", "Redis"],
            "achievements": ["p99 지연 40 % 감소"],
        }
    ],
    "skills": ["Python", "C++", "Redis", "PostgreSQL", "CI/CD"],
    "certifications": ["정보처리기사"],
    "activities": [],
    "is_resume": True,
}


def make_user(session: Session, *, role: Role = Role.CANDIDATE, username: str | None = None) -> User:
    user = User(
        username=username or f"user-{uuid4().hex[:12]}", display_name="김하늘", password_hash="not-a-hash", role=role
    )
    session.add(user)
    session.commit()
    return user


def make_resume(
    session: Session,
    user: User,
    *,
    status: ResumeStatus = ResumeStatus.READY,
    profile: dict[str, Any] | None = PROFILE,
    file: str | None = None,
) -> Resume:
    resume_id = uuid4()
    resume = Resume(
        id=resume_id,
        user_id=user.id,
        filename="이력서.pdf",
        media_type="application/pdf",
        size_bytes=1234,
        sha256=uuid4().hex * 2,
        file=file or f"resumes/{resume_id}/original.pdf",
        status=status,
        step=ResumeStep.EMBED if status is ResumeStatus.READY else ResumeStep.UPLOAD,
        percent=100 if status is ResumeStatus.READY else 0,
        pages=3,
        profile=profile,
    )
    session.add(resume)
    session.commit()
    return resume


def make_interview(
    session: Session,
    user: User,
    resume: Resume | None = None,
    *,
    scenario_id: str = "short",
    language: Language = Language.KOREAN,
    purpose: Purpose = Purpose.PRACTICE,
    consents: tuple[ConsentPurpose, ...] = (ConsentPurpose.SCORING,),
    wishes: PlanWishes | None = None,
    time: TimeRules | None = None,
) -> Interview:
    """An interview whose first question is asked."""
    scenario = get_scenario(scenario_id)
    plan = make_plan(scenario, language.value, read_applicant(resume.profile if resume else None), wishes=wishes)
    interview = Interview(
        user_id=user.id,
        resume_id=resume.id if resume else None,
        scenario_id=scenario.id,
        scenario_version=scenario.version,
        language=language,
        target_role="백엔드 개발자",
        company="한빛커머스",
        purpose=purpose,
    )
    session.add(interview)
    session.flush()
    for consent in consents:
        session.add(
            Consent(
                user_id=user.id, interview_id=interview.id, purpose=consent, is_granted=True, text_version="2026-11"
            )
        )
    begin_interview(session, interview, plan, time or TimeRules(default_limit_s(plan), 60, 3600))
    session.commit()
    return interview


def forge(session: Session, *rows: SQLModel) -> None:
    """Write rows past the database's own rules, as only somebody with every right over it can."""
    with session.no_autoflush:
        session.execute(text("SET LOCAL session_replication_role = replica"))
    session.add_all(rows)
    session.commit()


def emotion_consent(interview: Interview, *, is_granted: bool = True) -> Consent:
    return Consent(
        user_id=interview.user_id,
        interview_id=interview.id,
        purpose=ConsentPurpose.EMOTION,
        is_granted=is_granted,
        text_version="2026-11",
    )


def answer_question(
    session: Session, interview: Interview, text: str, *, outcome: Outcome = Outcome.ANSWERED
) -> Answer:
    """Answer the open question as the API does, which requests the next one or ends the interview."""
    locked = lock_interview(session, interview.id)
    assert locked is not None
    state, now = load_state(session, interview.id), database_time(session)
    assert state.open_turn is not None
    question_id = state.open_turn.question_id
    answer = Answer(
        question_id=question_id, interview_id=interview.id, text=text, outcome=outcome.value, submitted_at=now
    )
    session.add(answer)
    session.flush()
    append_events(session, locked, state, machine.answer(state, question_id, answer.id, outcome, now))
    enqueue(session, EVALUATE_ANSWER, EvaluateAnswer(answer_id=answer.id), subject_id=interview.id)
    session.commit()
    return answer


def ask_template(session: Session, interview: Interview) -> Question:
    """Put the requested question to the candidate from the templates."""
    locked = lock_interview(session, interview.id)
    assert locked is not None
    question = stored.ask_template(session, locked, fallback_reason="no_model")
    assert question is not None
    session.commit()
    return question


def open_question(session: Session, interview: Interview) -> UUID:
    """Return the id of the question that waits for an answer."""
    state = load_state(session, interview.id)
    assert state.current_position is not None
    return state.asked[state.current_position]


def hear_segment(
    session: Session,
    interview: Interview,
    sequence: int = 0,
    *,
    epoch: int = 1,
    take: int = 1,
    start_ms: int = 0,
    end_ms: int = 6000,
) -> SpeechSegment:
    """A stretch of the answer to the open question, as the media server adds it once its audio is in storage."""
    question_id = open_question(session, interview)
    start_take(session, interview.id, question_id, take, epoch)
    add_segment(
        session,
        interview_id=interview.id,
        epoch=epoch,
        sequence=sequence,
        question_id=question_id,
        take=take,
        audio=segment_key(interview.id, epoch, sequence),
        start_ms=start_ms,
        end_ms=end_ms,
        language=interview.language,
    )
    session.commit()
    return session.get_one(SpeechSegment, (interview.id, epoch, sequence))


def end_answer(
    session: Session, interview: Interview, last_sequence: int | None, *, epoch: int = 1, take: int = 1
) -> None:
    """The end of a spoken answer, as the media server adds it after the last segment."""
    question_id = open_question(session, interview)
    end_take(session, interview.id, question_id, take, epoch, last_sequence=last_sequence, reason=EndReason.BUTTON)
    session.commit()


LINK = {
    "id": "redis.docs",
    "title": "Redis Documentation",
    "url": "https://redis.io/docs/latest/",
    "language": "en",
    "kind": "documentation",
    "access": "free",
    "licence": None,
    "checked_on": None,
}


def make_learning_path(
    session: Session, user: User, resume: Resume, *, status: WritingStatus = WritingStatus.READY, **values: Any
) -> LearningPath:
    """A learning path, when it is ready with one item."""
    path = LearningPath(
        user_id=user.id,
        resume_id=resume.id,
        language=Language.KOREAN,
        target_role="백엔드 개발자",
        status=status,
        **values,
    )
    session.add(path)
    session.flush()
    if status is WritingStatus.READY:
        session.add(
            LearningItem(
                learning_path_id=path.id,
                position=1,
                type=LearningItemType.STRENGTH,
                topic="redis",
                title="Redis, 한 걸음 더",
                description="캐시 무효화를 더해 보세요.",
                reason="이력서에 Redis를 써 본 경험이 적혀 있어요.",
                evidence={"source": "resume", "quote": "Redis", "field": "/skills/2", "question_id": None},
                resources=[LINK],
                is_by_model=False,
            )
        )
    session.commit()
    return path


def make_question_set(
    session: Session, user: User, resume: Resume, *, status: WritingStatus = WritingStatus.READY, **values: Any
) -> QuestionSet:
    question_set = QuestionSet(
        user_id=user.id,
        resume_id=resume.id,
        **{"language": Language.KOREAN, "target_role": "백엔드 개발자", "status": status, **values},
    )
    session.add(question_set)
    session.commit()
    return question_set
