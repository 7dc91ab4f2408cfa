"""The learning catalogue as data, and the command that looks whether its links are alive."""

import shutil
from pathlib import Path

import pytest
import yaml

from interview_worker.learning_catalogue.catalogue import Link, catalogue_file, load_catalogue
from interview_worker.learning_catalogue.check_links import Answer, Finding, run

CATALOGUE = load_catalogue()
LINKS = [link for topic in CATALOGUE.topics for link in topic.links]


def named_in(text: str) -> set[str]:
    return {topic.id for topic in CATALOGUE.topics if topic.is_in_text(text)}


def test_there_is_enough_to_choose_from_in_both_languages() -> None:
    addresses = {link.url: link for link in LINKS}
    assert len(addresses) >= 120
    assert sum(link.language == "ko" for link in addresses.values()) >= 30
    assert sum(link.language == "en" for link in addresses.values()) >= 80
    assert all(topic.links_for("ko") for topic in CATALOGUE.topics)


def test_the_same_address_is_described_the_same_everywhere() -> None:
    described: dict[str, tuple[object, ...]] = {}
    for link in LINKS:
        facts = (link.title, link.language, link.kind, link.access, link.licence, link.checked)
        assert described.setdefault(link.url, facts) == facts, link.url


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("Redis를 썼고 k8s에서 운영", {"redis", "kubernetes"}),
        ("C++/C# 그리고 CI/CD", {"cpp", "csharp", "cicd"}),
        ("React to change quickly, go to market", {"react"}),
        ("react quickly, spring term, express delivery, swift action", set()),
        ("Google, Django-like, Javanese", {"django"}),
        ("자바스크립트를 씁니다", {"javascript"}),
    ],
)
def test_a_topic_is_found_by_its_spellings_and_not_inside_other_words(text: str, topics: set[str]) -> None:
    assert named_in(text) == topics


def test_a_role_is_known_by_its_title_in_both_languages() -> None:
    for title in ("백엔드 개발자 (C++/C#)", "Senior Backend Engineer", "서버 개발"):
        assert "observability" in {topic.id for topic in CATALOGUE.topics_of_role(title)}, title
    assert CATALOGUE.topics_of_role("간호사") == []
    assert CATALOGUE.topics_of_role("Maintenance") == []


def test_links_in_the_readers_language_come_first_and_what_costs_comes_last() -> None:
    topics = {topic.id: topic for topic in CATALOGUE.topics}
    assert [link.language for link in topics["kubernetes"].links_for("ko")][:3] == ["ko", "ko", "en"]
    assert topics["kubernetes"].links_for("en")[0].language == "en"
    for language in ("ko", "en"):
        assert [link.access for link in topics["spring"].links_for(language)] == ["free", "free", "free", "paid"]


def test_the_command_records_the_day_beside_what_answers_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "catalogue.yaml"
    shutil.copy(catalogue_file(), file)
    before = file.read_text("utf-8").splitlines()
    answers = {"redis.docs": Answer.ALIVE, "redis.types": Answer.GONE, "redis.university": Answer.REFUSED}
    links = [link for link in LINKS if link.id in answers]

    def ask(link: Link) -> Finding:
        return Finding(link, answers[link.id])

    assert run(file, links, ask) == 1
    said = capsys.readouterr().out
    assert "gone: https://redis.io/docs/latest/develop/data-types/" in said
    assert "1 of 3 addresses answered." in said
    changed = [new for old, new in zip(before, file.read_text("utf-8").splitlines(), strict=True) if old != new]
    assert len(changed) == 1
    assert "redis.docs" in changed[0]
    content = yaml.safe_load(file.read_text("utf-8"))
    redis = next(topic for topic in content["topics"] if topic["id"] == "redis")
    assert redis["links"][0]["checked"].year >= 2026
    assert [link["checked"] for link in redis["links"][1:]] == [None] * 3


def test_a_dry_run_records_nothing_and_all_alive_ends_well(tmp_path: Path) -> None:
    file = tmp_path / "catalogue.yaml"
    shutil.copy(catalogue_file(), file)
    before = file.read_bytes()
    assert run(file, LINKS[:3], lambda link: Finding(link, Answer.ALIVE), is_dry=True) == 0
    assert file.read_bytes() == before
