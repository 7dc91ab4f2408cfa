"""Writes what somebody may learn next, from a résumé, a report and the job."""

from uuid import UUID

import structlog
from sqlmodel import Session, col, select

from interview_core.contract.payloads import WriteLearningPath
from interview_core.contract.tasks import WRITE_LEARNING_PATH
from interview_core.db.resumes import effective_profile
from interview_core.db.reviews import stand
from interview_core.db.tables import LearningItem, LearningPath, Report, ReportStatus, Resume, ResumeClaim
from interview_core.streams import Stream
from interview_worker.binding import JobRun, handles
from interview_worker.gpu.learning_candidates import Claim, Competency, Material
from interview_worker.gpu.learning_writing import WrittenItem, write_path
from interview_worker.gpu.resources import GpuResources
from interview_worker.gpu.situations import name_hider
from interview_worker.gpu.writings import ResumeDeleted, Writing
from interview_worker.learning_catalogue.catalogue import load_catalogue

log = structlog.get_logger(__name__)

MODEL_DEADLINE_S = 80
"""Below the task's time limit, so that the rules can still write the path."""


@handles(WRITE_LEARNING_PATH)
def write_learning_path(payload: WriteLearningPath, job: JobRun, resources: GpuResources) -> None:
    """Choose what to build on and what to work on, and store it with reasons and links."""
    path_id = payload.learning_path_id
    with resources.session() as session:
        path = session.get(LearningPath, path_id)
        if path is None:
            return
        resume = _resume_of(session, path)
        material = load_material(session, path, resume)
    writing = Writing(LearningPath, Stream.LEARNING_PATH, path_id, job, resources)
    writing.keep(20)
    catalogue = load_catalogue()
    written = write_path(
        path_id,
        material,
        catalogue,
        resources.language_model,
        hide=name_hider(resume, material.language),
        deadline_s=MODEL_DEADLINE_S,
        is_cancelled=lambda: job.is_cancelled,
    )
    writing.stop_when_cancelled()
    rows = [_row(path_id, position, item) for position, item in enumerate(written.items, start=1)]
    writing.finish(
        *rows,
        answered_by=written.answered_by.model_dump(mode="json"),
        catalogue_version=str(catalogue.version),
    )
    log.info(
        "learning path written", learning_path_id=str(path_id), items=len(rows), provider=written.answered_by.provider
    )


def _resume_of(session: Session, path: LearningPath) -> Resume:
    resume = session.get(Resume, path.resume_id) if path.resume_id else None
    if resume is None:
        raise ResumeDeleted("The résumé was deleted before its learning path was written.")
    return resume


def load_material(session: Session, path: LearningPath, resume: Resume) -> Material:
    """Return what a path is made of; the report counts once it is ready."""
    claims = session.exec(
        select(ResumeClaim).where(ResumeClaim.resume_id == resume.id).order_by(col(ResumeClaim.position))
    ).all()
    return Material(
        language=path.language.value,
        role=path.target_role,
        job_description=path.job_description,
        profile=effective_profile(resume) or {},
        claims=tuple(Claim(claim.text, claim.has_figure) for claim in claims),
        competencies=_competencies(session, path.interview_id),
    )


def _competencies(session: Session, interview_id: UUID | None) -> tuple[Competency, ...]:
    report = session.get(Report, interview_id) if interview_id else None
    if report is None or report.status is not ReportStatus.READY:
        return ()
    return tuple(
        Competency(
            item["key"],
            item["title"],
            item["score"],
            item["evidence"][0]["quote"],
            UUID(item["evidence"][0]["question_id"]),
        )
        for item in stand(session, report).competencies
        if item.get("score") is not None and item.get("evidence")
    )


def _row(path_id: UUID, position: int, item: WrittenItem) -> LearningItem:
    return LearningItem(
        learning_path_id=path_id,
        position=position,
        type=item.candidate.type,
        topic=item.candidate.topic.id,
        title=item.title,
        description=item.description,
        reason=item.reason,
        evidence=item.candidate.evidence.as_json(),
        resources=[
            {
                **link.model_dump(mode="json", exclude={"checked"}),
                "checked_on": link.checked and link.checked.isoformat(),
            }
            for link in item.links
        ],
        is_by_model=item.is_by_model,
    )
