"""How far a learning path or a question set is, in its row and for whoever follows it."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel, func, select

from interview_core.db.question_sets import start_next
from interview_core.db.tables import LearningPath, QuestionSet, WritingStatus
from interview_core.errors import LeaseLost, NotFound
from interview_core.streams import EventKind, Stream
from interview_worker.binding import JobRun
from interview_worker.gpu.resources import GpuResources

Row = TypeVar("Row", LearningPath, QuestionSet)


class ResumeDeleted(NotFound):
    """There is nothing to write about any more."""

    code = "RESUME_DELETED"


@dataclass(frozen=True)
class Writing(Generic[Row]):
    """A row that a job writes."""

    table: type[Row]
    stream: Stream
    row_id: UUID
    job: JobRun
    resources: GpuResources

    def keep(self, percent: int, *parts: SQLModel) -> None:
        """Store what is written so far.

        Raises:
            LeaseLost: the row was deleted, or is another worker's now.
        """
        try:
            with self.job.session() as session:
                row = self._lock(session)
                row.status = WritingStatus.RUNNING
                row.percent = percent
                session.add_all([row, *parts])
        except LeaseLost:
            self._erase_if_deleted()
            raise
        self._tell(EventKind.PROGRESS)

    def finish(self, *parts: SQLModel, **changes: object) -> None:
        """Store the last parts and the end of the job together, or raise LeaseLost."""
        try:
            with self.job.complete() as session:
                row = self._lock(session)
                row.status = WritingStatus.READY
                row.percent = 100
                row.finished_at = session.exec(select(func.now())).one()
                for name, value in changes.items():
                    setattr(row, name, value)
                session.add_all([row, *parts])
                if isinstance(row, QuestionSet):
                    start_next(session, row.batch_id, after=row.id)
        except LeaseLost:
            self._erase_if_deleted()
            raise
        self._tell(EventKind.READY)

    def stop_when_cancelled(self) -> None:
        if self.job.is_cancelled:
            raise LeaseLost(f"{self.stream} {self.row_id} is another worker's now")

    def _lock(self, session: Session) -> Row:
        row = session.get(self.table, self.row_id, with_for_update=True)
        if row is None:
            raise LeaseLost(f"{self.stream} {self.row_id} was deleted")
        return row

    def _erase_if_deleted(self) -> None:
        """Take back what was told after the row's events had been erased with it."""
        with self.resources.session() as session:
            is_deleted = session.get(self.table, self.row_id) is None
        if is_deleted:
            self.resources.events.erase(self.stream, self.row_id)

    def _tell(self, kind: EventKind) -> None:
        self.resources.events.append(self.stream, self.row_id, kind, {})
