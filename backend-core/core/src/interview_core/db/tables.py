"""Every table. A row belongs to a user directly or through its résumé or interview, and is reached only so."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from pgvector.sqlalchemy import Vector
from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

EMBEDDING_DIMENSIONS = 384


def _enum(kind: type[StrEnum], *, default: StrEnum | None = None) -> Any:
    column: Column[Any] = Column(
        SqlEnum(
            kind,
            native_enum=False,
            length=24,
            create_constraint=False,
            values_callable=lambda k: [item.value for item in k],
        ),
        nullable=False,
    )
    return Field(sa_column=column) if default is None else Field(default=default, sa_column=column)


def _json(*, nullable: bool = False) -> Any:
    if nullable:
        return Field(default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True))
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))


def _json_from_now_on() -> Any:
    empty = sql_text("'{}'::jsonb")
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default=empty))


def _json_list() -> Any:
    empty = sql_text("'[]'::jsonb")
    return Field(default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=empty))


def _now() -> Any:
    return Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now()))


def _time() -> Any:
    return Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=True))


def _text(*, nullable: bool = False) -> Any:
    return Field(default=None if nullable else ..., sa_column=Column(Text, nullable=nullable))


def _owned_by(target: str, *, index: bool = True, primary_key: bool = False) -> Any:
    return Field(
        sa_column=Column(ForeignKey(target, ondelete="CASCADE"), nullable=False, index=index, primary_key=primary_key)
    )


class Role(StrEnum):
    CANDIDATE = "candidate"
    OPERATOR = "operator"


class Language(StrEnum):
    KOREAN = "ko"
    ENGLISH = "en"


class User(SQLModel, table=True):
    __tablename__ = "user_account"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    username: str = Field(max_length=150, unique=True)
    """As it is compared: NFKC and case-folded."""
    display_name: str = Field(max_length=150)
    password_hash: str
    role: Role = _enum(Role, default=Role.CANDIDATE)
    language: Language = _enum(Language, default=Language.KOREAN)
    disabled_at: datetime | None = _time()
    created_at: datetime = _now()


class LoginSession(SQLModel, table=True):
    """A family of refresh tokens: one sign-in on one device, until it is revoked or runs out."""

    __tablename__ = "login_session"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = _owned_by("user_account.id")
    token_hash: str
    previous_token_hash: str | None = None
    rotated_at: datetime = _now()
    created_at: datetime = _now()
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    revoked_at: datetime | None = _time()
    revoked_reason: str | None = Field(default=None, max_length=40)


class ResumeStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class ResumeStep(StrEnum):
    UPLOAD = "upload"
    PARSE = "parse"
    PROFILE = "profile"
    EMBED = "embed"


class Resume(SQLModel, table=True):
    __tablename__ = "resume"
    __table_args__ = (UniqueConstraint("user_id", "sha256"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = _owned_by("user_account.id")
    filename: str = Field(max_length=255)
    media_type: str = Field(max_length=100)
    size_bytes: int
    sha256: str = Field(max_length=64)
    file: str = Field(max_length=300)
    """A StorageKey."""
    status: ResumeStatus = _enum(ResumeStatus, default=ResumeStatus.PENDING)
    step: ResumeStep = _enum(ResumeStep, default=ResumeStep.UPLOAD)
    percent: int = 0
    error_code: str | None = Field(default=None, max_length=40)
    pages: int | None = None
    hidden_text_spans: int = 0
    hidden_text: dict[str, int] = _json_from_now_on()
    """How many of those spans are hidden in which way."""
    profile: dict[str, Any] | None = _json(nullable=True)
    """What was read; `db.resumes.effective_profile` is what is used."""
    corrections: dict[str, Any] = _json_from_now_on()
    """Fields of the profile as the candidate has them. Reading again leaves them alone."""
    created_at: datetime = _now()
    updated_at: datetime = _now()


class ResumeClaim(SQLModel, table=True):
    """One statement of a résumé, masked, for the interview to probe. Reading again replaces all of them."""

    __tablename__ = "resume_claim"
    __table_args__ = (UniqueConstraint("resume_id", "position"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    resume_id: UUID = _owned_by("resume.id", index=False)
    position: int
    kind: str = Field(max_length=20)
    """`experience`, `project` or `summary`."""
    about: str | None = _text(nullable=True)
    """The company or project it belongs to, as the profile names it."""
    text: str = _text()
    has_figure: bool
    page: int
    sources: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    """Page, box and words for each line it goes over."""


class ResumeChunk(SQLModel, table=True):
    """A masked piece of a section with its vector. Vectors of different models are never compared."""

    __tablename__ = "resume_chunk"
    __table_args__ = (
        UniqueConstraint("resume_id", "position"),
        Index(
            "ix_resume_chunk_embedding",
            "embedding",
            postgresql_using="hnsw",
            postgresql_ops={"embedding": "vector_cosine_ops"},
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    resume_id: UUID = _owned_by("resume.id")
    position: int
    section: str = Field(max_length=100)
    page: int
    text: str = _text()
    claim_ids: list[str] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=sql_text("'[]'::jsonb"))
    )
    """The claims that begin in it."""
    embedding: list[float] | None = Field(default=None, sa_column=Column(Vector(EMBEDDING_DIMENSIONS), nullable=True))
    embedding_model: str | None = Field(default=None, max_length=200)


class BankVector(SQLModel, table=True):
    """A question of the bank with its vector, of whichever models were in use. It belongs to nobody."""

    __tablename__ = "bank_question"

    entry_id: str = Field(max_length=80, primary_key=True)
    language: Language = Field(
        sa_column=Column(
            SqlEnum(
                Language,
                native_enum=False,
                length=24,
                create_constraint=False,
                values_callable=lambda kind: [item.value for item in kind],
            ),
            primary_key=True,
        )
    )
    embedding_model: str = Field(max_length=200, primary_key=True)
    content_hash: str = Field(max_length=64)
    """Of the text that the vector was made from."""
    embedding: list[float] = Field(sa_column=Column(Vector(EMBEDDING_DIMENSIONS), nullable=False))


class Purpose(StrEnum):
    PRACTICE = "practice"
    ASSESSMENT = "assessment"


class InterviewStatus(StrEnum):
    IN_PROGRESS = "in_progress"
    FINISHED = "finished"


class Interview(SQLModel, table=True):
    """One candidate's run. Status and counters are a projection of its events, written with them."""

    __tablename__ = "interview"
    __table_args__ = (UniqueConstraint("user_id", "idempotency_key"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = _owned_by("user_account.id")
    resume_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("resume.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    scenario_id: str = Field(max_length=60)
    scenario_version: int
    language: Language = _enum(Language)
    target_role: str = Field(max_length=120)
    company: str | None = Field(default=None, max_length=120)
    company_description: str | None = _text(nullable=True)
    job_description: str | None = _text(nullable=True)
    purpose: Purpose = _enum(Purpose)
    status: InterviewStatus = _enum(InterviewStatus, default=InterviewStatus.IN_PROGRESS)
    sequence: int = 0
    question_count: int = 0
    """Asked and still to come, as far as it is known; follow-ups add to it."""
    answered_count: int = 0
    plan: list[dict[str, Any]] = _json_list()
    """`plan.PlannedSlot`s in order; empty for interviews that began before plans were stored."""
    difficulty: str | None = Field(default=None, max_length=20)
    """What the candidate chose instead of what the profile says."""
    accommodations: dict[str, Any] = _json_from_now_on()
    """For timers and turn-taking only: nothing that judges reads it."""
    ends_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True), nullable=True, index=True))
    """When it ends by itself if nothing happens; none once it is over."""
    media_epoch: int = 0
    idempotency_key: str | None = Field(default=None, max_length=100)
    created_at: datetime = _now()
    finished_at: datetime | None = _time()


