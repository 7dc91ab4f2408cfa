"""/scenarios and /interviews: start, answers, consents, live events."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel import Session

from interview_api.dependencies import AppResources, Database, LastEventId, Limit, Me, Offset, StreamSlot
from interview_api.errors import error_docs
from interview_api.interviews import commands, model_hints, schemas, service
from interview_api.interviews.live import InterviewSource
from interview_api.interviews.views import view_detail, view_interview, view_scenarios
from interview_api.live import Follower
from interview_api.speech.transcripts import find_spoken_text
from interview_core.db.tables import Interview, Language
from interview_core.drafts import Draft
from interview_core.media_consents import MediaConsents, publish_consents
from interview_core.streams import Stream
from interview_core.text import Text

scenarios = APIRouter(prefix="/scenarios", tags=["interviews"])
router = APIRouter(prefix="/interviews", tags=["interviews"])

IdempotencyKey = Annotated[
    Text | None,
    Header(
        alias="Idempotency-Key",
        max_length=100,
        description="Any text of your own; sending the same again returns the same interview instead of a second one.",
    ),
]


@scenarios.get("", responses=error_docs(422))
def list_scenarios(language: Language = Language.KOREAN) -> list[schemas.Scenario]:
    """Return the plans that an interview may follow, the shortest first."""
    return view_scenarios(language)


@router.post("", status_code=201, responses=error_docs(401, 404, 409, 422))
def create_interview(
    body: schemas.CreateInterview,
    user: Me,
    session: Database,
    resources: AppResources,
    afterwards: BackgroundTasks,
    idempotency_key: IdempotencyKey = None,
) -> schemas.InterviewDetail:
    """Start an interview on a résumé that is `ready`. Its first question is there at once, in `turns`."""
    interview = service.create_interview(
        session,
        user.id,
        body,
        idempotency_key=idempotency_key,
        is_emotion_enabled=resources.settings.emotion_enabled,
        limits=resources.settings,
    )
    afterwards.add_task(model_hints.embed_focus, resources, interview.id)
    afterwards.add_task(model_hints.read_ahead, resources, interview.id, position=2)
    return view_detail(session, interview)


@router.get("", responses=error_docs(401, 422))
def list_interviews(user: Me, session: Database, limit: Limit = 20, offset: Offset = 0) -> schemas.InterviewPage:
    """Return your interviews, newest first."""
    rows, total = service.list_interviews(session, user.id, limit=limit, offset=offset)
    return schemas.InterviewPage(items=[view_interview(row, status) for row, status in rows], total=total)


@router.get("/{interview_id}", responses=error_docs(401, 404, 422))
def read_interview(interview_id: UUID, user: Me, session: Database) -> schemas.InterviewDetail:
    """Return an interview with everything said so far."""
    return view_detail(session, service.get_interview(session, user.id, interview_id))


@router.delete("/{interview_id}", status_code=204, responses=error_docs(401, 404, 422))
def delete_interview(
    interview_id: UUID, user: Me, session: Database, resources: AppResources, afterwards: BackgroundTasks
) -> None:
    """Remove an interview with its answers and its report, and what the model and the event stream keep of it."""
    for key in service.delete_interview(session, user.id, interview_id):
        afterwards.add_task(resources.storage.delete, key)
    afterwards.add_task(model_hints.forget, resources, interview_id)
    afterwards.add_task(resources.events.erase, Stream.INTERVIEW, interview_id)


@router.post("/{interview_id}/answers", status_code=202, responses=error_docs(401, 404, 409, 422))
def submit_answer(interview_id: UUID, body: schemas.SubmitAnswer, user: Me, session: Database) -> schemas.AnswerReceipt:
    """Answer the open question. The next one is then written (`pending_question`) and streamed to `/events`.

    - The same answer again, as a double click sends it, changes nothing; another answer to the same question is 409
      `QUESTION_ALREADY_ANSWERED`.
    - An answer has 1 to 20,000 characters, anything else is 422; to say nothing, skip the question.
    - An answer that comes after the time is over, but before the interview has ended, counts and is the last one;
      after the end it is 409 `INTERVIEW_FINISHED`. In a pause it is 409 `INTERVIEW_PAUSED`.
    - "Please repeat the question", "a hint, please" and their like are taken for what they wish (`heard_as`), like the
      commands of those names, and never judged. Signs of distress pause the interview.
    - With `source` voice the server keeps its own transcript beside the text; 409 `TRANSCRIPT_PENDING` says that parts
      of it are not written down.
    """
    spoken = find_spoken_text(session, user.id, interview_id, body)
    heard = commands.hear(session, user.id, interview_id, body.question_id, body.text, body.sequence, spoken)
    detail = _fresh(session, heard.interview)
    return schemas.AnswerReceipt(**dict(detail), heard_as=heard.act)


@router.put("/{interview_id}/draft", status_code=204, responses=error_docs(401, 404, 409, 422))
def update_draft(
    interview_id: UUID,
    body: schemas.Draft,
    user: Me,
    session: Database,
    resources: AppResources,
    afterwards: BackgroundTasks,
) -> None:
    """Let the model read an answer while it is still being written, so that the next question comes sooner.

    The text is not stored. Sending it is optional; every few seconds is enough.
    """
    position = commands.position_after(session, user.id, interview_id, body.question_id)
    if position is not None:
        draft = Draft(body.question_id, body.text)
        afterwards.add_task(model_hints.read_ahead, resources, interview_id, position, draft)


@router.post("/{interview_id}/skip", status_code=202, responses=error_docs(401, 404, 409, 422))
def skip_question(
    interview_id: UUID, body: schemas.TurnCommand, user: Me, session: Database
) -> schemas.InterviewDetail:
    """Go on without an answer; a skipped question is not judged, not followed up and not asked again."""
    interview = commands.submit_answer(session, user.id, interview_id, body.question_id, None, sequence=body.sequence)
    return _fresh(session, interview)


@router.post("/{interview_id}/repeat", status_code=202, responses=error_docs(401, 404, 409, 422))
def repeat_question(
    interview_id: UUID, body: schemas.TurnCommand, user: Me, session: Database
) -> schemas.InterviewDetail:
    """Ask to hear the open question again; nothing is held against the candidate."""
    return _fresh(session, commands.repeat_question(session, user.id, interview_id, body.question_id, body.sequence))


@router.post("/{interview_id}/hint", status_code=202, responses=error_docs(401, 404, 409, 422))
def give_hint(interview_id: UUID, body: schemas.TurnCommand, user: Me, session: Database) -> schemas.InterviewDetail:
    """Get one hint more to the open question, in `hints` of its turn. Without `hints_left` this changes nothing."""
    return _fresh(session, commands.give_hint(session, user.id, interview_id, body.question_id, body.sequence))


@router.post("/{interview_id}/moment", status_code=202, responses=error_docs(401, 404, 409, 422))
def take_moment(interview_id: UUID, body: schemas.TurnCommand, user: Me, session: Database) -> schemas.InterviewDetail:
    """Take a moment to think: the clock stops until `clock.resumes_at`. Without `moments_left` this changes nothing."""
    return _fresh(session, commands.take_moment(session, user.id, interview_id, body.question_id, body.sequence))


@router.post("/{interview_id}/pause", status_code=202, responses=error_docs(401, 404, 409, 422))
def pause_interview(
    interview_id: UUID, user: Me, session: Database, body: schemas.InterviewCommand | None = None
) -> schemas.InterviewDetail:
    """Stop the clock; only `resume` and `finish` are possible then. A pause that is too long ends the interview."""
    return _fresh(session, commands.pause(session, user.id, interview_id, body.sequence if body else None))


@router.post("/{interview_id}/resume", status_code=202, responses=error_docs(401, 404, 409, 422))
def resume_interview(
    interview_id: UUID, user: Me, session: Database, body: schemas.InterviewCommand | None = None
) -> schemas.InterviewDetail:
    """Go on after a pause."""
    return _fresh(session, commands.resume(session, user.id, interview_id, body.sequence if body else None))


@router.post("/{interview_id}/finish", status_code=202, responses=error_docs(401, 404, 409, 422))
def finish_interview(
    interview_id: UUID, user: Me, session: Database, body: schemas.InterviewCommand | None = None
) -> schemas.InterviewDetail:
    """End the interview now; its report is written next. Asking again changes nothing."""
    return _fresh(session, commands.finish(session, user.id, interview_id, body.sequence if body else None))


@router.get("/{interview_id}/consents", responses=error_docs(401, 404, 422))
def list_consents(interview_id: UUID, user: Me, session: Database) -> list[schemas.ConsentDecision]:
    """Return every decision that you took about what is done with this interview, newest first."""
    rows = service.list_consents(session, user.id, interview_id)
    return [schemas.ConsentDecision.model_validate(row) for row in rows]


@router.put("/{interview_id}/consents", responses=error_docs(401, 404, 409, 422))
def update_consents(
    interview_id: UUID,
    body: schemas.Consents,
    user: Me,
    session: Database,
    resources: AppResources,
    afterwards: BackgroundTasks,
) -> schemas.Consents:
    """Give or withdraw consents; what is left out counts as withdrawn. It takes effect at once.

    What a withdrawn consent allowed is removed: pictures' figures, transcripts that were not sent, judgements, audio.
    """
    is_enabled = resources.settings.emotion_enabled
    for key in service.update_consents(session, user.id, interview_id, body, is_emotion_enabled=is_enabled):
        afterwards.add_task(resources.storage.delete, key)
    allowed = MediaConsents(transcription=body.transcription, recording=body.recording, emotion=body.emotion)
    publish_consents(resources.redis, interview_id, allowed)
    return body


@router.post("/{interview_id}/media-ticket", status_code=201, responses=error_docs(401, 404, 409, 422))
def create_media_ticket(
    interview_id: UUID, user: Me, session: Database, resources: AppResources
) -> schemas.MediaTicket:
    """Return a ticket with which the browser connects camera and microphone to the media server."""
    return service.create_media_ticket(session, user.id, interview_id, resources.settings)


def find_source(interview_id: UUID, user: Me, resources: AppResources) -> InterviewSource:
    source = InterviewSource(resources.sessions, user.id, user.session_id, interview_id)
    source.check()
    return source


@router.get("/{interview_id}/events", responses=error_docs(401, 404, 422), response_class=EventSourceResponse)
async def stream_interview_events(
    interview_id: UUID,
    source: Annotated[InterviewSource, Depends(find_source)],
    resources: AppResources,
    _slot: StreamSlot,
    last_event_id: LastEventId = None,
) -> AsyncIterator[ServerSentEvent]:
    """Follow an interview live (server-sent events).

    Events, each with JSON data:

    - `snapshot` {InterviewDetail}: first, and again when more changed than the events say
    - `question.started` {position, stage}, `question.token` {position, text}: append the text
    - `question.reset` {position}: what was streamed of this question is void, another attempt begins
    - `question.ready` {Question}, `question.failed` {position, error_code}
    - `transcript.segment` {question_id, take, epoch, sequence, text, words}, `transcript.ready` {question_id, take},
      `transcript.failed` {question_id, take, missing, error_code}: read the transcript for the whole
    - `speech.ready` {question_id, engine}, `baseline.ready` {state}
    - `interview.finished` {interview_id}
    - `report.progress` {percent, status}, `report.ready` {interview_id}, `report.failed` {interview_id, error_code}
    - `review.answered` {interview_id}: a person answered; read the report anew
    - `degraded` {reason}: live updates are interrupted, and GET has the truth

    Reconnect with `Last-Event-ID` to miss nothing.
    """
    async with resources.event_reader() as reader:
        async for event in Follower(source, reader, Stream.INTERVIEW, interview_id).follow(last_event_id):
            yield event


def _fresh(session: Session, interview: Interview) -> schemas.InterviewDetail:
    session.refresh(interview)
    return view_detail(session, interview)
