"""Scenarios are complete in both languages, and no placeholder can reach the screen."""

import pytest

from interview_core.errors import NotFound
from interview_core.plan import Applicant, make_plan
from interview_core.scenario import MAX_PROBES, Scenario, Templates, get_scenario, load_scenarios, load_slots

FACTS = {"role": "백엔드 개발자 (C++/C#, CI/CD 95 %)", "company": "한빛커머스", "name": "김하늘"}


def test_the_short_the_career_change_and_the_fifteen_topic_scenario_are_there() -> None:
    counts = {key: len(scenario.slots) for key, scenario in load_scenarios().items()}
    assert counts == {"short": 5, "career_change": 10, "standard": 15}


def test_each_slot_is_part_of_a_scenario_or_added_by_a_job_description() -> None:
    used = {place.slot for scenario in load_scenarios().values() for place in scenario.slots}
    assert used | {"job_skill"} == load_slots().keys()


@pytest.mark.parametrize("scenario", load_scenarios().values(), ids=lambda scenario: scenario.id)
def test_a_scenario_opens_with_an_introduction_and_closes_with_a_statement_that_is_not_followed_up(
    scenario: Scenario,
) -> None:
    assert scenario.slots[0].slot == "introduction"
    assert (scenario.slots[-1].slot, scenario.slots[-1].max_probes) == ("final_statement", 0)
    assert all(place.max_probes <= MAX_PROBES for place in scenario.slots)
    for index, place in enumerate(scenario.slots):
        assert place.content.returns_to is None or index >= len(scenario.slots) / 2


def test_the_standard_scenario_goes_through_all_stages_and_returns_to_the_weakest_and_the_strongest_topic() -> None:
    standard = get_scenario("standard")
    stages = list(standard.stages)
    assert stages == [
        "introduction", "motivation", "skill", "experience", "problem_solving", "communication", "responsibility",
        "growth", "review", "highlight", "final",
    ]  # fmt: skip
    assert [place.content.returns_to for place in standard.slots[-3:]] == ["weakest", "strongest", None]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("known", [set(), {"company"}, {"name"}, {"name", "company"}])
@pytest.mark.parametrize("scenario", load_scenarios().values(), ids=lambda scenario: scenario.id)
def test_every_slot_has_a_question_for_what_is_known(scenario: Scenario, known: set[str], language: str) -> None:
    facts = {key: value for key, value in FACTS.items() if key in known | {"role"}}
    for slot in make_plan(scenario, language, Applicant("mid", None)):
        question = slot.fill(facts)
        assert "{" not in question
        assert "}" not in question
        assert slot.covers


def test_the_first_question_uses_the_real_name_company_and_role() -> None:
    question = make_plan(get_scenario("short"), "ko", Applicant("mid", None))[0].fill(FACTS)
    assert all(value in question for value in FACTS.values())


def test_a_slot_whose_last_template_may_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="always fits"):
        Templates(ko=["{name} 님?"], en=["Why?"])


def test_an_unknown_scenario_is_not_found() -> None:
    with pytest.raises(NotFound):
        get_scenario("nonsense")
