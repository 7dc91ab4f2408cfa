"""The question bank is whole in both languages, never shows a placeholder, and is chosen from by what fits."""

import re
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from interview_core.scenario import variables
from interview_core.skills import group_of
from interview_core.speech_acts import is_meaningless, recognise
from interview_worker.gpu.question_checks import fault_of
from interview_worker.gpu.resume_facts import usable_fact
from interview_worker.question_bank.bank import BankQuestion, Wanted, choose, fill, rank
from interview_worker.question_bank.entries import FACT_KINDS, Entry, load_bank
from interview_worker.question_bank.nearness import merge_ranks, near_by_words, searchable_text
from interview_worker.question_bank.reasons import reason_of
from interview_worker.question_bank.role_groups import CAREER_CHANGE, ROLE_GROUPS, role_groups

BANK = load_bank()
FINAL = {
    "ko": "면접을 마치기 전에 꼭 전하고 싶은 이야기를 들으려는 질문이에요.",
    "en": "It gives you room for what you want to get across before the interview ends.",
}
LANGUAGES = ("ko", "en")
TYPES = (
    "implementation", "trade_off", "performance", "reliability", "scalability", "quality", "collaboration", "business",
)  # fmt: skip
STAGES = {
    "introduction", "motivation", "skill", "experience", "problem_solving", "communication", "responsibility",
    "growth", "final",
}  # fmt: skip
FACTS = {
    "role": ["백엔드 개발자", "C++/C# 개발자", "QA", "간호사", "Site Reliability Engineer"],
    "company": ["한빛커머스", "네이버(NAVER)", "LG", "토스", "Acme & Sons"],
    "employer": ["ABC Systems (주)", "서울대학교병원", "카카오", "R&D 연구소"],
    "project": ["CI/CD 전환으로 95 % 단축", "주문 캐시 개선", "Checkout 2.0", "GPS 기반 배차"],
    "skill": ["C#", "C++", "Node.js", "쿠버네티스", "React", "SQL", "엑셀"],
}
FILLED = st.fixed_dictionaries({kind: st.sampled_from(facts) for kind, facts in FACTS.items()})


def test_the_bank_has_enough_of_every_type_difficulty_stage_and_role() -> None:
    assert len(BANK) >= 320
    assert {entry.type for entry in BANK} == set(TYPES)
    counts = Counter((entry.type, entry.difficulty) for entry in BANK)
    assert [pair for pair in ((t, d) for t in TYPES for d in ("easy", "medium", "hard")) if counts[pair] < 6] == []
    assert {stage for entry in BANK for stage in entry.stages} == STAGES
    by_role = Counter(role for entry in BANK for role in entry.roles)
    assert by_role.keys() == ROLE_GROUPS
    assert min(by_role.values()) >= 10
    for stage in STAGES:
        for_anybody = [e for e in BANK if stage in e.stages and not (e.roles or e.technologies or e.is_follow_up)]
        assert len([entry for entry in for_anybody if entry.needs <= {"role"}]) >= 4, stage


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_has_each_difficulty_in_each_language(language: str) -> None:
    counts = Counter(
        (entry.type, entry.difficulty) for entry in BANK if entry.text.get(language) and entry.covers.get(language)
    )
    assert min(counts[kind, level] for kind in TYPES for level in ("easy", "medium", "hard")) >= 6


@pytest.mark.parametrize("entry", BANK, ids=lambda entry: entry.id)
def test_an_entry_is_a_short_question_in_both_languages(entry: Entry) -> None:
    for language in LANGUAGES:
        text, covers = entry.text.get(language), entry.covers.get(language)
        assert 1 <= len(re.findall(r"[.?!](?=\s|$)", text)) <= 2, text
        assert text[-1] in ".?"
        assert len(text) <= 220
        assert 2 <= len(covers) <= 5
        assert len(set(covers)) == len(covers)
    assert len(entry.covers.ko) == len(entry.covers.en) or not entry.roles
    assert re.search(r"(?:요|세요|까)[?.]", entry.text.ko)
    assert not re.search("[가-힣]", entry.text.en + entry.topic.en + "".join(entry.covers.en))
    assert all(re.search("[가-힣]", text) for text in (entry.text.ko, *entry.covers.ko))
    assert variables(entry.topic.ko) == variables(entry.topic.en)


