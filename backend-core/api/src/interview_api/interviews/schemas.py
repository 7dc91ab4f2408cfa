"""Bodies of the interview routes."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from interview_api.auth.schemas import Body
from interview_core.accommodations import Accommodations
from interview_core.db.tables import AnswerSource, ConsentPurpose, InterviewStatus, Language, Purpose, ReportStatus
from interview_core.interview_state import FinishReason, Outcome
from interview_core.plan import PlanWishes
from interview_core.scenario import Difficulty
from interview_core.speech_acts import SpeechAct
from interview_core.text import Text
from interview_core.turn_servers import IceServer


def _refuse_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("write something, or skip the question")
    return text


ShortText = Annotated[Text, AfterValidator(str.strip), Field(min_length=1, max_length=120)]
AnswerText = Annotated[Text, AfterValidator(_refuse_blank), Field(min_length=1, max_length=20_000)]

Sequence = Annotated[
    Annotated[int, Field(ge=0, le=2**31 - 1)] | None,
    Field(
        description="The `sequence` that the command was made for; where the interview has moved on since, the answer"
        " is 409 with the code of the present state."
    ),
]


class Consents(Body):
    """What the candidate allows; nothing runs without its consent."""

    recording: bool = False
    transcription: bool = False
    scoring: bool = False
    emotion: bool = Field(default=False, description="Practice only, and only where the installation offers it.")

    def of(self, purpose: ConsentPurpose) -> bool:
        return bool(getattr(self, purpose.value))


class ScenarioStage(BaseModel):
    key: str
    title: str
    competency: str | None
    question_count: int = Field(description="Topics of this stage, without follow-ups.")


class Scenario(BaseModel):
    id: str
    version: int
    title: str
    description: str
    stages: list[ScenarioStage]
    question_count: int
    estimated_minutes: int


class CreateInterview(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "resume_id": "6f1c2a34-90ab-4cde-8f01-23456789abcd",
                    "scenario_id": "short",
                    "language": "ko",
                    "target_role": "백엔드 개발자",
                    "company": "한빛커머스",
                    "purpose": "practice",
                    "plan": {"minutes": 10},
                    "accommodations": {"extra_time": 1.5},
                    "consents": {"scoring": True},
                }
            ]
        }
    )

    resume_id: UUID
    scenario_id: Annotated[Text, Field(max_length=60)] = Field(default="short", description="See GET /scenarios.")
    language: Language = Language.KOREAN
    target_role: ShortText
    company: ShortText | None = None
    company_description: Annotated[Text, Field(max_length=4000)] | None = None
    job_description: Annotated[Text, Field(max_length=8000)] | None = None
    purpose: Purpose = Purpose.PRACTICE
    plan: PlanWishes | None = Field(
        default=None, description="Cuts the scenario to a number of topics, to minutes, or to some of its stages."
    )
    difficulty: Difficulty | None = Field(default=None, description="Null: by experience and technologies.")
    time_limit_minutes: Annotated[int, Field(ge=3, le=240)] | None = Field(
        default=None, description="Null: one and a half times what the plan is expected to take."
    )
    accommodations: Accommodations = Accommodations()
    consents: Consents = Consents()


class AnsweredBy(BaseModel):
    """What produced a text: `llama.cpp` and its model file, or `template` / `question_bank`."""

    model_config = ConfigDict(
        from_attributes=True, protected_namespaces=(), json_schema_serialization_defaults_required=True
    )

    provider: str
    model: str | None = None
    prompt_version: str | None = None
    is_fallback: bool = False
    fallback_reason: str | None = None
    took_ms: int | None = None


class QuestionType(StrEnum):
    IMPLEMENTATION = "implementation"
    TRADE_OFF = "trade_off"
    PERFORMANCE = "performance"
    RELIABILITY = "reliability"
    SCALABILITY = "scalability"
    QUALITY = "quality"
    COLLABORATION = "collaboration"
    BUSINESS = "business"


class FollowUp(BaseModel):
    """The decision to follow an answer up, by rules or by a model."""

    reason: str = Field(description="contradicts_resume, contradicts_answer, vague or interesting.")
    target: str | None = Field(description="What to ask about, in a few words.")
    quote: str | None = Field(description="The answer's words that call for it.")
    against: str | None = Field(description="What they contradict.")
    decided_by: str


class Waiting(BaseModel):
    first_text_ms: int = Field(description="From the answer to the first words.")
    whole_ms: int = Field(description="From the answer to the whole question.")
    is_prepared: bool = Field(description="It was written while the candidate still answered.")


class Question(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    position: int = Field(description="From 1.")
    stage: str
    stage_title: str
    text: str
    type: QuestionType | None
    difficulty: Difficulty | None
    topic: str | None
    reason: str = Field(description="Why am I asked this?")
    source_quote: str | None = Field(description="The résumé's words that it came from.")
    claim_id: UUID | None = Field(description="The résumé's claim that it probes; see GET /resumes/{id}/claims.")
    is_follow_up: bool
    slot: int | None = Field(description="Index of its topic in `topics`; null in interviews from before plans.")
    probe: int = Field(description="0 opens the topic, 1 and 2 follow up.")
    competency: str | None
    hint_count: int = Field(description="Hints that it has.")
    follow_up: FollowUp | None = Field(description="Why the answer before it is followed up.")
    waiting: Waiting | None = Field(description="How long it took to come after the answer before; null: the first.")
    answered_by: AnsweredBy
    created_at: datetime


class TranscriptEdit(BaseModel):
    """A change of words that the candidate made in a transcript."""

    op: Literal["replace", "delete", "insert"]
    at: int = Field(description="The transcript's word that it begins at, from 0.")
    old: str
    new: str


class MissingSegment(BaseModel):
    epoch: int
    sequence: int


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    text: str
    is_skipped: bool
    outcome: Outcome | None
    source: AnswerSource
    take: int | None = Field(description="Of a spoken answer.")
    transcript: str | None = Field(description="What was heard, before the candidate corrected it into `text`.")
    transcript_edits: list[TranscriptEdit] | None
    missing_segments: list[MissingSegment] | None = Field(description="Parts that were spoken and are not in it.")
    submitted_at: datetime


class Turn(BaseModel):
    question: Question
    answer: Answer | None
    hints: list[str] = Field(description="Given so far, of the question's `hint_count`.")
    moments_left: int


class TopicState(StrEnum):
    OPEN = "open"
    """Still to come."""
    CURRENT = "current"
    DONE = "done"
    DROPPED = "dropped"
    """Left out for want of time."""


class Topic(BaseModel):
    """A slot of the interview's plan."""

    key: str
    stage: str
    title: str
    competency: str | None
    is_must: bool = Field(description="Otherwise it is asked if there is time.")
    state: TopicState
    question_count: int = Field(description="Questions on it so far, with follow-ups.")
    added_for: str | None = Field(description="Words of the job description for which it was added to the scenario.")