class InterviewFocus(SQLModel, table=True):
    """What an interview is about, as a vector: role, company and job description, masked."""

    __tablename__ = "interview_focus"

    interview_id: UUID = _owned_by("interview.id", index=False, primary_key=True)
    embedding_model: str = Field(max_length=200)
    embedding: list[float] = Field(sa_column=Column(Vector(EMBEDDING_DIMENSIONS), nullable=False))


class InterviewEvent(SQLModel, table=True):
    """The truth about an interview: what happened, in order. Rows are only ever added."""

    __tablename__ = "interview_event"

    interview_id: UUID = _owned_by("interview.id", index=False, primary_key=True)
    sequence: int = Field(primary_key=True)
    kind: str = Field(max_length=40)
    payload: dict[str, Any] = _json()
    at: datetime = _now()


class Question(SQLModel, table=True):
    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("interview_id", "position"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    interview_id: UUID = _owned_by("interview.id")
    position: int
    stage: str = Field(max_length=60)
    stage_title: str = Field(max_length=120)
    text: str = _text()
    type: str | None = Field(default=None, max_length=40)
    difficulty: str | None = Field(default=None, max_length=20)
    topic: str | None = Field(default=None, max_length=300)
    reason: str = _text()
    source_quote: str | None = _text(nullable=True)
    covers: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    """What a good answer covers."""
    is_follow_up: bool = False
    slot: int | None = None
    """Index in the interview's plan."""
    probe: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """0 opens the topic, 1 and 2 follow up."""
    competency: str | None = Field(default=None, max_length=60)
    claim_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("resume_claim.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    """The statement of the résumé that it probes."""
    follow_up: dict[str, Any] | None = _json(nullable=True)
    """The decision to ask it after an answer (`interview.Decision`)."""
    waiting: dict[str, Any] | None = _json(nullable=True)
    """How long the candidate waited for it since the answer before, and whether it was prepared."""
    answered_by: dict[str, Any] = _json()
    """Provider, model, prompt version, whether it is a fallback and why, and how long it took (`AnsweredBy`)."""
    created_at: datetime = _now()


class AnswerSource(StrEnum):
    TEXT = "text"
    VOICE = "voice"


class Answer(SQLModel, table=True):
    __tablename__ = "answer"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    question_id: UUID = Field(
        sa_column=Column(ForeignKey("question.id", ondelete="CASCADE"), nullable=False, unique=True)
    )
    interview_id: UUID = _owned_by("interview.id")
    text: str = _text()
    """What is judged: as it was written, or the transcript as the candidate corrected it."""
    is_skipped: bool = False
    source: AnswerSource = Field(
        default=AnswerSource.TEXT,
        sa_column=Column(
            SqlEnum(AnswerSource, native_enum=False, length=24, values_callable=lambda k: [item.value for item in k]),
            nullable=False,
            server_default=AnswerSource.TEXT.value,
        ),
    )
    take: int | None = None
    """Of a spoken answer: which of its `spoken_answer` rows."""
    transcript: str | None = _text(nullable=True)
    """What the recogniser heard of it."""
    transcript_edits: list[dict[str, Any]] | None = Field(
        default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True)
    )
    """What the candidate corrected, word by word: `op`, `at` (a word of the transcript, from 0), `old`, `new`."""
    missing_segments: list[dict[str, Any]] | None = Field(
        default=None, sa_column=Column(JSONB(none_as_null=True), nullable=True)
    )
    """Parts that were spoken and are not in the transcript, by `epoch` and `sequence`; the candidate accepted that."""
    outcome: str | None = Field(default=None, max_length=20)
    """`interview_state.Outcome`; none for answers that were stored before outcomes were."""
    submitted_at: datetime = _now()


class PreparedQuestion(SQLModel, table=True):
    """A topic's opening question that was written while the candidate still answered; gone once the topic is asked."""

    __tablename__ = "prepared_question"

    interview_id: UUID = _owned_by("interview.id", index=False, primary_key=True)
    slot: int = Field(primary_key=True)
    after_position: int
    """The newest question when it was written."""
    content: dict[str, Any] = _json()
    """The fields of the `question` row that it becomes."""
    created_at: datetime = _now()


class EvaluationStatus(StrEnum):
    DONE = "done"
    NOT_SCORED = "not_scored"
    FAILED = "failed"


class Evaluation(SQLModel, table=True):
    """The judgement of one answer. A score is there only when a model gave it and its evidence was found."""

    __tablename__ = "evaluation"
    __table_args__ = (
        CheckConstraint("(score IS NULL) OR (status = 'done')", name="no_number_without_a_judge"),
        CheckConstraint("(not_scored_reason IS NULL) = (status = 'done')", name="no_score_without_a_reason"),
    )

    answer_id: UUID = _owned_by("answer.id", index=False, primary_key=True)
    status: EvaluationStatus = _enum(EvaluationStatus)
    not_scored_reason: str | None = Field(default=None, max_length=40)
    score: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    content: dict[str, Any] = _json()
    """Summary, covered, missed, points with evidence, improved answer, competency scores."""
    answered_by: dict[str, Any] | None = _json(nullable=True)
    versions: dict[str, Any] = _json()
    created_at: datetime = _now()


class ReportStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class Report(SQLModel, table=True):
    __tablename__ = "report"

    interview_id: UUID = _owned_by("interview.id", index=False, primary_key=True)
    status: ReportStatus = _enum(ReportStatus, default=ReportStatus.PENDING)
    percent: int = 0
    error_code: str | None = Field(default=None, max_length=40)
    overall_score: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    not_scored_reason: str | None = Field(default=None, max_length=40)
    content: dict[str, Any] = _json()
    """Summary, strengths, improvements, competencies."""
    versions: dict[str, Any] = _json()
    created_at: datetime = _now()
    finished_at: datetime | None = _time()


class PdfState(StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class ReportPdf(SQLModel, table=True):
    """A report as a PDF: the newest request for it, and what came of that."""

    __tablename__ = "report_pdf"

    interview_id: UUID = _owned_by("interview.id", index=False, primary_key=True)
    request_id: UUID = Field(default_factory=uuid4)
    state: PdfState = _enum(PdfState, default=PdfState.PENDING)
    source: dict[str, Any] | None = _json(nullable=True)
    """The export that is set, until it is."""
    report_finished_at: datetime | None = _time()
    """Of the report as it was then; one that was written again needs another PDF."""
    utc_offset_min: int = 0
    """Of whoever asked for it: which day it was there."""
    file: str | None = Field(default=None, max_length=300)
    """A StorageKey."""
    size_bytes: int | None = None
    pages: int | None = None
    error_code: str | None = Field(default=None, max_length=60)
    requested_at: datetime = _now()
    finished_at: datetime | None = _time()


class ConsentPurpose(StrEnum):
    RECORDING = "recording"
    TRANSCRIPTION = "transcription"
    SCORING = "scoring"
    EMOTION = "emotion"


class Consent(SQLModel, table=True):
    """One decision of a candidate; the newest row of a purpose counts, none means no.

    A trigger refuses a consent to emotions in an assessment; another, that the purpose of an interview changes.
    """

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_newest", "interview_id", "purpose", "at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = _owned_by("user_account.id")
    interview_id: UUID = _owned_by("interview.id", index=False)
    purpose: ConsentPurpose = _enum(ConsentPurpose)
    is_granted: bool
    text_version: str = Field(max_length=40)
    at: datetime = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp())
    )


class FrameAnalysis(SQLModel, table=True):
    """What one video frame of a practice interview showed; the frame itself is never stored.

    A trigger refuses rows of an assessment, and of a candidate whose newest decision is not to consent.
    """

    __tablename__ = "frame_analysis"

    interview_id: UUID = _owned_by("interview.id", index=False, primary_key=True)
    epoch: int = Field(primary_key=True)
    frame_ms: int = Field(primary_key=True)
    is_face_found: bool
    is_facing: bool | None = None
    """Whether the face was found from the front, which is as near to "looking at the screen" as this comes; absent when
    no face was found."""
    luminance: float | None = Field(default=None, sa_column=Column(Float, nullable=True))
    """Mean brightness of the picture, 0 to 255."""
    emotion: dict[str, Any] | None = _json(nullable=True)
    """Share of each emotion, 0 to 1; absent when no face was found."""
    created_at: datetime = _now()


class SegmentState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """The candidate withdrew; nothing of it is kept, and its audio goes with the next `speech.erase_audio`."""


class SpeechSegment(SQLModel, table=True):
    """A stretch of speech of at most half a minute, cut at pauses, on the clock of one connection."""

    __tablename__ = "speech_segment"
    __table_args__ = (Index("ix_speech_segment_take", "question_id", "take"),)

    interview_id: UUID = _owned_by("interview.id", index=False, primary_key=True)
    epoch: int = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    question_id: UUID = _owned_by("question.id", index=False)
    take: int
    audio: str | None = Field(default=None, max_length=300)
    """A StorageKey; None once the audio is deleted."""
    start_ms: int
    end_ms: int
    state: SegmentState = _enum(SegmentState, default=SegmentState.PENDING)
    text: str | None = _text(nullable=True)
    words: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=sql_text("'[]'::jsonb"))
    )
    """`text`, `start_ms`, `end_ms` (on the same clock) and `probability` of each word."""
    language: Language = _enum(Language)
    delivery: dict[str, Any] | None = _json(nullable=True)
    """What was measured of the voice (`interview_worker.cpu.voice`); null where nothing could be."""
    recognised_by: dict[str, Any] | None = _json(nullable=True)
    error_code: str | None = Field(default=None, max_length=60)
    created_at: datetime = _now()
    finished_at: datetime | None = _time()


