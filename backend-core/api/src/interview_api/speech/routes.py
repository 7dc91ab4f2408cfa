"""/interviews/{interview_id}/…: transcripts, recordings, spoken questions, the voice's baseline, coaching."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Response, UploadFile

from interview_api.dependencies import AppResources, Database, Me
from interview_api.errors import error_docs
from interview_api.middleware import file_too_large
from interview_api.speech import delivery, schemas, spoken_questions, transcripts, uploads
from interview_core.errors import NotFound

router = APIRouter(prefix="/interviews/{interview_id}", tags=["speech"])

_FORM_LIMITS = {"max_files": 1, "max_fields": 4}
_AUDIO: dict[int | str, dict[str, Any]] = {
    200: {"content": {"audio/*": {"schema": {"type": "string", "format": "binary"}}}, "description": "The sound."}
}
Recording = Annotated[UploadFile, File(description="WebM/Opus, WAV or M4A, up to 25 MB and ten minutes, as one file.")]


@router.get("/questions/{question_id}/transcript", responses=error_docs(401, 404, 422))
def read_transcript(
    interview_id: UUID, question_id: UUID, user: Me, session: Database, resources: AppResources
) -> schemas.Transcript:
    """Return what was heard of the newest attempt to answer a question by voice.

    `state`: `none`, `listening` (the answer goes on), `pending` (it is being written down), `ready`, `empty` (nobody
    spoke), `partial` (`missing` names what will not come), `failed` (nothing could be written down).
    """
    question = transcripts.get_question(session, user.id, interview_id, question_id)
    return transcripts.read_transcript(session, question, doubtful_below=resources.settings.speech_doubtful_below)


@router.post(
    "/questions/{question_id}/recordings",
    status_code=202,
    responses=error_docs(400, 401, 404, 409, 413, 415, 422, 507),
)
def upload_recording(
    interview_id: UUID, question_id: UUID, file: Recording, user: Me, session: Database, resources: AppResources
) -> schemas.RecordingAccepted:
    """Send a recorded answer to the open question, where no live connection is possible.

    It is written down as a spoken one is: follow `/events`, and read `transcript`. A new recording is a new take.
    """
    _check_size(file, resources.settings.max_recording_bytes)
    take = uploads.add_recording(session, resources.storage, user.id, interview_id, question_id, file.file)
    return schemas.RecordingAccepted(take=take)


@router.get(
    "/questions/{question_id}/speech", responses={**_AUDIO, **error_docs(401, 404, 422)}, response_class=Response
)
def read_spoken_question(
    interview_id: UUID, question_id: UUID, user: Me, session: Database, resources: AppResources
) -> Response:
    """Return the question as sound; the header X-Speech-Engine says which engine spoke.

    404 SPEECH_NOT_AVAILABLE: it is not spoken yet, or never will be. Do not wait for it: let the browser speak, or show
    the text. `speech.ready` on `/events` says when it is there.
    """
    question = transcripts.get_question(session, user.id, interview_id, question_id)
    found = spoken_questions.find_speech(session, resources.storage, question)
    if found is None:
        spoken_questions.ask_for_speech(session, resources.redis, question)
        raise NotFound("The question is not spoken here (yet); read it.", code="SPEECH_NOT_AVAILABLE")
    return Response(
        found.audio,
        media_type=found.media_type,
        headers={"X-Speech-Engine": found.engine, "Cache-Control": "private, max-age=3600"},
    )


@router.post("/voice-baseline", status_code=202, responses=error_docs(400, 401, 404, 409, 413, 415, 422, 507))
def set_voice_baseline(
    interview_id: UUID, file: Recording, user: Me, session: Database, resources: AppResources
) -> schemas.Baseline:
    """Send a few sentences spoken at the device check, with which delivery is compared; again replaces them.

    The recording is deleted once it is measured. `baseline.ready` on `/events` says when.
    """
    _check_size(file, resources.settings.max_recording_bytes)
    return uploads.set_baseline(session, resources.storage, user.id, interview_id, file.file)


@router.get("/voice-baseline", responses=error_docs(401, 404, 422))
def read_voice_baseline(interview_id: UUID, user: Me, session: Database) -> schemas.Baseline:
    """Return what became of the device check's recording."""
    return uploads.read_baseline(session, user.id, interview_id)


@router.get("/delivery", responses=error_docs(401, 404, 422))
def read_delivery(interview_id: UUID, user: Me, session: Database, resources: AppResources) -> schemas.Delivery:
    """Return coaching on how answers were given: for the candidate alone, and part of no score."""
    is_enabled = resources.settings.emotion_enabled
    return delivery.read_delivery(session, user.id, interview_id, is_emotion_enabled=is_enabled)


def _check_size(file: UploadFile, limit: int) -> None:
    if (file.size or 0) > limit:
        raise file_too_large(limit)