def triples(text: str) -> frozenset[str]:
    """Return the runs of three characters of a text without places, spaces and signs."""
    plain = re.sub(r"\{[^}]*\}|\W+", "", text).casefold()
    return frozenset(plain[place : place + 3] for place in range(len(plain) - 2))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_entries_ask_nearly_the_same_in_words(language: str) -> None:
    texts = [(entry.id, triples(entry.text.get(language))) for entry in BANK]
    alike = [
        (left_id, right_id)
        for (left_id, left), (right_id, right) in combinations(texts, 2)
        if 2 * len(left & right) > 0.62 * (len(left) + len(right))
    ]
    assert alike == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_entry_says_why_it_is_asked_and_where_it_comes_from(language: str) -> None:
    def said(entry: Entry, fact: str | None = None) -> str:
        return reason_of(entry, language, stage="skill", fact=fact, role="QA Engineer")

    assert len({said(entry) for entry in BANK if not (entry.roles or entry.technologies)}) == len(TYPES)
    for entry in BANK:
        assert "{" not in said(entry)
        assert "Redis" in said(entry, "Redis")
        is_for_role = bool({*entry.roles} - {"career_change"} or entry.technologies)
        assert ("QA Engineer" in said(entry)) == is_for_role
        assert reason_of(entry, language, stage="final", fact="Redis", role="QA") == FINAL[language]


def test_an_entry_with_an_unknown_fact_role_or_a_missing_language_is_refused() -> None:
    whole = BANK[0].model_dump()
    for broken in (
        {"text": {"ko": "{school}에서 배운 것은 무엇인가요?", "en": "What did you learn at {school}?"}},
        {"text": {"ko": "{skill:을/를} 쓰셨나요?", "en": "Did you?"}},
        {"text": {"ko": "무엇을 하셨나요?"}},
        {"roles": ["astronaut"]},
        {"covers": {"ko": ["하나"], "en": ["one", "two"]}},
    ):
        with pytest.raises(ValidationError):
            Entry.model_validate({**whole, **broken})


@given(
    entry=st.sampled_from(BANK),
    language=st.sampled_from(LANGUAGES),
    facts=FILLED,
    known=st.sets(st.sampled_from(sorted(FACT_KINDS))),
)
def test_no_placeholder_reaches_the_screen_whatever_is_known(
    entry: Entry, language: str, facts: dict[str, str], known: set[str]
) -> None:
    """A missing name, company or skill means another question, never an open place."""
    wanted = Wanted(
        seed="seed",
        language=language,
        stage=entry.stages[0],
        is_follow_up=entry.is_follow_up,
        difficulty=entry.difficulty,
        facts={kind: [facts[kind]] for kind in known},
        role_groups=frozenset(entry.roles),
        technologies=frozenset(entry.technologies),
    )
    question = choose(wanted, [entry])
    is_spoken_of = not entry.skill_groups or group_of(facts["skill"]) in entry.skill_groups
    if not (entry.needs <= known and is_spoken_of):
        assert question is None
        return
    assert question is not None
    check_text(question, language)


def check_text(question: BankQuestion, language: str) -> None:
    for text in (question.text, question.topic, *question.covers):
        assert not re.search(r"[{}]|은/는|이/가|을/를|과/와|으로/로", text), text
    assert all(fact in question.text + question.topic for fact in question.facts.values())
    fault = fault_of(question.text, language, [])
    # A Korean fact in an English question stays as the candidate wrote it.
    assert fault in (None, "wrong_language" if re.search("[가-힣]", "".join(question.facts.values())) else None)


PARTICLES = {
    "주문 캐시 개선": "을", "GPS 기반 배차": "를", "C#": "을", "C++": "를", "쿠버네티스": "를", "React": "를",
    "SQL": "을", "엑셀": "을", "Node.js": "를", "CI/CD 전환으로 95 % 단축": "을",
}  # fmt: skip


@pytest.mark.parametrize("entry", [entry for entry in BANK if ":을/를}" in entry.text.ko], ids=lambda entry: entry.id)
def test_particles_fit_facts_with_and_without_a_final_consonant(entry: Entry) -> None:
    for fact, particle in PARTICLES.items():
        text = fill(entry, "ko", dict.fromkeys(FACT_KINDS, fact)).text
        assert f"{fact}{particle}" in text


