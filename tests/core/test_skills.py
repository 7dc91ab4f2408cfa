import pytest

from interview_core.skills import find_skills, vocabulary


def test_names_and_spellings_are_unique():
    spellings = [spelling.casefold() for skill in vocabulary() for spelling in skill.spellings]
    assert sorted(spellings) == sorted(set(spellings))


@pytest.mark.parametrize("skill", vocabulary(), ids=lambda skill: skill.name)
def test_every_spelling_is_found_in_a_list(skill):
    for spelling in skill.spellings:
        assert find_skills(f"언어, {spelling}, 기타", is_list=True) == [skill.name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("C++/C#, CI/CD 구축", ["C++", "C#", "CI/CD"]),
        ("스프링부트와 JPA를 사용", ["Spring Boot", "JPA"]),
        ("자바스크립트로 개발", ["JavaScript"]),
        ("자바를 배움", ["Java"]),
        ("Built with Node.js, .NET and PostgreSQL.", ["Node.js", ".NET", "PostgreSQL"]),
        ("ASP.NET", [".NET"]),
        ("java, JAVA, Java", ["Java"]),
    ],
)
def test_symbols_and_korean_spellings_survive(text, names):
    assert find_skills(text, is_list=True) == names


@pytest.mark.parametrize(
    "text", ["We go to market", "a rust belt city", "R&D 부서", "vitamin C", "자바섬 여행", "reactive"]
)
def test_ordinary_words_are_no_skills_in_a_sentence(text):
    assert find_skills(text, is_list=False) == []


def test_ambiguous_names_count_where_technologies_are_listed():
    assert find_skills("Go, R, C", is_list=True) == ["Go", "R", "C"]