class TimeWarning(StrEnum):
    FIVE_MINUTES = "five_minutes"
    ONE_MINUTE = "one_minute"
    OVER = "over"


class Clock(BaseModel):
    """The interview's time, by the server; it runs while a question is open and the interview is not paused."""

    at: datetime = Field(description="When this was true.")
    limit_s: float
    used_s: float
    left_s: float = Field(description="Negative: over; an answer in the making is waited for until `ends_at`.")
    topic_left_s: float | None = Field(description="Of the topic's own share; only a hint, nothing ends with it.")
    is_running: bool
    is_paused: bool
    resumes_at: datetime | None = Field(description="When a moment to think is over and the clock runs again.")
    ends_at: datetime | None = Field(description="When the interview ends by itself if nothing happens.")
    warning: TimeWarning | None


class TurnTaking(BaseModel):
    """How long silence lasts while the open question is answered aloud."""

    min_silence_ms: int = Field(description="After this the page may ask whether the answer is over.")
    max_silence_ms: int = Field(description="After this it is.")


class PendingQuestion(BaseModel):
    """A question that is being written; its tokens arrive on the event stream."""

    position: int
    state: Literal["preparing", "failed"]


class InterviewReportStatus(StrEnum):
    NONE = "none"
    PENDING = ReportStatus.PENDING.value
    RUNNING = ReportStatus.RUNNING.value
    READY = ReportStatus.READY.value
    FAILED = ReportStatus.FAILED.value


class Interview(BaseModel):
    id: UUID
    resume_id: UUID | None = Field(description="Null when the résumé was deleted since.")
    scenario_id: str
    scenario_title: str
    language: Language
    target_role: str
    company: str | None
    purpose: Purpose
    status: InterviewStatus
    question_count: int = Field(description="Asked and still to come as far as known; follow-ups add to it.")
    answered_count: int
    created_at: datetime
    finished_at: datetime | None
    report_status: InterviewReportStatus


class InterviewDetail(Interview):
    job_description: str | None
    company_description: str | None
    consents: Consents
    accommodations: Accommodations
    difficulty: Difficulty | None
    finish_reason: FinishReason | None
    clock: Clock
    topics: list[Topic]
    turn_taking: TurnTaking | None
    turns: list[Turn]
    pending_question: PendingQuestion | None
    sequence: int = Field(description="Grows with every event; a command may carry the one it was made for.")


class AnswerReceipt(InterviewDetail):
    """The interview after words were sent as an answer."""

    heard_as: SpeechAct | None = Field(
        description="A wish that the words were taken for instead of an answer; `dont_know` and `declined` are answers."
    )


class InterviewPage(BaseModel):
    items: list[Interview]
    total: int


class Draft(Body):
    """An answer that is still being written."""

    question_id: UUID
    text: AnswerText


class SubmitAnswer(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "question_id": "0b7e3c52-1f1e-4a39-9a60-5f3f5b0c9d11",
                    "text": "주문 조회가 느려서 Redis 캐시를 두었고, p99 지연이 40 % 줄었습니다.",
                }
            ]
        }
    )

    question_id: UUID
    text: AnswerText = Field(description="What is judged; of a spoken answer its transcript, corrected where need be.")
    source: AnswerSource = AnswerSource.TEXT
    take: int | None = Field(default=None, ge=1, le=10_000, description="Of a spoken answer: see GET …/transcript.")
    accept_missing: bool = Field(
        default=False, description="Do without the parts of a spoken answer that are not written down (yet)."
    )
    sequence: Sequence = None


class TurnCommand(Body):
    """A command that is for the open question."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"question_id": "0b7e3c52-1f1e-4a39-9a60-5f3f5b0c9d11"}]})

    question_id: UUID
    sequence: Sequence = None


class InterviewCommand(Body):
    """A command that is for the whole interview."""

    sequence: Sequence = None


class ConsentDecision(BaseModel):
    """One decision of the candidate about one purpose."""

    model_config = ConfigDict(from_attributes=True)

    purpose: ConsentPurpose
    is_granted: bool
    text_version: str = Field(description="Of the words that were agreed to, or not.")
    at: datetime


class MediaTicket(BaseModel):
    ticket: str
    offer_url: str = Field(description="Where the browser posts its WebRTC offer, with the ticket.")
    expires_in: int = Field(description="Seconds.")
    ice_servers: list[IceServer] = Field(
        default_factory=list, description="Relays for a browser that cannot reach the media server; good for hours."
    )