@given(
    fact=st.text(max_size=60), entry=st.sampled_from([e for e in BANK if e.needs]), language=st.sampled_from(LANGUAGES)
)
def test_any_usable_fact_stands_in_the_question_as_it_was_written(fact: str, entry: Entry, language: str) -> None:
    usable = usable_fact(fact)
    if usable is not None:
        question = fill(entry, language, dict.fromkeys(entry.needs, usable))
        assert usable in question.text + question.topic
        assert "{" not in question.text


def test_no_question_of_the_bank_would_pass_for_a_candidates_wish_or_for_noise() -> None:
    for entry in BANK:
        for language in LANGUAGES:
            assert recognise(entry.text.get(language), language) is None
            assert not is_meaningless(entry.text.get(language), language)


@pytest.mark.parametrize(
    ("title", "groups"),
    [
        ("백엔드 개발자", {"backend"}),
        ("서버 엔지니어", {"backend"}),
        ("Senior Back-end Engineer", {"backend"}),
        ("프론트엔드 개발자", {"frontend"}),
        ("풀스택 개발자", {"backend", "frontend"}),
        ("iOS 개발자", {"mobile"}),
        ("데이터 분석가", {"data_ml"}),
        ("Machine Learning Engineer", {"data_ml"}),
        ("DevOps 엔지니어", {"devops"}),
        ("SRE", {"devops"}),
        ("QA 엔지니어", {"qa"}),
        ("정보보안 담당자", {"security"}),
        ("임베디드 소프트웨어 엔지니어", {"embedded"}),
        ("서비스 기획자", {"pm"}),
        ("Product Manager", {"pm"}),
        ("UX 디자이너", {"design"}),
        ("B2B 영업", {"sales"}),
        ("콘텐츠 마케터", {"marketing"}),
        ("인사 담당자", {"hr"}),
        ("재무회계 담당", {"accounting"}),
        ("병동 간호사", {"nursing"}),
        ("초등학교 교사", {"teaching"}),
        ("English teacher", {"teaching"}),
        ("우주비행사", set()),
        (None, set()),
    ],
)
def test_a_title_says_which_group_of_roles_it_is(title: str | None, groups: set[str]) -> None:
    assert role_groups(title) == groups
    assert role_groups(title, is_career_change=True) == groups | {CAREER_CHANGE}


def wanted(**changes: object) -> Wanted:
    values: dict[str, object] = {
        "seed": "interview:2",
        "language": "ko",
        "stage": "skill",
        "is_follow_up": False,
        "difficulty": "medium",
        "facts": {"role": ["개발자"]},
    }
    return Wanted(**{**values, **changes})  # type: ignore[arg-type]


def ids(questions: list[BankQuestion]) -> list[str]:
    return [question.entry.id for question in questions]


def test_a_role_is_asked_its_own_questions_first_and_never_another_roles() -> None:
    of_nurses = rank(wanted(role_groups=frozenset({"nursing"})), limit=400)
    assert of_nurses[0].entry.roles == ["nursing"]
    assert {role for question in of_nurses for role in question.entry.roles} == {"nursing"}
    assert all(not question.entry.roles for question in rank(wanted(), limit=400))


def test_questions_about_the_candidates_facts_and_about_the_role_take_turns() -> None:
    used: list[str] = []
    for _ in range(6):
        question = choose(
            wanted(
                facts={"role": ["개발자"], "skill": ["Redis", "Python"]},
                role_groups=frozenset({"backend"}),
                used_ids=frozenset(used),
            )
        )
        assert question is not None
        used.append(question.entry.id)
    kinds = ["role" if next(e for e in BANK if e.id == entry_id).roles else "facts" for entry_id in used]
    assert kinds == ["facts", "role"] * 3


def test_a_technology_is_asked_about_only_where_it_is_named() -> None:
    found = ids(rank(wanted(technologies=frozenset({"kafka", "React"})), limit=400))
    assert {entry_id for entry_id in found if entry_id.startswith("technology.")} == {
        "technology.kafka_order",
        "technology.react_effect",
    }


