"""A plan fits its candidate, the job, and the length that was asked for."""

from collections import Counter
from typing import get_args

import pytest

from interview_core.plan import Applicant, PlannedSlot, PlanWishes, default_limit_s, make_plan, read_applicant
from interview_core.scenario import Difficulty, QuestionType, get_scenario

STANDARD = get_scenario("standard")


def plan(
    wishes: PlanWishes | None = None,
    *,
    applicant: Applicant | None = None,
    job: str | None = None,
    difficulty: Difficulty | None = None,
) -> list[PlannedSlot]:
    return make_plan(
        STANDARD, "ko", applicant or Applicant("mid", None), wishes=wishes, job_description=job, difficulty=difficulty
    )


@pytest.mark.parametrize(
    ("months", "expected"),
    [(0, (2, 2, 1)), (23, (2, 2, 1)), (24, (1, 3, 1)), (59, (1, 3, 1)), (60, (0, 2, 3)), (300, (0, 2, 3))],
)
def test_experience_decides_how_hard_each_five_questions_are(months: int, expected: tuple[int, int, int]) -> None:
    made = plan(applicant=read_applicant({"total_experience_months": months}))
    for start in (0, 5, 10):
        counts = Counter(slot.difficulty for slot in made[start : start + 5])
        assert (counts["easy"], counts["medium"], counts["hard"]) == expected


def test_technologies_tell_the_level_where_experience_is_unknown() -> None:
    def applicant(*weights: int, **more: object) -> Applicant:
        groups = {"tools": [{"name": f"t{number}", "weight": weight} for number, weight in enumerate(weights)]}
        return read_applicant({"skill_groups": groups, **more})

    assert [applicant(*weights).level for weights in [(0, 0, 1), (1, 1, 1), (2, 3, 2), (3, 3)]] == [
        "junior", "mid", "senior", "mid",
    ]  # fmt: skip
    assert applicant(3, 3, 3, total_experience_months=3).level == "junior"
    assert applicant(3, 3, 3, seniority="junior").level == "junior"
    assert read_applicant(None) == Applicant("mid", None)


def test_a_chosen_difficulty_holds_for_every_question() -> None:
    assert {slot.difficulty for slot in plan(difficulty="hard")} == {"hard"}


def test_all_eight_types_come_up_and_technologies_that_take_long_begin_with_trade_offs() -> None:
    assert {slot.type for slot in plan()} == set(get_args(QuestionType))
    first = {
        weight: next(s.type for s in plan(applicant=Applicant("mid", weight)) if s.stage == "skill")
        for weight in (0.2, 2.5)
    }
    assert first == {0.2: "implementation", 2.5: "trade_off"}


def test_a_job_description_names_what_skills_are_about_and_raises_topics() -> None:
    made = {slot.key: slot for slot in plan(job="Kafka와 Redis로 대용량 트래픽을 다룹니다. 운영 경험이 필요합니다.")}
    assert made["main_skill"].topics == ["Kafka", "Redis"]
    assert made["main_project"].topics == []
    assert made["technology_choice"].is_must
    assert made["changing_project"].is_must
    assert not made["priorities"].is_must
    assert not any(slot.topics for slot in plan())


DEMANDING = "Kafka와 Redis를 씁니다. 책임감 있게 일하고, 배우며 성장하고, 우리의 미션에 공감하는 분을 찾습니다."


def short_plan(job: str | None = DEMANDING, wishes: PlanWishes | None = None, *skills: str) -> list[PlannedSlot]:
    applicant = Applicant("mid", None, frozenset(skills))
    return make_plan(get_scenario("short"), "ko", applicant, wishes=wishes, job_description=job)


