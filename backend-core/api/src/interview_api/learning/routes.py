"""/learning-paths: ask for one, follow it, mark what is done."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel import Session

from interview_api.dependencies import AppResources, Database, LastEventId, Limit, Me, Offset, StreamSlot
from interview_api.errors import error_docs
from interview_api.learning import schemas, service
from interview_api.live import Follower
from interview_api.writings import WritingSource, count_and_do, get_own
from interview_core.db.tables import LearningPath
from interview_core.streams import Stream

router = APIRouter(prefix="/learning-paths", tags=["learning"])


@router.post("", status_code=202, responses=error_docs(401, 404, 409, 422))
async def create_learning_path(
    body: schemas.CreateLearningPath, user: Me, resources: AppResources, afterwards: BackgroundTasks
) -> schemas.LearningPathDetail:
    """Have a learning path written: what to build on, and what to work on, with links from a catalogue.

    It is written in the background: follow `/learning-paths/{learning_path_id}/events` until it is `ready`. Your ten
    newest paths are kept.
    """

    def create(session: Session) -> tuple[schemas.LearningPathDetail, list[UUID]]:
        path, gone = service.create(session, user.id, body)
        return service.view(session, path), gone

    made, gone = await count_and_do(
        resources,
        lambda session: service.check(session, user.id, body),
        lambda: resources.limits.count_learning_path(user.id),
        create,
    )
    for path_id in gone:
        afterwards.add_task(resources.events.erase, Stream.LEARNING_PATH, path_id)
    return made


@router.get("", responses=error_docs(401, 422))
def list_learning_paths(user: Me, session: Database, limit: Limit = 20, offset: Offset = 0) -> schemas.LearningPathPage:
    """Return your learning paths, newest first."""
    rows, total = service.list_own(session, user.id, limit=limit, offset=offset)
    return schemas.LearningPathPage(items=[schemas.LearningPath.model_validate(row) for row in rows], total=total)


@router.get("/{learning_path_id}", responses=error_docs(401, 404, 422))
def read_learning_path(learning_path_id: UUID, user: Me, session: Database) -> schemas.LearningPathDetail:
    """Return a learning path with its items."""
    return service.view(session, get_own(session, LearningPath, user.id, learning_path_id))


def find_source(learning_path_id: UUID, user: Me, resources: AppResources) -> WritingSource[LearningPath]:
    source = WritingSource(
        resources.sessions, LearningPath, user.id, user.session_id, learning_path_id, view=service.view
    )
    source.check()
    return source


@router.get("/{learning_path_id}/events", responses=error_docs(401, 404, 422), response_class=EventSourceResponse)
async def stream_learning_path_events(
    learning_path_id: UUID,
    source: Annotated[WritingSource[LearningPath], Depends(find_source)],
    resources: AppResources,
    _slot: StreamSlot,
    last_event_id: LastEventId = None,
) -> AsyncIterator[ServerSentEvent]:
    """Follow the writing of a learning path live (server-sent events).

    Events, each with the LearningPathDetail of that moment: `snapshot` first and after anything that may have been
    missed, `progress`, `ready`, `failed`. `degraded` {reason}: live updates are interrupted, and GET has the truth.
    Reconnect with `Last-Event-ID` to miss nothing.
    """
    async with resources.event_reader() as reader:
        async for event in Follower(source, reader, Stream.LEARNING_PATH, learning_path_id).follow(last_event_id):
            yield event


@router.post("/{learning_path_id}/retry", status_code=202, responses=error_docs(401, 404, 409, 422))
async def retry_learning_path(learning_path_id: UUID, user: Me, resources: AppResources) -> schemas.LearningPathDetail:
    """Write a path again that failed. It counts like a new one."""
    return await count_and_do(
        resources,
        lambda session: service.check_retry(session, user.id, learning_path_id),
        lambda: resources.limits.count_learning_path(user.id),
        lambda session: service.view(session, service.retry(session, user.id, learning_path_id)),
    )


@router.put("/{learning_path_id}/items/{item_id}", responses=error_docs(401, 404, 422))
def mark_learning_item(
    learning_path_id: UUID, item_id: UUID, body: schemas.MarkItem, user: Me, session: Database
) -> schemas.LearningItem:
    """Mark an item as done, or take the mark back."""
    return service.mark_item(session, user.id, learning_path_id, item_id, is_done=body.is_done)


@router.delete("/{learning_path_id}", status_code=204, responses=error_docs(401, 404, 422))
def delete_learning_path(
    learning_path_id: UUID, user: Me, session: Database, resources: AppResources, afterwards: BackgroundTasks
) -> None:
    """Remove a learning path with its items, what is still being written of it, and its event stream."""
    service.delete(session, user.id, learning_path_id)
    afterwards.add_task(resources.events.erase, Stream.LEARNING_PATH, learning_path_id)
