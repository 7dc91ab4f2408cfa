"""Every table. A row belongs to a user directly or through its résumé or interview, and is reached only so."""

from sqlmodel import SQLModel

from interview_core.db.tables.camera import FrameAnalysis
from interview_core.db.tables.consents import Consent, ConsentPurpose
from interview_core.db.tables.interviews import (
    Answer,
    AnswerSource,
    Interview,
    InterviewEvent,
    InterviewFocus,
    InterviewStatus,
    PreparedQuestion,
    Purpose,
    Question,
)
from interview_core.db.tables.jobs import Job, JobState, RejectedMessage, WorkerHeartbeat
from interview_core.db.tables.judgement import Evaluation, EvaluationStatus, PdfState, Report, ReportPdf, ReportStatus
from interview_core.db.tables.question_bank import BankVector
from interview_core.db.tables.resumes import (
    EMBEDDING_DIMENSIONS,
    Resume,
    ResumeChunk,
    ResumeClaim,
    ResumeStatus,
    ResumeStep,
)
from interview_core.db.tables.reviews import ReviewAccess, ReviewAnswer, ReviewOutcome, ReviewRequest, ReviewState
from interview_core.db.tables.speech import (
    BaselineState,
    EndReason,
    SegmentState,
    SpeechSegment,
    SpokenAnswer,
    SpokenQuestion,
    VoiceBaseline,
)
from interview_core.db.tables.usage import GenerationOutcome, ModelUsage
from interview_core.db.tables.users import Language, LoginSession, Role, User
from interview_core.db.tables.writings import (
    LearningItem,
    LearningItemType,
    LearningPath,
    QuestionSet,
    SetQuestion,
    WritingStatus,
)

__all__ = [
    "EMBEDDING_DIMENSIONS",
    "Answer",
    "AnswerSource",
    "BankVector",
    "BaselineState",
    "Consent",
    "ConsentPurpose",
    "EndReason",
    "Evaluation",
    "EvaluationStatus",
    "FrameAnalysis",
    "GenerationOutcome",
    "Interview",
    "InterviewEvent",
    "InterviewFocus",
    "InterviewStatus",
    "Job",
    "JobState",
    "Language",
    "LearningItem",
    "LearningItemType",
    "LearningPath",
    "LoginSession",
    "ModelUsage",
    "PdfState",
    "PreparedQuestion",
    "Purpose",
    "Question",
    "QuestionSet",
    "RejectedMessage",
    "Report",
    "ReportPdf",
    "ReportStatus",
    "Resume",
    "ResumeChunk",
    "ResumeClaim",
    "ResumeStatus",
    "ResumeStep",
    "ReviewAccess",
    "ReviewAnswer",
    "ReviewOutcome",
    "ReviewRequest",
    "ReviewState",
    "Role",
    "SQLModel",
    "SegmentState",
    "SetQuestion",
    "SpeechSegment",
    "SpokenAnswer",
    "SpokenQuestion",
    "User",
    "VoiceBaseline",
    "WorkerHeartbeat",
    "WritingStatus",
]
