"""A report on paper: everything is there as words, nothing of a candidate's text is obeyed, one result per request."""

import json
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources as package
from typing import Any
from uuid import uuid4

import pymupdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from interview_core.contract.broker import Broker
from interview_core.contract.payloads import RenderReportPdf
from interview_core.contract.tasks import RENDER_REPORT_PDF
from interview_core.db.tables import PdfState, ReportPdf
from interview_core.errors import EngineFailed, NotFound
from interview_core.jobs import claim, enqueue
from interview_worker.binding import JobRun
from interview_worker.cpu.document_reader import ChildDocumentReader
from interview_worker.cpu.printed_report import print_report
from interview_worker.cpu.printed_text import MISSING, printable
from interview_worker.cpu.report_pdf import render_report_pdf
from interview_worker.cpu.resources import CpuResources
from interview_worker.engines.embedding import SentenceEmbedding
from interview_worker.engines.emotion import DeepFaceEmotion
from interview_worker.engines.typst_engine import Pdf, TypstTypesetter
from tests.factories import make_interview, make_user
from tests.samples.report_export import ANSWERS, QUESTIONS, competency, make_export

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

HOSTILE = [
    '#import "@preview/cetz:0.4.0": * #panic("x")',
    "$ sum_(i=0)^n x $ `raw` ```rust fn``` *bold* _it_ <label> @ref // c /* c */ \\ \\u{1f600}",
    '#read("/etc/passwd") #eval("1/0") #sys.inputs #bibliography("x.yml")',
    "= heading\n- list\n+ enum\n/ term: x\n#set page(width: 1pt)\n#while true {}",
    "]) #text(red)[x] { } ] ) \" '",
    "\x00\x07\x1b[31m\ufeff\u202e\u2066\ue000\U000f0000\ufffd",
    "😀👨‍👩‍👧 مرحبا بالعالم שלום 漢字 ひらがな ไทย हिन्दी é Z̸͓̊a̴l",
    "\r\n\r\n\n\n\n\t\v\f\u2028\u2029",
]


def typeset(export: dict[str, Any]) -> Pdf:
    return TypstTypesetter().typeset(print_report(export), made_at=NOON)


def text_of(pdf: Pdf) -> str:
    with pymupdf.open(stream=pdf.content) as document:
        return " ".join(" ".join(page.get_text() for page in document).split())


def with_answer(text: str, **changes: Any) -> dict[str, Any]:
    export = make_export(**changes)
    export["report"]["turns"][1]["answer"]["text"] = text
    return export


def test_the_pages_hold_questions_answers_scores_and_what_they_were_made_with() -> None:
    pdf = typeset(make_export())
    text = text_of(pdf)
    # Lines are broken between any two Korean letters, so spaces say nothing.
    packed = text.replace(" ", "")
    for _, question, _ in QUESTIONS:
        assert question.replace(" ", "") in packed
    for answer in ANSWERS:
        assert (answer or "건너뛴 질문이에요.").replace(" ", "") in packed
    for words in (
        "71 ± 4",
        "78 ± 3",
        "평가하지 않음 · 근거가 부족해요",
        "아직 맞춰 보지 않은",
        "EXAONE-3.5-2.4B-Q4_K_M.gguf",
    ):
        assert words in text
    assert "질문 1개는 AI 모델 대신 준비된 질문을 드렸어요." in text
    with pymupdf.open(stream=pdf.content) as document:
        assert document.page_count == pdf.pages
        assert document.metadata["title"] == "면접 리포트 – 백엔드 개발자 · 한빛커머스"


def test_claims_requirements_and_what_to_practise_are_there_the_important_first() -> None:
    text = text_of(typeset(make_export())).replace(" ", "")
    for words in ("답변과 달라요", "답변이 뒷받침해요", "묻지 않았어요", "요건 2개 중 1개", "찾지 못했어요", "맡은 일"):
        assert words.replace(" ", "") in text
    assert "사람에대해말한문장1개" in text
    assert text.index("답변과달라요") < text.index("답변이뒷받침해요") < text.index("묻지않았어요")


def test_one_grading_is_said_instead_of_an_uncertainty() -> None:
    printed = print_report(make_export(uncertainty=None, no_uncertainty_reason="one_grading"))
    assert printed["overall"]["margin"] is None
    assert any("한 번만 채점" in remark for remark in printed["remarks"])


def test_scores_are_whole_points_and_one_grading_has_no_uncertainty() -> None:
    printed = print_report(make_export())
    figures = [item["score"] for item in printed["competencies"]]
    assert figures[0] == {"figure": "78", "margin": "± 3", "value": 78, "low": 75, "high": 81}
    assert (figures[2]["figure"], figures[2]["margin"]) == ("61", None)
    assert figures[3] is None


