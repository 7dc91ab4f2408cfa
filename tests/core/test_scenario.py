"""Scenarios are complete in both languages, and no placeholder can reach the screen."""

import pytest

from interview_core.errors import NotFound
from interview_core.scenario import Scenario, Templates, get_scenario, load_scenarios

FACTS = {"role": "백엔드 개발자 (C++/C#, CI/CD 95 %)", "company": "한빛커머스", "name": "김하늘"}


def test_the_short_and_the_fifteen_stage_scenario_are_there() -> None:
    assert {key: len(scenario.slots) for key, scenario in load_scenarios().items()} == {"short": 5, "standard": 15}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("known", [set(), {"company"}, {"name"}, {"name", "company"}])
@pytest.mark.parametrize("scenario", load_scenarios().values(), ids=lambda scenario: scenario.id)
def test_every_slot_has_a_question_for_what_is_known(scenario: Scenario, known: set[str], language: str) -> None:
    facts = {key: value for key, value in FACTS.items() if key in known | {"role"}}
    for slot in scenario.slots:
        question = slot.templates.fill(language, facts)
        assert "{" not in question
        assert "}" not in question
        assert slot.covers[language]


def test_the_first_question_uses_the_real_name_company_and_role() -> None:
    question = get_scenario("short").slots[0].templates.fill("ko", FACTS)
    assert all(value in question for value in FACTS.values())


def test_a_slot_whose_last_template_may_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="always fits"):
        Templates(ko=["{name} 님?"], en=["Why?"])


def test_an_unknown_scenario_is_not_found() -> None:
    with pytest.raises(NotFound):
        get_scenario("nonsense")