class EndReason(StrEnum):
    BUTTON = "button"
    SILENCE = "silence"
    LOST = "lost"
    UPLOAD = "upload"
    TIME_UP = "time_up"


class SpokenAnswer(SQLModel, table=True):
    """One attempt to answer a question by voice; a newer take supersedes the older ones."""

    __tablename__ = "spoken_answer"

    question_id: UUID = _owned_by("question.id", index=False, primary_key=True)
    take: int = Field(primary_key=True)
    interview_id: UUID = _owned_by("interview.id")
    epoch: int
    """The connection in which it ended; parts of it may be of earlier ones."""
    last_sequence: int | None = None
    """Its last segment in that connection; None: nothing was said in it."""
    end_reason: EndReason | None = Field(
        default=None,
        sa_column=Column(
            SqlEnum(EndReason, native_enum=False, length=24, values_callable=lambda k: [item.value for item in k]),
            nullable=True,
        ),
    )
    recording: str | None = Field(default=None, max_length=300)
    """A StorageKey: the file that was uploaded, until it is deleted."""
    error_code: str | None = Field(default=None, max_length=60)
    """Why an uploaded recording gave no segments."""
    started_at: datetime = _now()
    ended_at: datetime | None = _time()


class BaselineState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class VoiceBaseline(SQLModel, table=True):
    """How the candidate's voice is at the device check; delivery is only ever compared with this."""

    __tablename__ = "voice_baseline"

    interview_id: UUID = _owned_by("interview.id", index=False, primary_key=True)
    recording: str | None = Field(default=None, max_length=300)
    """A StorageKey; None once it is measured."""
    state: BaselineState = _enum(BaselineState, default=BaselineState.PENDING)
    delivery: dict[str, Any] | None = _json(nullable=True)
    error_code: str | None = Field(default=None, max_length=60)
    created_at: datetime = _now()
    finished_at: datetime | None = _time()


