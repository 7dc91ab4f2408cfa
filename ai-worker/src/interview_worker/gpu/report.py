"""Writes the report of a finished interview; what is known so far can be read while it grows."""

import time
from uuid import UUID

from sqlmodel import Session, func, select

from interview_core.contract.payloads import WriteReport
from interview_core.contract.tasks import WRITE_REPORT
from interview_core.db.interviews import current_consents
from interview_core.db.tables import ConsentPurpose, Report, ReportStatus
from interview_core.errors import LeaseLost
from interview_core.streams import EventKind, Stream
from interview_worker.binding import JobRun, handles
from interview_worker.engines.language_model import Priority
from interview_worker.gpu.claims import ClaimResult, judge_claim
from interview_worker.gpu.evaluation import (
    EVALUATION_DEADLINE_S,
    AnswerToJudge,
    is_being_judged,
    load_answer,
    save_verdict,
    stored_verdict,
)
from interview_worker.gpu.findings import NotScored, Verdict
from interview_worker.gpu.judging import judge_once
from interview_worker.gpu.practice import JudgedTurn, practice
from interview_worker.gpu.report_material import ReportMaterial, load_material
from interview_worker.gpu.reporting import Aggregate, aggregate
from interview_worker.gpu.resources import GpuResources
from interview_worker.gpu.role_match import match_role
from interview_worker.gpu.summary import NO_SUMMARY, Summary, summarise

REPORT_DEADLINE_S = 840
"""Time for everything that asks a model; below the task's time limit, so that the rest can still be stored."""

PATIENCE_S = 165
"""Time without anything that a model got done, after which the report is finished without it."""

SUMMARY_DEADLINE_S = 45
CLAIM_DEADLINE_S = 30
_JUDGED_PERCENT = 80
_CLAIMS_PERCENT = 90
_LOOK_AGAIN_S = 0.5


@handles(WRITE_REPORT)
def write_report(payload: WriteReport, job: JobRun, resources: GpuResources) -> None:
    """Judge what is not judged yet, add it up, and store the report."""
    with resources.session() as session:
        material = load_material(session, payload.interview_id)
    if material is not None:
        _ReportWriter(material, job, resources).run()


class _ReportWriter:
    def __init__(self, material: ReportMaterial, job: JobRun, resources: GpuResources) -> None:
        self._material = material
        self._job = job
        self._resources = resources
        self._verdicts: dict[UUID, Verdict] = {}
        self._claims: list[ClaimResult] = []
        self._deadline = time.monotonic() + REPORT_DEADLINE_S
        self._patience_ends = time.monotonic() + PATIENCE_S

    def run(self) -> None:
        self._begin()
        for turn in self._material.turns:
            item = self._settled_elsewhere(turn.answer_id)
            if item is not None and item.verdict is not None and item.is_settled:
                self._take(turn.answer_id, item.verdict)
            elif item is not None:
                self._judge(turn.answer_id, item)
        self._judge_claims()
        self._finish()

    def _settled_elsewhere(self, answer_id: UUID) -> AnswerToJudge | None:
        """Return the answer once no other job is judging it, so that no model does the same work twice."""
        end = time.monotonic() + self._time_left(EVALUATION_DEADLINE_S)
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

    def _take(self, answer_id: UUID, verdict: Verdict) -> None:
        """Add a verdict that was there already to what can be read of the report."""
        self._verdicts[answer_id] = verdict
        with self._job.session() as session:
            percent = self._judged_percent()
            self._store(session, self._aggregate(), percent=percent)
        self._tell_progress(percent)

    def _judge(self, answer_id: UUID, item: AnswerToJudge) -> None:
        verdict = judge_once(
            item.answer,
            self._resources.language_model,
            item.rubric,
            has_consent=item.has_consent,
            deadline_s=self._time_left(EVALUATION_DEADLINE_S),
            gradings=self._resources.gradings,
            priority=Priority.REPORT,
            is_cancelled=lambda: self._job.is_cancelled,
        )
        self._stop_when_cancelled()
        if verdict.reason is not NotScored.EVALUATION_FAILED:
            self._patience_ends = time.monotonic() + PATIENCE_S
        with self._job.session() as session:
            save_verdict(session, answer_id, verdict)
            session.flush()
            session.expire_all()
            self._verdicts[answer_id] = stored_verdict(session, answer_id) or verdict
            percent = self._judged_percent()
            self._store(session, self._aggregate(), percent=percent)
        self._tell_progress(percent)

    def _judge_claims(self) -> None:
        with self._resources.session() as session:
            has_consent = current_consents(session, self._material.interview_id)[ConsentPurpose.SCORING]
        for claim, probes in self._material.claims:
            self._stop_when_cancelled()
            result = judge_claim(
                claim,
                probes,
                self._resources.language_model,
                language=self._material.language,
                deadline_s=self._time_left(CLAIM_DEADLINE_S),
                has_consent=has_consent,
                is_cancelled=lambda: self._job.is_cancelled,
                interview_id=self._material.interview_id,
            )
            self._claims.append(result)
        if not self._claims:
            return
        with self._job.session() as session:
            self._store(session, self._aggregate(), percent=_CLAIMS_PERCENT)
        self._tell_progress(_CLAIMS_PERCENT)

    def _finish(self) -> None:
        result = self._aggregate()
        summary = summarise(
            result,
            list(self._verdicts.values()),
            self._resources.language_model,
            role=self._material.role,
            language=self._material.language,
            deadline_s=self._time_left(SUMMARY_DEADLINE_S),
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

    def _time_left(self, at_most_s: float) -> float:
        return min(at_most_s, max(min(self._deadline, self._patience_ends) - time.monotonic(), 0))

    def _judged_percent(self) -> int:
        return _JUDGED_PERCENT * len(self._verdicts) // len(self._material.turns)

    def _aggregate(self) -> Aggregate:
        return aggregate(list(self._verdicts.values()), self._material.rubric, self._material.language)

    def _store(
        self, session: Session, result: Aggregate, *, percent: int, summary: Summary = NO_SUMMARY
    ) -> Report | None:
        report = self._report(session)
        if report is None:
            return None
        report.percent = percent
        report.overall_score = result.overall_score
        report.not_scored_reason = result.not_scored_reason.value if result.not_scored_reason else None
        report.content = result.content.model_copy(update=self._rest(result, summary)).model_dump(mode="json")
        report.versions = result.versions
        session.add(report)
        return report

    def _rest(self, result: Aggregate, summary: Summary) -> dict[str, object]:
        """Return the parts of the report that are no sums."""
        judged = [
            JudgedTurn(turn.question_id, turn.competency, self._verdicts[turn.answer_id])
            for turn in self._material.turns
            if turn.answer_id in self._verdicts
        ]
        return {
            "summary": summary.text,
            "removed_statements": result.content.removed_statements + summary.removed,
            "claims": tuple(self._claims),
            "role_match": match_role(self._material.job_description, self._material.candidature),
            "practice": tuple(practice(judged, self._claims)),
        }

    def _report(self, session: Session) -> Report | None:
        return session.get(Report, self._material.interview_id, with_for_update=True)

    def _stop_when_cancelled(self) -> None:
        if self._job.is_cancelled:
            raise LeaseLost(f"the report of interview {self._material.interview_id} is another worker's now")

    def _tell_progress(self, percent: int) -> None:
        self._append(EventKind.REPORT_PROGRESS, {"percent": percent, "status": ReportStatus.RUNNING.value})

    def _append(self, kind: EventKind, data: dict[str, object]) -> None:
        self._resources.events.append(Stream.INTERVIEW, self._material.interview_id, kind, data)
