"""The profile says what the document says, and nothing else."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interview_api.resumes.schemas import Profile as ProfileSchema
from interview_core.skills import vocabulary
from interview_worker.cpu.document_reader import ChildDocumentReader
from interview_worker.cpu.documents import Document, Span, make_line
from interview_worker.cpu.resume_profile import Profile, make_profile
from interview_worker.cpu.sections import split_sections
from tests.samples.make_resume_pdf import SAMPLES, Language, make_resume_pdf

TODAY = date(2026, 11, 21)
SPELLINGS = {skill.name: skill.spellings for skill in vocabulary()}


def document_of(text: str) -> Document:
    lines = (make_line(1, [Span(line)]) for line in text.splitlines() if line.strip())
    return Document(1, tuple(lines))


def profile_of(text: str) -> Profile:
    document = document_of(text)
    return make_profile(document, split_sections(document.lines), TODAY)


@pytest.fixture(scope="module", params=["ko", "en"])
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Document, Profile]:
    path: Path = tmp_path_factory.mktemp("resume") / "resume.pdf"
    facts = make_resume_pdf(request.param, path)
    document = ChildDocumentReader().read(path.read_bytes())
    return facts, document, make_profile(document, split_sections(document.lines), TODAY)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def texts_of(profile: dict[str, Any]) -> Iterator[str]:
    """Every value that is quoted from the document: all but dates and names of technologies."""
    for key, value in profile.items():
        if key in ("start", "end", "skills", "technologies", "skill_groups", "seniority", "sources"):
            continue
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(item, dict):
                yield from texts_of(item)
            elif isinstance(item, str):
                yield item


def technologies_of(profile: dict[str, Any]) -> Iterator[str]:
    yield from profile["skills"]
    for project in profile["projects"]:
        yield from project["technologies"]


def assert_nothing_invented(document: Document, profile: Profile) -> None:
    text, values = squeezed(document.text), profile.to_json()
    for value in texts_of(values):
        assert squeezed(value) in text
    for name in technologies_of(values):
        assert any(spelling.casefold() in text.casefold() for spelling in SPELLINGS[name])
    for entry in (*values["employments"], *values["education"]):
        for month in filter(None, (entry["start"], entry["end"])):
            assert month[:4] in text


def test_a_sample_profile_holds_every_fact(sample):
    facts, _, profile = sample

    assert (profile.name, profile.email, profile.phone) == (facts.name, facts.email, facts.phone)
    assert profile.target_role == facts.target_role
    assert squeezed(profile.summary) == " ".join(facts.summary)
    assert [(job.company, job.role, job.start, job.end, job.is_current) for job in profile.employments] == [
        (job.company, job.role, job.start, job.end, job.end is None) for job in facts.jobs
    ]
    for job, fact in zip(profile.employments, facts.jobs, strict=True):
        assert all(squeezed(task) in squeezed(job.description) for task in fact.tasks)
    assert [(school.school, school.degree, school.field) for school in profile.education] == [
        (facts.school, facts.degree, facts.field)
    ]
    assert [
        (project.name, project.description, project.technologies, project.achievements) for project in profile.projects
    ] == [(work.name, work.description, work.technologies, work.achievements) for work in facts.projects]
    assert profile.skills[: len(facts.skills)] == facts.skills
    assert profile.certifications == tuple(name for name, _ in facts.certifications)
    assert len(profile.activities) == len(facts.activities)
    assert profile.is_resume


def test_a_sample_profile_counts_months_until_today(sample):
    facts, _, profile = sample
    first = min(job.start for job in facts.jobs)
    assert profile.total_experience_months == (TODAY.year - int(first[:4])) * 12 + TODAY.month - int(first[5:]) + 1


def test_every_value_of_a_sample_profile_stands_in_the_document(sample):
    _, document, profile = sample
    assert_nothing_invented(document, profile)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_other_facts_in_the_sample_give_another_profile(language: Language, tmp_path: Path):
    names = {"ko": "남궁민수", "en": "Priya O'Neill"}
    facts = replace(
        SAMPLES[language], name=names[language], email="other@example.org", certifications=(), activities=()
    )
    make_resume_pdf(language, tmp_path / "resume.pdf", facts)

    document = ChildDocumentReader().read((tmp_path / "resume.pdf").read_bytes())
    profile = make_profile(document, split_sections(document.lines), TODAY)

    assert (profile.name, profile.email) == (names[language], "other@example.org")
    assert profile.certifications == profile.activities == ()


def test_the_profile_is_what_the_api_shows(sample):
    _, _, profile = sample
    shown = ProfileSchema.model_validate(profile.to_json())
    found_by_a_model_later = {"completed"}
    assert set(profile.to_json()) == set(ProfileSchema.model_fields) - found_by_a_model_later
    assert shown.employments[0].company == profile.employments[0].company


_WORDS = st.sampled_from(
    """김서연;백엔드 개발자;010-1234-5678;a@example.com;경력사항;Work Experience;프로젝트;Projects;기술 스택