def test_a_job_description_adds_at_most_two_topics_before_the_last_one_and_says_which_words_did() -> None:
    plain = short_plan(None)
    made = short_plan()
    added = [slot for slot in made if slot.added_for]
    assert [slot.key for slot in made if not slot.added_for] == [slot.key for slot in plain]
    assert [(slot.stage, slot.added_for) for slot in added] == [("motivation", "미션"), ("responsibility", "책임감")]
    assert made[-1].key == "final_statement"
    assert all("‘" + str(slot.added_for) + "’" in slot.reason and not slot.is_must for slot in added)
    assert default_limit_s(made) == default_limit_s(plain) + 2 * 270


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ("You collaborate well and take Responsibility.", ["Responsibility"]),
        ("Cross-functional collaboration, self-starter.", ["self-starter"]),
        ("Machine Learning engineer who trains models on user permissions.", []),
        ("기계 학습 모델의 학습 데이터를 다룹니다.", []),
        ("꾸준히 학습하는 분을 찾습니다.", ["학습"]),
    ],
)
def test_a_topic_is_added_for_words_that_stand_in_the_job_description_and_mean_people(
    job: str, words: list[str]
) -> None:
    assert [slot.added_for for slot in short_plan(job) if slot.added_for] == words
    assert all(word in job for word in words)


def test_a_technology_that_the_job_names_and_the_resume_does_not_is_asked_about() -> None:
    asked = next(slot for slot in short_plan(DEMANDING, None, "Redis") if slot.key == "job_skill")
    assert (asked.added_for, asked.topics) == ("Kafka", ["Kafka"])
    assert "Kafka" in asked.fill({"role": "백엔드 개발자"})
    skill = next(slot for slot in short_plan(DEMANDING, None, "Redis") if slot.key == "main_skill")
    assert skill.topics == ["Redis"]
    known = [short_plan(DEMANDING, None, "Redis", "Kafka"), short_plan()]
    assert not [slot for made in known for slot in made if slot.key == "job_skill"]


@pytest.mark.parametrize(
    "place",
    [
        {"projects": [{"name": "주문", "technologies": ["카프카"]}]},
        {"projects": [{"name": "주문", "achievements": ["Kafka로 처리량을 두 배로 늘림"]}]},
        {"employments": [{"company": "한빛", "description": "Kafka를 도입했습니다."}]},
        {"cover_letter": [{"question": "경험", "answer": "Kafka를 운영했습니다."}]},
    ],
)
def test_nobody_is_told_that_the_resume_lacks_what_it_names_anywhere(place: dict[str, object]) -> None:
    profile = {"skill_groups": {"tools": [{"name": "Redis", "weight": 1}]}, **place}
    assert read_applicant(profile).skills == {"Redis", "Kafka"}


@pytest.mark.parametrize(
    "wishes", [PlanWishes(question_count=5), PlanWishes(minutes=15), PlanWishes(stages=["introduction", "final"])]
)
def test_what_a_job_description_adds_never_goes_beyond_what_the_candidate_wished(wishes: PlanWishes) -> None:
    made = short_plan(DEMANDING, wishes)
    assert len(made) <= 5
    assert not [slot for slot in made if slot.added_for]


@pytest.mark.parametrize("count", [1, 3, 9, 15])
def test_a_wished_number_of_topics_is_kept_in_order_and_musts_first(count: int) -> None:
    made = plan(PlanWishes(question_count=count))
    assert len(made) == count
    order = [place.slot for place in STANDARD.slots]
    assert [order.index(slot.key) for slot in made] == sorted(order.index(slot.key) for slot in made)
    assert all(slot.is_must for slot in made) == (count <= 9)


@pytest.mark.parametrize("minutes", [3, 10, 30, 120])
def test_a_plan_for_some_minutes_takes_no_longer(minutes: int) -> None:
    made = plan(PlanWishes(minutes=minutes))
    assert 1 <= len(made) <= 15
    assert sum(slot.budget_s for slot in made) <= minutes * 60
    assert default_limit_s(made) <= minutes * 90


def test_chosen_stages_alone_are_asked_about_and_unknown_ones_change_nothing() -> None:
    assert {slot.stage for slot in plan(PlanWishes(stages=["skill", "growth"]))} == {"skill", "growth"}
    assert plan(PlanWishes(stages=["no_such_stage"])) == plan()
