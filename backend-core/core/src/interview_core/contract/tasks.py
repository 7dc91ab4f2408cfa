"""Every task there is. A task knows its queue, so no caller ever names one."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from interview_core.contract.payloads import (
    AnalyzeFrame,
    EmbedFocus,
    EmbedQuery,
    EmbedResume,
    EraseAudio,
    EvaluateAnswer,
    ForgetInterview,
    ImportRecording,
    MeasureBaseline,
    NextQuestion,
    ParseResume,
    Payload,
    PrepareQuestion,
    ProfileResume,
    ReadAhead,
    RenderReportPdf,
    SynthesizeQuestion,
    TranscribeSegment,
    WriteLearningPath,
    WriteQuestionSet,
    WriteReport,
)
from interview_core.contract.queues import Queue

P = TypeVar("P", bound=Payload)


@dataclass(frozen=True)
class Task(Generic[P]):
    """What both kinds of task have; make a `DurableTask` or a `PerishableTask`."""

    name: str
    queue: Queue
    payload: type[P]


@dataclass(frozen=True)
class DurableTask(Task[P]):
    """Work that must end: it has a row in `job`, and the message only wakes a worker up.

    A job that no worker takes within `expires_s` is dead with the code EXPIRED. One attempt may take `time_limit_s`.
    """

    expires_s: int
    time_limit_s: int
    max_attempts: int = 4


@dataclass(frozen=True)
class PerishableTask(Task[P]):
    """Work that is worthless after `expires_s`: a message without a row."""

    expires_s: int
    time_limit_s: int


PARSE_RESUME = DurableTask("resume.parse", Queue.CPU, ParseResume, expires_s=600, time_limit_s=120)
EMBED_RESUME = DurableTask("resume.embed", Queue.CPU, EmbedResume, expires_s=600, time_limit_s=300)
PROFILE_RESUME = DurableTask(
    "resume.profile", Queue.GPU, ProfileResume, expires_s=3600, time_limit_s=180, max_attempts=2
)
EMBED_QUERY = PerishableTask("search.embed_query", Queue.CPU, EmbedQuery, expires_s=3, time_limit_s=10)
EMBED_FOCUS = PerishableTask("interview.embed_focus", Queue.CPU, EmbedFocus, expires_s=120, time_limit_s=120)
NEXT_QUESTION = DurableTask(
    "interview.next_question", Queue.GPU, NextQuestion, expires_s=20, time_limit_s=40, max_attempts=2
)
PREPARE_QUESTION = DurableTask(
    "interview.prepare_question", Queue.GPU, PrepareQuestion, expires_s=60, time_limit_s=120, max_attempts=1
)
READ_AHEAD = PerishableTask("interview.read_ahead", Queue.GPU, ReadAhead, expires_s=5, time_limit_s=10)
FORGET_INTERVIEW = PerishableTask("interview.forget", Queue.GPU, ForgetInterview, expires_s=3600, time_limit_s=10)
EVALUATE_ANSWER = DurableTask("answer.evaluate", Queue.GPU, EvaluateAnswer, expires_s=3600, time_limit_s=180)
WRITE_REPORT = DurableTask("report.write", Queue.GPU, WriteReport, expires_s=600, time_limit_s=900)
WRITE_LEARNING_PATH = DurableTask("learning.write_path", Queue.GPU, WriteLearningPath, expires_s=600, time_limit_s=120)
WRITE_QUESTION_SET = DurableTask("question_set.write", Queue.GPU, WriteQuestionSet, expires_s=600, time_limit_s=240)
RENDER_REPORT_PDF = DurableTask(
    "report.render_pdf", Queue.CPU, RenderReportPdf, expires_s=300, time_limit_s=60, max_attempts=2
)
ANALYZE_FRAME = PerishableTask("vision.analyze_frame", Queue.CPU, AnalyzeFrame, expires_s=5, time_limit_s=10)
TRANSCRIBE_SEGMENT = DurableTask("speech.transcribe", Queue.CPU, TranscribeSegment, expires_s=3600, time_limit_s=150)
IMPORT_RECORDING = DurableTask("speech.import_recording", Queue.CPU, ImportRecording, expires_s=3600, time_limit_s=150)
MEASURE_BASELINE = DurableTask(
    "speech.measure_baseline", Queue.CPU, MeasureBaseline, expires_s=600, time_limit_s=60, max_attempts=2
)
SYNTHESIZE_QUESTION = DurableTask(
    "speech.synthesize", Queue.CPU, SynthesizeQuestion, expires_s=600, time_limit_s=60, max_attempts=2
)
ERASE_AUDIO = DurableTask("speech.erase_audio", Queue.CPU, EraseAudio, expires_s=86_400, time_limit_s=120)

TASKS: tuple[DurableTask[Payload] | PerishableTask[Payload], ...] = (
    PARSE_RESUME,
    EMBED_RESUME,
    PROFILE_RESUME,
    EMBED_QUERY,
    EMBED_FOCUS,
    NEXT_QUESTION,
    PREPARE_QUESTION,
    READ_AHEAD,
    FORGET_INTERVIEW,
    EVALUATE_ANSWER,
    WRITE_REPORT,
    WRITE_LEARNING_PATH,
    WRITE_QUESTION_SET,
    RENDER_REPORT_PDF,
    ANALYZE_FRAME,
    TRANSCRIBE_SEGMENT,
    IMPORT_RECORDING,
    MEASURE_BASELINE,
    SYNTHESIZE_QUESTION,
    ERASE_AUDIO,
)  # type: ignore[assignment]  # DurableTask is invariant in its payload, and here only names and queues are read
