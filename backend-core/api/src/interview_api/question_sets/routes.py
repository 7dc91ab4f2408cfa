"""/question-sets: five questions about a résumé, at once or in the background."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from anyio import to_thread
from fastapi import APIRouter, BackgroundTasks, Depends, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from interview_api.dependencies import AppResources, Database, LastEventId, Limit, Me, Offset, StreamSlot
from interview_api.errors import error_docs
from interview_api.live import Follower
from interview_api.question_sets import schemas, service
from interview_api.resources import Resources
from interview_api.writings import ENDED, WritingSource, count_and_do, get_own, wait_until_written
from interview_core.db.tables import QuestionSet, Role
from interview_core.streams import Stream

router = APIRouter(prefix="/question-sets", tags=["question sets"])

Wait = Annotated[
    int, Query(ge=0, le=60, description="Seconds that the response may wait for the questions; 0: it comes at once.")
]

_WRITTEN: dict[int | str, dict[str, Any]] = {
    201: {"model": schemas.QuestionSetDetail, "description": "Written within `wait`: `status` is ready or failed."}
}


@router.post("", status_code=202, responses={**_WRITTEN, **error_docs(401, 404, 409, 422)})
async def create_question_set(
    body: schemas.CreateQuestionSet, user: Me, resources: AppResources, response: Response, wait: Wait = 0
) -> schemas.QuestionSetDetail:
    """Have five questions written about a résumé that is `ready`.

    With `wait` the response has them when they are written in time (201). Else it is 202, the work goes on, and
    `/question-sets/{question_set_id}/events` tells how far it is.
    """
    if not wait:
        return await _create(resources, user.id, body)
    with resources.slots.take():
        made = await _create(resources, user.id, body)

        def look() -> schemas.QuestionSetDetail:
            return _read(resources, user.id, made.id)

        await wait_until_written(resources, Stream.QUESTION_SET, made.id, lambda: look().status in ENDED, within_s=wait)
    now = await to_thread.run_sync(look)
    response.status_code = 201 if now.status in ENDED else 202
    return now


async def _create(resources: Resources, user_id: UUID, body: schemas.CreateQuestionSet) -> schemas.QuestionSetDetail:
    """Count what is asked for once it is known to be possible, and create it."""
    return await count_and_do(
        resources,
        lambda session: service.check(session, user_id, body),
        lambda: resources.limits.count_question_sets(user_id),
        lambda session: service.view(session, service.create(session, user_id, body)),
    )


@router.post("/batch", status_code=202, responses=error_docs(401, 404, 409, 422))
async def create_question_sets(
    body: schemas.CreateQuestionSets, user: Me, resources: AppResources
) -> schemas.QuestionSetBatch:
    """Have questions written about many résumés of yours, one set after the other and behind everything else.

    Each set counts towards the hour's share; for operators there is none. `GET /question-sets?batch_id=` tells how far
    they are.
    """

    async def count() -> None:
        if user.role is not Role.OPERATOR:
            await resources.limits.count_question_sets(user.id, len(body.resume_ids))

    return await count_and_do(
        resources,
        lambda session: service.check_batch(session, user.id, body),
        count,
        lambda session: service.create_batch(session, user.id, body),
    )


def _read(resources: Resources, user_id: UUID, question_set_id: UUID) -> schemas.QuestionSetDetail:
    with resources.sessions() as session:
        return service.view(session, get_own(session, QuestionSet, user_id, question_set_id))


@router.get("", responses=error_docs(401, 422))
def list_question_sets(
    user: Me, session: Database, batch_id: UUID | None = None, limit: Limit = 20, offset: Offset = 0
) -> schemas.QuestionSetPage:
    """Return your question sets, or those of a batch, newest first."""
    rows, total = service.list_own(session, user.id, batch_id=batch_id, limit=limit, offset=offset)
    return schemas.QuestionSetPage(items=[schemas.QuestionSet.model_validate(row) for row in rows], total=total)


@router.get("/{question_set_id}", responses=error_docs(401, 404, 422))
def read_question_set(question_set_id: UUID, user: Me, session: Database) -> schemas.QuestionSetDetail:
    """Return a question set with the questions that are written so far."""
    return service.view(session, get_own(session, QuestionSet, user.id, question_set_id))


def find_source(question_set_id: UUID, user: Me, resources: AppResources) -> WritingSource[QuestionSet]:
    source = WritingSource(
        resources.sessions, QuestionSet, user.id, user.session_id, question_set_id, view=service.view
    )
    source.check()
    return source


@router.get("/{question_set_id}/events", responses=error_docs(401, 404, 422), response_class=EventSourceResponse)
async def stream_question_set_events(
    question_set_id: UUID,
    source: Annotated[WritingSource[QuestionSet], Depends(find_source)],
    resources: AppResources,
    _slot: StreamSlot,
    last_event_id: LastEventId = None,
) -> AsyncIterator[ServerSentEvent]:
    """Follow the writing of a question set live (server-sent events).

    Events, each with the QuestionSetDetail of that moment: `snapshot` first and after anything that may have been
    missed, `progress` with each question, `ready`, `failed`. `degraded` {reason}: live updates are interrupted, and GET
    has the truth. Reconnect with `Last-Event-ID` to miss nothing.
    """
    async with resources.event_reader() as reader:
        async for event in Follower(source, reader, Stream.QUESTION_SET, question_set_id).follow(last_event_id):
            yield event


@router.post("/{question_set_id}/retry", status_code=202, responses=error_docs(401, 404, 409, 422))
async def retry_question_set(question_set_id: UUID, user: Me, resources: AppResources) -> schemas.QuestionSetDetail:
    """Write a set again that failed, from where it stopped. It counts like a new one."""
    return await count_and_do(
        resources,
        lambda session: service.check_retry(session, user.id, question_set_id),
        lambda: resources.limits.count_question_sets(user.id),
        lambda session: service.view(session, service.retry(session, user.id, question_set_id)),
    )


@router.delete("/{question_set_id}", status_code=204, responses=error_docs(401, 404, 422))
def delete_question_set(
    question_set_id: UUID, user: Me, session: Database, resources: AppResources, afterwards: BackgroundTasks
) -> None:
    """Remove a question set, what is still being written of it, and its event stream."""
    service.delete(session, user.id, question_set_id)
    afterwards.add_task(resources.events.erase, Stream.QUESTION_SET, question_set_id)