class SpokenQuestion(SQLModel, table=True):
    """A question as it was spoken by the server."""

    __tablename__ = "spoken_question"

    question_id: UUID = _owned_by("question.id", index=False, primary_key=True)
    interview_id: UUID = _owned_by("interview.id")
    audio: str = Field(max_length=300)
    """A StorageKey that holds the hash of text, engine and voice."""
    media_type: str = Field(max_length=60)
    engine: str = Field(max_length=60)
    voice: str = Field(max_length=100)
    created_at: datetime = _now()


class WritingStatus(StrEnum):
    """How far something is that a worker writes on request."""

    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class LearningPath(SQLModel, table=True):
    """What somebody may learn next, by a résumé and perhaps an interview's report."""

    __tablename__ = "learning_path"
    __table_args__ = (Index("ix_learning_path_newest", "user_id", "created_at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = _owned_by("user_account.id", index=False)
    resume_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("resume.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    interview_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("interview.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    language: Language = _enum(Language)
    target_role: str = Field(max_length=120)
    job_description: str | None = _text(nullable=True)
    status: WritingStatus = _enum(WritingStatus, default=WritingStatus.PENDING)
    percent: int = 0
    error_code: str | None = Field(default=None, max_length=40)
    answered_by: dict[str, Any] | None = _json(nullable=True)
    """Who chose and gave reasons: a model, or the rules alone and why."""
    catalogue_version: str | None = Field(default=None, max_length=40)
    created_at: datetime = _now()
    finished_at: datetime | None = _time()


class LearningItemType(StrEnum):
    STRENGTH = "strength"
    WEAKNESS = "weakness"


class LearningItem(SQLModel, table=True):
    __tablename__ = "learning_item"
    __table_args__ = (UniqueConstraint("learning_path_id", "position"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    learning_path_id: UUID = _owned_by("learning_path.id", index=False)
    position: int
    type: LearningItemType = _enum(LearningItemType)
    topic: str = Field(max_length=60)
    """Its id in the catalogue."""
    title: str = Field(max_length=200)
    description: str = _text()
    reason: str = _text()
    evidence: dict[str, Any] = _json()
    """What the reason rests on: where from, the words, and which field or question they stand in."""
    resources: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    """Entries of the catalogue as they were then, the first the one to begin with."""
    is_by_model: bool
    """Whether a model chose it and wrote its words; else the rules did."""
    done_at: datetime | None = _time()


class QuestionSet(SQLModel, table=True):
    """Questions about a résumé that belong to no interview."""

    __tablename__ = "question_set"
    __table_args__ = (Index("ix_question_set_newest", "user_id", "created_at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID = _owned_by("user_account.id", index=False)
    resume_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("resume.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    language: Language = _enum(Language)
    target_role: str = Field(max_length=120)
    company: str | None = Field(default=None, max_length=120)
    job_description: str | None = _text(nullable=True)
    difficulty: str | None = Field(default=None, max_length=20)
    """The mix that was asked for; None: the one that fits the résumé."""
    batch_id: UUID | None = Field(default=None, index=True)
    """Those that were asked for together; they are written one after the other, behind everything else."""
    status: WritingStatus = _enum(WritingStatus, default=WritingStatus.PENDING)
    percent: int = 0
    error_code: str | None = Field(default=None, max_length=40)
    created_at: datetime = _now()
    finished_at: datetime | None = _time()


class SetQuestion(SQLModel, table=True):
    """A question of a set; like `Question`, but nobody is asked it."""

    __tablename__ = "set_question"
    __table_args__ = (UniqueConstraint("question_set_id", "position"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    question_set_id: UUID = _owned_by("question_set.id", index=False)
    position: int
    stage: str = Field(max_length=60)
    text: str = _text()
    type: str | None = Field(default=None, max_length=40)
    difficulty: str | None = Field(default=None, max_length=20)
    topic: str = Field(max_length=300)
    reason: str = _text()
    source_quote: str | None = _text(nullable=True)
    covers: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    answered_by: dict[str, Any] = _json()
    created_at: datetime = _now()


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Job(SQLModel, table=True):
    """Durable work. The row is the job; a message on the broker only wakes a worker up."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_sweep", "state", "run_after"),
        Index("ix_job_subject", "subject_id", "task"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    task: str = Field(max_length=100)
    queue: str = Field(max_length=40)
    payload: dict[str, Any] = _json()
    subject_id: UUID | None = None
    """The résumé, interview, learning path or question set that the job is for."""
    state: JobState = _enum(JobState, default=JobState.QUEUED)
    attempt: int = 0
    max_attempts: int
    owner: UUID | None = None
    lease_until: datetime | None = _time()
    run_after: datetime = _now()
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    published_count: int = 0
    published_at: datetime | None = _time()
    progress: int = 0
    error_code: str | None = Field(default=None, max_length=60)
    error_message: str | None = Field(default=None, max_length=500)
    created_at: datetime = _now()
    started_at: datetime | None = _time()
    updated_at: datetime = _now()
    finished_at: datetime | None = _time()


class RejectedMessage(SQLModel, table=True):
    """A message that no worker could understand: an unknown task name or a body of the wrong form."""

    __tablename__ = "rejected_message"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    queue: str = Field(max_length=40)
    task: str = Field(max_length=200)
    reason: str = Field(max_length=200)
    at: datetime = _now()


class GenerationOutcome(StrEnum):
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


class ModelUsage(SQLModel, table=True):
    """What one generation of a language model took: figures only, nothing of what was said."""

    __tablename__ = "model_usage"
    __table_args__ = (Index("ix_model_usage_user_at", "user_id", "at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("user_account.id", ondelete="CASCADE"), nullable=True)
    )
    """None: the interview was deleted before the generation ended, or there is none."""
    interview_id: UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("interview.id", ondelete="SET NULL"), nullable=True, index=True)
    )
    provider: str = Field(max_length=60)
    model: str | None = Field(default=None, max_length=200)
    prompt_version: str | None = Field(default=None, max_length=100)
    tokens_in: int | None = None
    """None here, and in the other counts: the provider did not say, as when it failed in the middle."""
    tokens_reused: int | None = None
    """Those of `tokens_in` that had been read before."""
    tokens_out: int | None = None
    first_token_ms: int | None = None
    total_ms: int
    cost: Decimal | None = Field(default=None, sa_column=Column(Numeric(14, 8), nullable=True))
    """In the currency of the configured prices; None: no price, or not all counts, are known."""
    outcome: GenerationOutcome = _enum(GenerationOutcome)
    error_code: str | None = Field(default=None, max_length=60)
    at: datetime = Field(
        default=None,
        sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
    )


class WorkerHeartbeat(SQLModel, table=True):
    """A living worker process. One that has not been seen for three beats counts as away."""

    __tablename__ = "worker_heartbeat"

    name: str = Field(max_length=200, primary_key=True)
    queue: str = Field(max_length=40, index=True)
    """gpu_queue, cpu_queue, or `sweeper`."""
    tasks: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    details: dict[str, Any] = _json()
    started_at: datetime = _now()
    seen_at: datetime = _now()
