"""What goes into a task: ids, storage keys and numbers, never text of candidates, paths or media."""

import re
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, get_args, get_origin
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_KEY = re.compile(r"[a-z][a-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)+")


def _check_key(key: str) -> str:
    if not _KEY.fullmatch(key) or ".." in key or len(key) > 300:
        raise ValueError("a storage key looks like 'resumes/<id>/original.pdf'; paths and URLs are refused")
    return key


StorageKey = Annotated[str, AfterValidator(_check_key)]
"""Names a file in storage, in every service the same; a path exists only inside one service."""

_SCALARS = (UUID, int, bool, datetime)


def _is_message_type(annotation: Any, metadata: list[Any]) -> bool:
    if get_origin(annotation) is not None and type(None) in get_args(annotation):
        return all(_is_message_type(part, metadata) for part in get_args(annotation) if part is not type(None))
    if annotation is str:
        return any(isinstance(item, AfterValidator) and item.func is _check_key for item in metadata)
    return isinstance(annotation, type) and issubclass(annotation, (*_SCALARS, Enum))


class Payload(BaseModel):
    """Base of all payloads. A field that could carry text, a path or media is refused when the class is defined."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        for name, field in cls.model_fields.items():
            if not _is_message_type(field.annotation, field.metadata):
                raise TypeError(
                    f"{cls.__name__}.{name}: a payload carries ids, storage keys, numbers, enums and times only"
                )


class ParseResume(Payload):
    """Extract text and profile from an uploaded résumé."""

    resume_id: UUID
    file: StorageKey


class ProfileResume(Payload):
    """Complete a résumé's profile with a model, where the rules found nothing."""

    resume_id: UUID


class EmbedResume(Payload):
    """Make the résumé's chunks searchable by meaning."""

    resume_id: UUID


class EmbedQuery(Payload):
    """Give the vector of what somebody searches for (see `queries`)."""

    query_id: UUID


class EmbedFocus(Payload):
    """Make what an interview is about comparable with the question bank."""

    interview_id: UUID


class NextQuestion(Payload):
    """Write the question at a position (1-based) of an interview's plan."""

    interview_id: UUID
    position: int = Field(ge=1)


class PrepareQuestion(Payload):
    """Write the next topic's question while the one at a position (1-based) is being answered."""

    interview_id: UUID
    position: int = Field(ge=1)


class ReadAhead(Payload):
    """Read what is known so far of what the question at a position (1-based) will be made of."""

    interview_id: UUID
    position: int = Field(ge=1)


class ForgetInterview(Payload):
    """Drop what a language model keeps of an interview in its memory."""

    interview_id: UUID


class EvaluateAnswer(Payload):
    """Judge one answer on evidence, behind the conversation."""

    answer_id: UUID


class WriteReport(Payload):
    """Write the report of a finished interview."""

    interview_id: UUID


class WriteLearningPath(Payload):
    """Write what somebody may learn next."""

    learning_path_id: UUID


class WriteQuestionSet(Payload):
    """Write questions about a résumé that belong to no interview."""

    question_set_id: UUID


class RenderReportPdf(Payload):
    """Set what was asked for as a PDF; a later request for the same interview makes this one void."""

    interview_id: UUID
    request_id: UUID


class AnalyzeFrame(Payload):
    """Look at the newest frame in an interview's slot (see `streams.frame_slot`)."""

    interview_id: UUID
    epoch: int = Field(ge=0)
    frame_ms: int = Field(ge=0)


class TranscribeSegment(Payload):
    """Write down what was said in one segment, and measure how."""

    interview_id: UUID
    epoch: int = Field(ge=0)
    sequence: int = Field(ge=0)


class ImportRecording(Payload):
    """Cut an uploaded answer into segments."""

    question_id: UUID
    take: int = Field(ge=1)


class MeasureBaseline(Payload):
    """Measure the voice in the recording of the device check."""

    interview_id: UUID


class SynthesizeQuestion(Payload):
    """Speak a question."""

    question_id: UUID


class EraseAudio(Payload):
    """Delete the audio of an interview that its candidate does not, or no longer, let us keep."""

    interview_id: UUID
