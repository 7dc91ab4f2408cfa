"""What the bank's question depends on, read from the database."""

from dataclasses import replace
from uuid import UUID

from sqlmodel import Session

from interview_core.db.question_bank import EntryVector, save_focus, save_vectors
from interview_core.db.questions import Place
from interview_core.db.tables import EMBEDDING_DIMENSIONS, Language
from interview_core.plan import make_plan, read_applicant
from interview_core.scenario import get_scenario
from interview_worker.gpu.bank_choice import choose_from_bank
from interview_worker.gpu.bank_material import BankMaterial, load_bank_material, material_of
from interview_worker.gpu.resume_facts import ResumeFacts, read_facts
from interview_worker.gpu.situation import Situation
from tests.factories import make_interview, make_user

SLOTS = make_plan(get_scenario("standard"), "ko", read_applicant(None))


def situation(role: str, bank: BankMaterial, **changes: object) -> Situation:
    made = Situation(
        interview_id=UUID(int=7),
        language="ko",
        place=Place(3, 2, next(slot for slot in SLOTS if slot.stage == "skill")),
        role=role,
        company=None,
        company_description=None,
        job_description=None,
        facts=ResumeFacts(),
        bank=bank,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_nurse_is_asked_as_a_nurse_and_a_developer_as_one() -> None:
    for role, group in (("병동 간호사", "nursing"), ("프론트엔드 개발자", "frontend"), ("재무회계 담당", "accounting")):
        question = choose_from_bank(situation(role, material_of(role, "ko", None)))
        assert question is not None
        assert question.entry.roles == [group]


def test_a_technology_of_the_job_description_is_asked_about() -> None:
    material = material_of("개발자", "ko", "Kafka 기반 이벤트 처리 경험이 있는 분을 찾습니다.")
    question = choose_from_bank(situation("개발자", material))
    assert question is not None
    assert question.entry.id == "technology.kafka_order"


def test_who_does_not_name_a_technology_is_not_asked_how_it_was_used() -> None:
    material = material_of("개발자", "ko", "Kafka 기반 이벤트 처리 경험이 있는 분을 찾습니다.")
    question = choose_from_bank(situation("개발자", material, facts=read_facts({"summary": "Python을 씁니다."})))
    assert question is not None
    assert "Kafka" not in question.text


def test_near_entries_come_from_words_and_from_vectors_together(session: Session) -> None:
    interview = make_interview(session, make_user(session))
    interview.job_description = "Redis 캐시 운영 경험"
    session.add(interview)
    direction = [1.0, *([0.0] * (EMBEDDING_DIMENSIONS - 1))]
    save_vectors(session, Language.KOREAN, "a-model", [EntryVector("teaching.fair_grading", "0" * 64, direction)])
    save_focus(session, interview.id, "a-model", direction)
    session.commit()

    material = load_bank_material(session, interview)

    assert "technology.redis_eviction" in material.near_ids[:3]
    assert "teaching.fair_grading" in material.near_ids[:3]
    assert material.role_groups == {"backend"}
    assert material.technologies == {"Redis"}
    assert material == load_bank_material(session, interview)


def test_without_vectors_the_words_decide(session: Session) -> None:
    interview = make_interview(session, make_user(session))
    by_rules = material_of(interview.target_role, "ko", interview.job_description)
    assert load_bank_material(session, interview).near_ids == by_rules.near_ids


def test_a_claim_brings_its_subject_near(session: Session) -> None:
    interview = make_interview(session, make_user(session))
    near = load_bank_material(session, interview, claims=["장애 대응 시간을 30분에서 8분으로 단축"]).near_ids
    assert near != load_bank_material(session, interview).near_ids
    assert any("incident" in entry_id or "outage" in entry_id or "rollback" in entry_id for entry_id in near[:10])


def test_those_who_come_from_another_field_are_asked_about_that(session: Session) -> None:
    interview = make_interview(session, make_user(session), scenario_id="career_change")
    assert "career_change" in load_bank_material(session, interview).role_groups