def test_a_report_without_a_model_has_no_score_on_any_page() -> None:
    unscored = [competency(key, key, None, not_scored_reason="no_model") for key in ("가", "나")]
    export = make_export(
        overall_score=None, not_scored_reason="no_model", summary=None, strengths=[], improvements=[],
        competencies=unscored, answers=[], practice=[], claims=[], role_match=None, removed_statements=0,
        versions={"rubric": "standard-1", "prompt": None, "model": None, "code": "0.1.0"},
    )  # fmt: skip
    text = text_of(typeset(export))
    assert "이 면접은 채점하지 않았어요" in text
    assert "±" not in text
    assert "100점 만점" not in text
    assert text.count("평가하지 않음 · 채점할 AI 모델이 없었어요") == 2


def test_answers_that_could_not_be_judged_are_said_first_and_where_they_stand() -> None:
    export = make_export()
    export["report"]["answers"][1]["not_scored_reason"] = "evaluation_failed"
    text = text_of(typeset(export))
    assert text.index("채점하지 못한 답변이 있어요") < text.index("요약") < text.index("채점하다가 문제가 생겼어요")
    assert "채점하지 못한 답변이 있어요" not in text_of(typeset(make_export()))


def test_dates_are_those_of_the_reader() -> None:
    assert "2026년 11월 21일" in print_report(make_export())["about"]
    assert "2026년 11월 22일" in print_report(make_export(), utc_offset_min=540)["about"]


def test_an_english_report_is_english_throughout() -> None:
    export = make_export(
        turns=[], answers=[], summary="Clear.", strengths=["Concrete."], improvements=[], competencies=[], claims=[],
        practice=[{"kind": "star_part", "text": "task"}],
        role_match={"requirements": [], "found_count": 0, "checked_count": 0},
    )  # fmt: skip
    export["interview"] |= {"language": "en", "target_role": "Backend engineer", "company": None, "scenario_title": "S"}
    export["candidate"] = "Kim"
    export["delivery"]["overall"]["fillers"]["words"] = [{"text": "um", "kind": "hesitation", "count": 5}]
    text = text_of(typeset(export))
    assert "21 November 2026" in text
    assert not [letter for letter in text if "가" <= letter <= "힣"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_obeyed_wherever_it_stands(text: str) -> None:
    export = with_answer(text, summary=text, strengths=[text], improvements=[text])
    report = export["report"]
    report["competencies"] = [competency("x", text, 50.0, comment=text)]
    report["competencies"][0]["evidence"] = [{"question_id": str(uuid4()), "quote": text, "start": 0, "end": 1}]
    report["answers"][0] |= {"summary": text, "missed": [text], "improved_answer": text}
    report["turns"][0]["question"] |= {"text": text, "stage_title": text}
    report["versions"] = dict.fromkeys(("rubric", "prompt", "model", "code"), text)
    export["candidate"] = text
    export["interview"] |= {"target_role": text, "company": text, "scenario_title": text}
    shown = text_of(typeset(export))
    expected = printable(text).replace("\u200b", "").split()
    plain = [word for word in expected if len(word) < 8 and not any(map(unicodedata.combining, word))]
    assert all(word in shown.replace("\u200b", "") for word in plain)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=400), st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=80))
def test_any_text_gives_pages(text: str, markup: str) -> None:
    export = with_answer(text + markup, summary=markup + text, strengths=[text])
    export["report"]["turns"][0]["question"]["text"] = text
    assert typeset(export).pages >= 1


