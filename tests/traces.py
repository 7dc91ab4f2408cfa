"""Follows every figure that is stored about an answer back to the candidate's own words."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from interview_core.db.tables import Answer, Evaluation, Report


def untraced(session: Session) -> list[str]:
    """Return what of all stored evaluations and reports cannot be traced to a quote; nothing, when all can."""
    answers = {answer.question_id: answer for answer in session.exec(select(Answer)).all()}
    texts = {question_id: answer.text for question_id, answer in answers.items()}
    evaluations = {row.answer_id: row for row in session.exec(select(Evaluation)).all()}
    found = [fault for row in evaluations.values() for fault in _of_evaluation(row, texts)]
    for report in session.exec(select(Report)).all():
        own = {answer.id for answer in answers.values() if answer.interview_id == report.interview_id}
        found += _of_report(report, texts, [row for row in evaluations.values() if row.answer_id in own])
    return found


def _of_evaluation(row: Evaluation, texts: dict[UUID, str]) -> Iterator[str]:
    content, name = row.content, f"evaluation {row.answer_id}"
    competencies = content.get("competencies", [])
    if (row.score is not None) != bool(competencies):
        yield f"{name}: a score without competencies, or the other way round"
    if row.score is not None and not (row.answered_by and all(row.versions.values())):
        yield f"{name}: a score without a judge or its versions"
    for item in (*competencies, *content.get("points", []), *content.get("covered", [])):
        yield from _of_evidence(item["evidence"], texts, name)
    for item in content.get("star", []):
        if item["evidence"] is not None:
            yield from _of_evidence(item["evidence"], texts, name)


def _of_report(report: Report, texts: dict[UUID, str], evaluations: list[Evaluation]) -> Iterator[str]:
    name = f"report {report.interview_id}"
    scored = [item for item in report.content.get("competencies", []) if item["score"] is not None]
    if (report.overall_score is not None) != bool(scored):
        yield f"{name}: an overall score without scored competencies, or the other way round"
    if (report.overall_score is not None) == (report.not_scored_reason is not None):
        yield from [f"{name}: neither a score nor a reason, or both"] if report.content else []
    for item in scored:
        if len(item["evidence"]) != item["answer_count"] or not item["evidence"]:
            yield f"{name}: {item['key']} rests on other than its quotes"
        for evidence in item["evidence"]:
            yield from _of_evidence(evidence, texts, name)
        given = [
            judged
            for row in evaluations
            for judged in row.content.get("competencies", [])
            if judged["key"] == item["key"]
        ]
        if not given or abs(item["score"] - sum(judged["score"] for judged in given) / len(given)) > 0.05:
            yield f"{name}: {item['key']} is not the mean of what its answers were given"
    for claim in report.content.get("claims", []):
        if claim["verdict"] in {"supported", "contradicted"} or claim["evidence"]:
            yield from _of_evidence(claim["evidence"], texts, name)


def _of_evidence(evidence: dict[str, Any] | None, texts: dict[UUID, str], name: str) -> Iterator[str]:
    if evidence is None:
        yield f"{name}: no quote"
        return
    text = texts.get(UUID(evidence["question_id"]), "")
    if not evidence["quote"] or text[evidence["start"] : evidence["end"]] != evidence["quote"]:
        yield f"{name}: a quote that the answer does not hold at its place"