Skills: Go, C++;학력;자격증
한빛커머스 백엔드 개발자 2021.03 ~ 현재;Acme Corp, Engineer (Mar 2021 - Present);2019 - 2021
- p99 지연 40% 감소;- Redis 도입
한국대학교 컴퓨터공학과 학사
University of Somewhere;B.S. in Physics;담당: 결제;회사명: 누리;성과: 3배
주문 캐시;A;((;· ·;2021.03 ~;요약""".replace("\n", ";").split(";")
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(_WORDS, st.text(max_size=40)), max_size=30))
def test_no_text_makes_a_profile_with_something_invented(lines):
    document = document_of("\n".join(lines))
    assert_nothing_invented(document, make_profile(document, split_sections(document.lines), TODAY))


def test_an_empty_resume_has_an_empty_profile():
    profile = profile_of("아무 내용도 없는 글입니다. 그저 날씨가 좋다는 이야기만 적혀 있습니다.")

    assert not profile.is_resume
    shown = profile.to_json()
    assert not any(shown.pop("skill_groups").values())
    assert {key: value for key, value in shown.items() if value} == {}


def test_an_article_is_no_resume():
    text = "Redis is an in-memory store.\nIt was released in 2009 and is used for caching.\n" * 10
    assert not profile_of(text).is_resume


@pytest.mark.parametrize(
    "header",
    [
        "한빛커머스 | 백엔드 개발자 | 2021.03 ~ 2023.05",
        "2021.03 ~ 2023.05  한빛커머스  백엔드 개발자",
        "한빛커머스 백엔드 개발자 2021.03 ~ 2023.05",
        "한빛커머스 (2021.03 ~ 2023.05)\n백엔드 개발자",
        "한빛커머스\n백엔드 개발자 | 2021년 3월 ~ 2023년 5월",
        "2021.03 ~ 2023.05\n한빛커머스 / 백엔드 개발자",
        "회사명: 한빛커머스\n직무: 백엔드 개발자\n기간: 2021.03 ~ 2023.05",
        "• 한빛커머스, 백엔드 개발자, 2021.03 ~ 2023.05",
        "한빛커머스 | 결제플랫폼팀 | 백엔드 개발자 | 정규직 | 2021.03 ~ 2023.05",
        "1. 한빛커머스 / 결제팀 / 백엔드 개발자\n'21.3 ~ '23.5",
        "2021.03 ~ 2023.05\t한빛커머스\t백엔드 개발자",
    ],
)
def test_an_employment_is_found_however_its_header_is_written(header):
    profile = profile_of(f"경력\n{header}\n- 주문 API 개발")

    assert [(job.company, job.role, job.start, job.end) for job in profile.employments] == [
        ("한빛커머스", "백엔드 개발자", "2021-03", "2023-05")
    ]


@pytest.mark.parametrize(
    "header",
    [
        "Acme Corp, Senior Engineer (Mar 2021 – May 2023)",
        "Senior Engineer at Acme Corp | 03/2021 - 05/2023",
        "Acme Corp — Senior Engineer\nMar 2021 – May 2023 · Seoul",
        "Senior Engineer\nAcme Corp | Mar 2021 - May 2023",
        "Acme Corp  Mar 2021 - May 2023\nSenior Engineer",
        "Acme Corp — Senior Engineer\n2021-03 – 2023-05 | Berlin",
        "Mar 2021 to May 2023   Acme Corp, Cardiff\nSenior Engineer",
        "Dates: 03/2021 – 05/2023\nPosition held: Senior Engineer\nEmployer: Acme Corp",
    ],
)
def test_an_english_employment_is_found_however_its_header_is_written(header):
    profile = profile_of(f"Experience\n{header}\n- Built the order API")

    assert [(job.company, job.role, job.start, job.end) for job in profile.employments] == [
        ("Acme Corp", "Senior Engineer", "2021-03", "2023-05")
    ]


@pytest.mark.parametrize(
    ("line", "company", "role"),
    [
        ("프리랜서 개발자 (2021.03 ~ 2023.05)", "프리랜서", "프리랜서 개발자"),
        ("Freelance Illustrator\n03/2021 – 05/2023", "Freelance", "Freelance Illustrator"),
        ("Web Developer, Self-employed\n03/2021 – 05/2023", "Self-employed", "Web Developer"),
        ("Quantity Surveyor, Norte S.L.\n03/2021 – 05/2023", "Norte S.L.", "Quantity Surveyor"),
        ("하루마케팅 주임\n2021.03 ~ 2023.05", "하루마케팅", "주임"),
    ],
)
def test_work_for_oneself_and_names_that_end_like_sentences_are_employments(line, company, role):
    employments = profile_of(
        f"경력\n온다스테이 개발자 2024.01 ~ 현재\n- 예약 서버 개발\n{line}\n- 화면 개발"
    ).employments
    assert [(job.company, job.role) for job in employments] == [("온다스테이", "개발자"), (company, role)]


@pytest.mark.parametrize("line", ["2012.04 ~ 2014.01 공군 병장 만기전역", "병역: 육군 병장 (2012.04 ~ 2014.01)"])
def test_military_duty_is_no_employment(line):
    employments = profile_of(f"경력\n온다스테이 개발자 2024.01 ~ 현재\n- 예약 서버 개발\n{line}").employments
    assert [job.company for job in employments] == ["온다스테이"]


def test_a_project_within_an_employment_is_no_other_employment():
    profile = profile_of(
        "경력\n한빛커머스 백엔드 개발자 2021.03 ~ 현재\n주문 시스템 개편 (2022.01 ~ 2022.06)\n- 지연 40% 감소\n"
        "누리소프트 서버 개발자 2018.07 ~ 2021.02"
    )
    assert [job.company for job in profile.employments] == ["한빛커머스", "누리소프트"]


def test_technologies_of_a_project_do_not_end_the_list_of_projects():
    profile = profile_of(
        "프로젝트\n주문 캐시 2022.01 ~ 2022.06\n기술 스택: Go, Redis\n- 지연 40% 감소\n"
        "알림 서버 2021.01 ~ 2021.06\n사용 기술: C++"
    )
    assert [(project.name, project.technologies) for project in profile.projects] == [
        ("주문 캐시", ("Go", "Redis")),
        ("알림 서버", ("C++",)),
    ]


@pytest.mark.parametrize(
    ("top", "name"),
    [
        ("이력서\n김서연\n백엔드 개발자", "김서연"),
        ("김 서 연\n백엔드 개발자", "김 서 연"),
        ("성명: 독고진 | 연락처: 010-1111-2222", "독고진"),
        ("박민준 이력서", "박민준"),
        ("최지우 | 프론트엔드 개발자 | jiwoo@example.com", "최지우"),
        ("RESUME\nJane van Dyke\nProduct Manager", "Jane van Dyke"),
        ("JOHN Q. PUBLIC\nSoftware Engineer", "JOHN Q. PUBLIC"),
        ("성 명: 오세린 (여, 1997년생)", "오세린"),
        ("안녕하세요, 백엔드 개발자 김서연입니다.", "김서연"),
        ("경력기술서\n정하늘 (Haneul Jung)\n데이터 분석가", "정하늘"),
        ("Top Skills\nFigma\nMaria Santos\nProduct Manager at Brightway", "Maria Santos"),
        ("경력기술서\n백엔드 개발자", None),
        ("Curriculum Vitae\nSoftware Engineer", None),
    ],
)
def test_the_name_is_found_or_absent(top, name):
    assert profile_of(f"{top}\n경력\n").name == name


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("경력 (총 5년 8개월)", "employments"),
        ("경력 | Experience", "employments"),
        ("WORK EXPERIENCE 업무 경험", "employments"),
        ("CAREER HIGHLIGHTS", "employments"),
        ("■ 경 력 사 항", "employments"),
        ("Ⅲ. 보유 자격증", "certifications"),
        ("LICENCES AND CERTIFICATIONS", "certifications"),
        ("수상경력 및 활동", "activities"),
        ("Awards & Recognition", "activities"),
    ],
)
def test_a_section_is_known_however_its_heading_is_worded(heading, field):
    line = "온다스테이 개발자 2024.01 ~ 현재" if field == "employments" else "정보처리기사"
    assert getattr(profile_of(f"김서연\n{heading}\n{line}"), field) != ()


def test_achievements_of_one_employment_do_not_end_the_list_of_employments():
    profile = profile_of(
        "Experience\nAcme Corp, Engineer (Mar 2021 – Present)\nKey Achievements:\n- Cut costs by 12%\n"
        "Bolt Ltd, Engineer (Mar 2018 – Feb 2021)"
    )
    assert [job.company for job in profile.employments] == ["Acme Corp", "Bolt Ltd"]


@pytest.mark.parametrize("cell", ["minseo@exa mple.com", "minseo@example.c om", "minseo@example. com"])
def test_an_address_that_a_narrow_cell_breaks_is_put_together(cell):
    profile = profile_of(f"연락처  010-7788-1122  이메일  {cell}")
    assert (profile.email, profile.links) == (cell.replace(" ", ""), ())


def test_an_address_that_goes_on_in_the_next_line_is_put_together():
    profile = profile_of("김서연\nhttps://github.com/seoyeon-\nexample\nseoyeon@\nexample.com\n경력")
    assert (profile.email, profile.links) == ("seoyeon@example.com", ("https://github.com/seoyeon-example",))


@pytest.mark.parametrize(
    ("line", "school", "degree", "field"),
    [
        (
            "2011-2014  BSc (Hons) Surveying, University of Gwent (2:1)",
            "University of Gwent",
            "BSc (Hons)",
            "Surveying",
        ),
        ("MBA (Marketing), Deccan Institute of Management, 2018", "Deccan Institute of Management", "MBA", "Marketing"),
        ("한빛대 경영학과 (경영학사) 2013.03 ~ 2018.02", "한빛대", "경영학사", "경영학과"),
    ],
)
def test_a_school_is_read_with_its_degree(line, school, degree, field):
    found = profile_of(f"Education\n{line}").education
    assert [(entry.school, entry.degree, entry.field) for entry in found] == [(school, degree, field)]


@pytest.mark.parametrize("piece", ["가 ", "a ", "2021.03 ~ ", "- ", "A B ", "1", "(", "한국대학교 ", "담당: "])
def test_no_line_makes_the_rules_slow(piece):
    line = piece * (20_000 // len(piece))
    began_s = time.process_time()
    profile_of(f"김서연\n경력\n{line}\n프로젝트\n{line}\n학력\n{line}\n기술\n{line}\n자격증\n{line}")
    assert time.process_time() - began_s < 5
