"""Questions as rows: the plan's slot they fill, what they say of themselves, and those that need no model."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from sqlmodel import Session

from interview_core.accommodations import Accommodations
from interview_core.db.resumes import effective_profile
from interview_core.db.tables import Interview, Question, Resume
from interview_core.follow_ups import follow_up_covers, follow_up_reason, follow_up_template
from interview_core.interview import Decision
from interview_core.interview_state import InterviewState
from interview_core.plan import PlannedSlot, make_plan, read_applicant
from interview_core.scenario import Patience, get_scenario

TEMPLATE_PROVIDER = "template"
_MAX_HINTS = 3


@dataclass(frozen=True)
class Place:
    """Where a question stands in its interview."""

    position: int
    slot: int
    planned: PlannedSlot
    probe: int = 0
    decision: Decision | None = None
    """Why an answer is followed up; none for a question that opens a topic."""

    def reason(self, language: str) -> str:
        """Return why the candidate is asked this."""
        return follow_up_reason(self.decision, language) if self.decision else self.planned.reason

    def covers(self, language: str) -> list[str]:
        """Return what a good answer to the question here covers."""
        return follow_up_covers(self.decision, language) if self.decision else self.planned.covers


def plan_of(interview: Interview) -> list[PlannedSlot]:
    """Return the interview's plan; for one that began before plans were stored, that of its scenario."""
    if interview.plan:
        return [PlannedSlot.model_validate(slot) for slot in interview.plan]
    return make_plan(get_scenario(interview.scenario_id), interview.language.value, read_applicant(None))


def slot_of(interview: Interview, question: Question) -> PlannedSlot:
    """Return the slot of the plan that a question fills."""
    return plan_of(interview)[question.position - 1 if question.slot is None else question.slot]


def patience_of(interview: Interview, question: Question | None = None) -> Patience:
    """Return how long silence lasts in an answer to a question, or to the interview's first one."""
    planned = plan_of(interview)[0] if question is None else slot_of(interview, question)
    return Accommodations.model_validate(interview.accommodations).patience(planned.patience)


def pending_place(interview: Interview, state: InterviewState) -> Place | None:
    """Return where the question that is to be written stands; None when none is, or it is not decided yet."""
    pending = state.pending
    if pending is None or pending.slot is None:
        return None
    decision = Decision(**state.decision) if state.decision and pending.probe else None
    return Place(pending.position, pending.slot, plan_of(interview)[pending.slot], pending.probe, decision)


def opening_template(session: Session, interview: Interview) -> Question:
    """Return the first question of an interview, which is there at once."""
    return _template(session, interview, Place(1, 0, plan_of(interview)[0]), fallback_reason=None)


def template_question(
    session: Session, interview: Interview, state: InterviewState, *, fallback_reason: str | None
) -> Question:
    """Return the ready question for the place that is pending, filled with the résumé's facts or the answer's words.

    With a `fallback_reason` it is shown as a stand-in for a question that the model could not write.

    Raises:
        ValueError: no question is pending, or its place is not decided yet.
    """
    place = pending_place(interview, state)
    if place is None:
        raise ValueError("no question is pending")
    return _template(session, interview, place, fallback_reason=fallback_reason)


def _template(session: Session, interview: Interview, place: Place, *, fallback_reason: str | None) -> Question:
    language = interview.language.value
    if place.decision is not None:
        text = follow_up_template(place.decision, language, repeated=place.probe - 1)
    else:
        text = place.planned.fill(_facts(session, interview))
    answered_by = {
        "provider": TEMPLATE_PROVIDER,
        "model": None,
        "prompt_version": f"{interview.scenario_id}@{interview.scenario_version}",
        "is_fallback": fallback_reason is not None,
        "fallback_reason": fallback_reason,
        "took_ms": None,
    }
    return make_question(interview, place, text=text, covers=place.covers(language), answered_by=answered_by)


def make_question(
    interview: Interview,
    place: Place,
    *,
    text: str,
    covers: Sequence[str],
    answered_by: dict[str, Any],
    **fields: Any,
) -> Question:
    """Return the row of a question at a place of the plan."""
    planned, language = place.planned, interview.language.value
    own = {
        "difficulty": planned.difficulty,
        "type": planned.type,
        "competency": planned.competency,
        "reason": place.reason(language),
    }
    return Question(
        id=uuid4(),
        interview_id=interview.id,
        position=place.position,
        slot=place.slot,
        probe=place.probe,
        stage=planned.stage,
        stage_title=planned.stage_title,
        text=text,
        covers=list(covers),
        is_follow_up=place.probe > 0,
        follow_up=asdict(place.decision) if place.decision else None,
        answered_by=answered_by,
        **{**own, **fields},
    )


_QUESTION_VIEW = {
    "id", "position", "stage", "stage_title", "text", "type", "difficulty", "topic", "reason", "source_quote",
    "is_follow_up", "slot", "probe", "competency", "claim_id", "follow_up", "waiting", "answered_by", "created_at",
}  # fmt: skip


def question_view(question: Question) -> dict[str, Any]:
    """Return a stored question as the browser sees it, in the API's response and in the event stream alike."""
    return {**question.model_dump(mode="json", include=_QUESTION_VIEW), "hint_count": hint_count(question)}


def hint_count(question: Question) -> int:
    """Return how many hints a question has: what a good answer covers, one part after the other."""
    return min(len(question.covers), _MAX_HINTS)


def _facts(session: Session, interview: Interview) -> dict[str, str]:
    resume = session.get(Resume, interview.resume_id) if interview.resume_id else None
    name = ((effective_profile(resume) or {}) if resume else {}).get("name")
    facts = {"role": interview.target_role, "company": interview.company, "name": name}
    return {key: value for key, value in facts.items() if value}