def test_a_question_speaks_of_a_technology_as_what_it_is() -> None:
    outage = "reliability.skill_failure"
    assert outage not in ids(rank(wanted(facts={"skill": ["CI/CD", "Scrum", "엑셀"]}), limit=400))
    found = rank(wanted(facts={"skill": ["CI/CD", "레디스"]}), limit=400)
    assert next(question.facts for question in found if question.entry.id == outage) == {"skill": "레디스"}


@pytest.mark.parametrize(("level", "other"), [("hard", "easy"), ("easy", "hard")])
def test_an_easy_question_stands_in_for_a_hard_one_only_where_nothing_else_is_left(level: str, other: str) -> None:
    found = rank(wanted(difficulty=level, facts={"role": ["개발자"], "skill": ["Redis"]}), limit=400)
    levels = [question.entry.difficulty for question in found]
    assert other in levels
    assert set(levels[levels.index(other) :]) == {other}


def test_what_is_too_easy_is_asked_only_when_nothing_else_is_left() -> None:
    levels = [question.entry.difficulty for question in rank(wanted(avoids=frozenset({"easy"})), limit=400)]
    assert set(levels[levels.index("easy") :]) == {"easy"}


def test_what_earlier_interviews_asked_comes_last_and_what_this_one_asked_never() -> None:
    all_ids = ids(rank(wanted(stage="communication"), limit=400))
    had, used = frozenset(all_ids[:5]), frozenset(all_ids[5:8])

    again = ids(rank(wanted(stage="communication", had_ids=had, used_ids=used), limit=400))

    assert set(again[-5:]) == had
    assert not used & set(again)
    assert len(again) == len(all_ids) - 3


def test_a_question_near_the_subject_comes_before_an_equal_one() -> None:
    plain = rank(wanted(), limit=400)
    last = [question.entry.id for question in plain if question.entry.difficulty == "medium"][-1]
    assert last != plain[0].entry.id
    assert ids(rank(wanted(near_ids=[last]), limit=400))[0] == last


def test_the_wanted_type_comes_first_where_there_is_a_choice() -> None:
    for kind in ("performance", "quality", "reliability"):
        question = choose(wanted(type=kind, facts={"role": ["개발자"], "skill": ["Redis"]}))
        assert question is not None
        assert question.entry.type == kind


def test_the_order_depends_on_interview_and_turn_alone() -> None:
    one, same = wanted(near_ids=["backend.slow_query"]), wanted(near_ids=["backend.slow_query"])
    assert ids(rank(one, limit=50)) == ids(rank(same, limit=50))
    assert ids(rank(wanted(seed="other:3"), limit=50)) != ids(rank(one, limit=50))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Redis 캐시를 넣어 조회를 빠르게 했습니다", "ko", "technology.redis_eviction"),
        ("고객 불만을 응대했습니다", "ko", "sales.complaint"),
        ("Terraform and infrastructure as code", "en", "devops.infra_as_code"),
        ("screen reader and keyboard accessibility", "en", "frontend.accessibility"),
        ("인수인계와 근무 교대", "ko", "nursing.handover"),
        ("월 결산을 앞당겼습니다", "ko", "accounting.closing"),
    ],
)
def test_without_a_model_the_nearest_entries_are_found_by_words(text: str, language: str, expected: str) -> None:
    assert expected in near_by_words(text, language, 3)


@given(text=st.text(max_size=400), language=st.sampled_from(LANGUAGES))
def test_any_text_can_be_searched_for(text: str, language: str) -> None:
    found = near_by_words(text, language, 10)
    assert len(found) == len(set(found)) <= 10
    assert found == near_by_words(text, language, 10)


def test_a_text_that_shares_nothing_finds_nothing() -> None:
    assert near_by_words("", "ko", 5) == near_by_words("123 !?", "en", 5) == []


def test_what_stands_high_in_any_order_stands_high_in_the_merged_one() -> None:
    assert merge_ranks(["a", "b", "c"], ["c", "d"]) == ["c", "a", "b", "d"]
    assert merge_ranks([], []) == []


def test_what_is_searched_holds_no_open_place() -> None:
    for entry in BANK:
        for language in LANGUAGES:
            assert "{" not in searchable_text(entry, language)