def test_a_hundred_thousand_letters_are_all_there_and_quick() -> None:
    # Of the processor, since the machine may stand still meanwhile.
    began = time.process_time()
    for unit in ("가나다 ", "a", "긴단어없이계속", "1\n"):
        pdf = typeset(with_answer(unit * (100_000 // len(unit))))
        with pymupdf.open(stream=pdf.content) as document:
            letters = sum(page.get_text().count(unit[0]) for page in document)
            widest = max(word[2] for page in document for word in page.get_text("words"))
        assert letters >= 100_000 // len(unit)
        assert widest <= 595 - 60, "a line leaves the page"
    assert time.process_time() - began < 60


def test_letters_that_the_font_lacks_are_squares_and_counted() -> None:
    text = text_of(typeset(with_answer("웃음 😀😀 漢字")))
    assert f"웃음 {MISSING}{MISSING} {MISSING}{MISSING}" in text
    assert "글꼴에 없는 글자 4개" in text


def test_the_fonts_have_every_korean_syllable_and_every_letter_of_the_fixed_words() -> None:
    folder = package.files("interview_worker.typesetting")
    words = (folder / "words.yaml").read_text("utf-8")
    wanted = {*map(chr, range(0xAC00, 0xD7A4)), *words, "±", "“", "”", "–", "·", MISSING} - {"\n"}
    fonts = [file for file in (folder / "fonts").iterdir() if file.name.endswith(".otf")]
    assert len(fonts) == 2
    for file in fonts:
        font = pymupdf.Font(fontbuffer=file.read_bytes())
        assert {letter for letter in wanted if not font.has_glyph(ord(letter))} == set()
        # The licence reserves the name of the original for the original.
        assert "pretendard" not in font.name.lower()
    assert "SIL OPEN FONT LICENSE" in (folder / "fonts" / "OFL.txt").read_text("utf-8")


def test_a_document_that_does_not_fit_the_template_fails_without_quoting_it() -> None:
    with pytest.raises(EngineFailed) as raised:
        TypstTypesetter().typeset({"title": "비밀"}, made_at=NOON)
    assert "비밀" not in str(raised.value)


class FakeTypesetter:
    """Gives the bytes it was told to, and does something while it works."""

    def __init__(self, meanwhile: Callable[[], None] | None = None) -> None:
        self.meanwhile = meanwhile

    def typeset(self, document: Any, *, made_at: datetime) -> Pdf:
        if self.meanwhile:
            self.meanwhile()
        return Pdf(json.dumps(document).encode(), 1)


@pytest.fixture
def resources(sessions, storage, redis, redis_url, events) -> CpuResources:
    return CpuResources(
        sessions=sessions,
        storage=storage,
        redis=redis,
        events=events,
        broker=Broker(redis_url),
        documents=ChildDocumentReader(),
        embedding=SentenceEmbedding("unused"),
        emotion=DeepFaceEmotion("unused"),
        is_emotion_enabled=False,
        voice_activity=None,
        recogniser=None,
        typesetter=TypstTypesetter(),
    )


def ask(session: Session, pdf: ReportPdf | None = None) -> tuple[ReportPdf, JobRun]:
    """Ask for a PDF as the API does."""
    if pdf is None:
        pdf = ReportPdf(interview_id=make_interview(session, make_user(session)).id)
    pdf.request_id, pdf.state, pdf.source = uuid4(), PdfState.PENDING, make_export()
    session.add(pdf)
    payload = RenderReportPdf(interview_id=pdf.interview_id, request_id=pdf.request_id)
    job_id = enqueue(session, RENDER_REPORT_PDF, payload, subject_id=pdf.interview_id)
    session.commit()
    claimed = claim(session, job_id, lease_s=30)
    assert claimed is not None
    return pdf, JobRun(claimed, lambda: Session(session.get_bind()))


def render(pdf: ReportPdf, job: JobRun, resources: CpuResources) -> None:
    render_report_pdf(RenderReportPdf.model_validate(job.claim.payload), job, resources)


def test_the_finished_pdf_is_in_storage_and_the_copy_of_the_report_is_gone(
    session: Session, resources: CpuResources
) -> None:
    pdf, job = ask(session)
    render(pdf, job, resources)
    session.refresh(pdf)
    assert (pdf.state, pdf.source) == (PdfState.READY, None)
    content = resources.storage.read(pdf.file)
    assert len(content) == pdf.size_bytes
    with pymupdf.open(stream=content) as document:
        assert document.page_count == pdf.pages


def test_a_new_pdf_takes_the_place_of_the_old_file(session: Session, resources: CpuResources) -> None:
    pdf, job = ask(session)
    render(pdf, job, resources)
    session.refresh(pdf)
    first = pdf.file
    pdf, job = ask(session, pdf)
    render(pdf, job, resources)
    session.refresh(pdf)
    assert pdf.file != first
    with pytest.raises(NotFound):
        resources.storage.read(first)


def test_a_request_that_is_overtaken_while_it_is_set_leaves_nothing(session: Session, resources: CpuResources) -> None:
    pdf, job = ask(session)
    overtaken = pdf.request_id
    resources.typesetter = FakeTypesetter(meanwhile=lambda: ask(session, pdf) and None)
    render(pdf, job, resources)
    session.refresh(pdf)
    assert (pdf.state, pdf.file) == (PdfState.PENDING, None)
    with pytest.raises(NotFound):
        resources.storage.read(f"reports/{pdf.interview_id}/{overtaken}.pdf")


def test_an_answer_that_is_quoted_links_to_its_place() -> None:
    export = make_export()
    with pymupdf.open(stream=typeset(export).content) as document:
        links = [link for page in document for link in page.get_links()]
        first_answer = next(page.number for page in document if "자기소개" in page.get_text())
    assert len(links) >= 4
    assert min(link["page"] for link in links if link["kind"] == pymupdf.LINK_GOTO) >= first_answer
