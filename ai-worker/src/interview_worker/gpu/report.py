"""Writes the report of a finished interview; what is known so far can be read while it grows."""

import time
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, func, select

from interview_core.contract.payloads import WriteReport
from interview_core.contract.tasks import WRITE_REPORT
from interview_core.db.interviews import list_turns
from interview_core.db.tables import Interview, Report, ReportStatus
from interview_core.errors import LeaseLost
from interview_core.streams import EventKind, Stream
from interview_worker.binding import JobRun, handles
from interview_worker.engines.language_model import Priority
from interview_worker.gpu.evaluation import (
    EVALUATION_DEADLINE_S,
    AnswerToJudge,
    is_being_judged,
    load_answer,
    save_verdict,
    stored_verdict,
)
from interview_worker.gpu.judging import Verdict, judge_once
from interview_worker.gpu.reporting import Aggregate, aggregate, summarise
from interview_worker.gpu.resources import GpuResources
from interview_worker.rubrics.loader import load_rubric

REPORT_DEADLINE_S = 840
"""Time for all evaluations together; below the task's time limit, so that the rest can still be stored."""

SUMMARY_DEADLINE_S = 45
_JUDGED_PERCENT = 90
_LOOK_AGAIN_S = 0.5


@dataclass(frozen=True)
class ReportMaterial:
    """A finished interview as the report needs it."""

    interview_id: UUID
    role: str
    language: str
    answer_ids: tuple[UUID, ...]
    """In the order of the questions."""


@handles(WRITE_REPORT)
def write_report(payload: WriteReport, job: JobRun, resources: GpuResources) -> None:
    """Judge what is not judged yet, add it up, and store the report."""
    with resources.session() as session:
        material = load_material(session, payload.interview_id)
    if material is not None:
        _ReportWriter(material, job, resources).run()


def load_material(session: Session, interview_id: UUID) -> ReportMaterial | None:
    """Return what a report is made of; None when the interview was deleted."""
    interview = session.get(Interview, interview_id)
    if interview is None:
        return None
    return ReportMaterial(
        interview_id=interview_id,
        role=interview.target_role,
        language=interview.language.value,
        answer_ids=tuple(answer.id for _, answer in list_turns(session, interview_id) if answer is not None),
    )


class _ReportWriter:
    def __init__(self, material: ReportMaterial, job: JobRun, resources: GpuResources) -> None:
        self._material = material
        self._job = job
        self._resources = resources
        self._rubric = load_rubric()
        self._verdicts: dict[UUID, Verdict] = {}
        self._deadline = time.monotonic() + REPORT_DEADLINE_S

    def run(self) -> None:
        self._begin()
        for answer_id in self._material.answer_ids:
            item = self._settled_elsewhere(answer_id)
            if item is not None and item.verdict is not None and item.is_settled:
                self._verdicts[answer_id] = item.verdict
            elif item is not None:
                self._judge(answer_id, item)
        self._finish()

    def _settled_elsewhere(self, answer_id: UUID) -> AnswerToJudge | None:
        """Return the answer once no other job is judging it, so that no model does the same work twice."""
        end = min(self._deadline, time.monotonic() + EVALUATION_DEADLINE_S)
        while True:
            self._stop_when_cancelled()
            with self._resources.session() as session:
                item = load_answer(session, answer_id)
                if item is None or item.is_settled or not is_being_judged(session, answer_id):
                    return item
            if time.monotonic() >= end:
                return item
            time.sleep(_LOOK_AGAIN_S)

    def _begin(self) -> None:
        with self._job.session() as session:
            report = self._report(session)
            if report is not None:
                report.status = ReportStatus.RUNNING
                report.percent = 0
                report.error_code = None
                session.add(report)
        self._tell_progress(0)

    def _judge(self, answer_id: UUID, item: AnswerToJudge) -> None:
        verdict = judge_once(
            item.answer,
            self._resources.language_model,
            self._rubric,
            has_consent=item.has_consent,
            deadline_s=min(EVALUATION_DEADLINE_S, max(self._deadline - time.monotonic(), 0)),
            priority=Priority.REPORT,
            is_cancelled=lambda: self._job.is_cancelled,
        )
        self._stop_when_cancelled()
        with self._job.session() as session:
            save_verdict(session, answer_id, verdict)
            session.flush()
            session.expire_all()
            self._verdicts[answer_id] = stored_verdict(session, answer_id) or verdict
            percent = _JUDGED_PERCENT * len(self._verdicts) // len(self._material.answer_ids)
            self._store(session, self._aggregate(), percent=percent)
        self._tell_progress(percent)

    def _finish(self) -> None:
        result = self._aggregate()
        summary = summarise(
            result,
            list(self._verdicts.values()),
            self._resources.language_model,
            role=self._material.role,
            language=self._material.language,
            deadline_s=SUMMARY_DEADLINE_S,
            is_cancelled=lambda: self._job.is_cancelled,
            interview_id=self._material.interview_id,
        )
        with self._job.complete() as session:
            report = self._store(session, result, percent=100, summary=summary)
            if report is None:
                return
            report.status = ReportStatus.READY
            report.finished_at = session.exec(select(func.now())).one()
        self._append(EventKind.REPORT_READY, {"interview_id": str(self._material.interview_id)})
        self._resources.language_model.forget(self._material.interview_id)

    def _aggregate(self) -> Aggregate:
        return aggregate(list(self._verdicts.values()), self._rubric, self._material.language)

    def _store(self, session: Session, result: Aggregate, *, percent: int, summary: str | None = None) -> Report | None:
        report = self._report(session)
        if report is None:
            return None
        report.percent = percent
        report.overall_score = result.overall_score
        report.not_scored_reason = result.not_scored_reason.value if result.not_scored_reason else None
        report.content = {**result.content.model_dump(mode="json"), "summary": summary}
        report.versions = result.versions
        session.add(report)
        return report

    def _report(self, session: Session) -> Report | None:
        return session.get(Report, self._material.interview_id, with_for_update=True)

    def _stop_when_cancelled(self) -> None:
        if self._job.is_cancelled:
            raise LeaseLost(f"the report of interview {self._material.interview_id} is another worker's now")

    def _tell_progress(self, percent: int) -> None:
        self._append(EventKind.REPORT_PROGRESS, {"percent": percent, "status": ReportStatus.RUNNING.value})

    def _append(self, kind: EventKind, data: dict[str, object]) -> None:
        self._resources.events.append(Stream.INTERVIEW, self._material.interview_id, kind, data)
