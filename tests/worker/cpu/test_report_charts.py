"""Charts and coaching on paper: what is drawn and said is what the report says, and the coaching stands apart."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pymupdf
import pytest

from interview_worker.cpu.printed_report import print_report
from interview_worker.engines.typst_engine import Pdf, TypstTypesetter
from tests.samples.report_export import (
    competencies,
    competency,
    delivery,
    make_export,
    measure,
    question_id,
    spoken,
    turn,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ACCENT = (0x1D / 255, 0x6F / 255, 0x7C / 255)
TITLES = ("기술 깊이", "문제 해결", "실행", "협업", "전달력", "책임감", "성장", "지원 동기")
EXPRESSIONS = ("happy", "neutral", "기쁨", "무표정", "화남", "두려움")


def typeset(export: dict[str, Any]) -> Pdf:
    return TypstTypesetter().typeset(print_report(export), made_at=NOON)


def open_pdf(export: dict[str, Any]) -> pymupdf.Document:
    return pymupdf.open(stream=typeset(export).content)


def packed(document: pymupdf.Document) -> str:
    """Return the text without spaces: lines are broken between any two Korean letters."""
    return "".join("".join(page.get_text() for page in document).split())


def with_scores(*scores: float | None, uncertainty: float | None = 4.0) -> dict[str, Any]:
    return make_export(
        competencies=[
            competency(title, title, score, uncertainty=None if score is None else uncertainty)
            for title, score in zip(TITLES, scores, strict=False)
        ]
    )


def corners(path: dict[str, Any]) -> list[tuple[float, float]]:
    return [(item[1].x, item[1].y) for item in path["items"] if item[0] == "l"]


def drawn_scores(document: pymupdf.Document, count: int) -> list[int]:
    """Measure the radar: how far each corner of the filled shape is from the middle, in points of a score."""
    paths = [path for page in document for path in page.get_drawings() if len(corners(path)) == count]
    shape = next(path for path in paths if path["color"] == pytest.approx(ACCENT, abs=0.01))
    ring = max((path for path in paths if path is not shape), key=lambda path: path["rect"].width)
    outer = corners(ring)
    middle = tuple(sum(values) / count for values in zip(*outer, strict=True))
    return [
        round(100 * math.dist(middle, corner) / math.dist(middle, edge))
        for corner, edge in zip(corners(shape), outer, strict=True)
    ]


@pytest.mark.parametrize("scores", [(78.0, 69.5, 61.0), (12.0, 100.0, 55.0, 48.4, 90.0, 71.0, 33.0, 66.0)])
def test_a_radar_is_drawn_at_the_reports_scores(scores: tuple[float, ...]) -> None:
    with open_pdf(with_scores(*scores)) as document:
        assert drawn_scores(document, len(scores)) == [round(score) for score in scores]


def test_the_radar_has_only_what_was_assessed_and_names_the_rest() -> None:
    export = with_scores(78.0, None, 61.0, 55.0)
    with open_pdf(export) as document:
        assert drawn_scores(document, 3) == [78, 61, 55]
        assert "평가하지않은역량:문제해결" in packed(document)


@pytest.mark.parametrize(
    ("scores", "kind"),
    [((70.0, 60.0, 50.0), "radar"), ((70.0, 60.0, None), "bars"), ((70.0,), "bars"), ((None, None), None)],
)
def test_fewer_than_three_assessed_competencies_are_no_radar(
    scores: tuple[float | None, ...], kind: str | None
) -> None:
    chart = print_report(with_scores(*scores))["chart"]
    assert chart["kind"] == kind
    assert [row["figure"] for row in chart["rows"]] == [None if s is None else str(round(s)) for s in scores]
    assert len(chart["axes"]) == sum(score is not None for score in scores)


def test_without_an_assessed_competency_it_is_said_and_nothing_is_drawn() -> None:
    with open_pdf(with_scores(None, None, None)) as document:
        assert "평가한역량이없어서그림을그리지않았어요" in packed(document)
        assert alternatives(document) == []


def alternatives(document: pymupdf.Document) -> list[str]:
    """Return what a screen reader says instead of pictures."""
    keys = (document.xref_get_key(xref, "Alt") for xref in range(1, document.xref_length()))
    return [pymupdf.get_pdf_str(value) if value.startswith("<") else value for kind, value in keys if kind == "string"]


def test_a_chart_says_its_numbers_to_those_who_do_not_see_it() -> None:
    with open_pdf(with_scores(78.0, 69.5, 61.0)) as document:
        (said,) = alternatives(document)
    for words in ("기술 깊이 78 ± 4", "문제 해결 70 ± 4", "실행 61 ± 4"):
        assert words in said


def test_an_unknown_margin_is_said_and_not_drawn_as_none() -> None:
    rows = print_report(with_scores(70.0, 60.0, 50.0, uncertainty=None))["chart"]["rows"]
    assert {row["margin"] for row in rows} == {"± 알 수 없음"}


def test_a_name_too_long_for_the_chart_is_whole_in_the_table() -> None:
    name = "그림의 이름표에는 다 들어가지 않는 아주 긴 이름을 가진 역량"
    export = with_scores(70.0, 60.0, 50.0)
    export["report"]["competencies"][0]["title"] = name
    chart = print_report(export)["chart"]
    assert chart["axes"][0]["title"] == "그림의 이름표에는 다 들어가지 않…"
    assert chart["rows"][0]["title"] == name


def test_the_timeline_says_when_how_long_and_how_much() -> None:
    timeline = print_report(make_export())["timeline"]
    assert [(row["asked"], row["wait"], row["took"], row["length"]) for row in timeline["rows"]] == [
        ("0:00", "첫 질문", "1분 7초", "49자"),
        ("1:40", "1.4초", "1분 14초", "88자"),
        ("3:20", "1.4초", "1분 21초", "26자"),
        ("5:00", "1.4초", "1분 28초", "33자"),
        ("6:40", "1.4초", "1분 35초", "건너뜀"),
    ]
    assert timeline["end"] == "8:15"
    with open_pdf(make_export()) as document:
        text = packed(document)
    assert "질문5개,첫질문부터마지막답변까지8분15초." in text
    assert "1분21초" in text


def test_the_timeline_is_drawn_to_scale() -> None:
    lanes = [row["lane"] for row in print_report(make_export())["timeline"]["rows"]]
    assert lanes[0] == {"waited_from": 0, "from": 0, "to": pytest.approx(100 * 67 / 495, abs=0.01)}
    assert lanes[1]["from"] - lanes[1]["waited_from"] == pytest.approx(100 * 1.4 / 495, abs=0.02)
    assert lanes[-1]["to"] == 100


def test_a_question_that_nobody_answered_has_its_row_and_an_english_answer_is_counted_in_words() -> None:
    turns = [turn(1), turn(2)]
    turns[0]["answer"]["text"] = "I built two order services."
    turns[1]["answer"] = None
    export = make_export(turns=turns, answers=[])
    export["interview"]["language"] = "en"
    rows = print_report(export)["timeline"]["rows"]
    assert [(row["took"], row["length"]) for row in rows] == [("1 min 7 s", "5 words"), ("–", "no answer")]


def test_the_coaching_stands_on_its_own_page_and_says_that_it_is_no_score() -> None:
    with open_pdf(make_export()) as document:
        *others, last = ["".join(page.get_text().split()) for page in document]
    assert last.startswith("말하기습관점수에들어가지않아요")
    assert not any("말하기습관" in page for page in others)
    for words in ("1분에318음절", "1분에301음절", "2초가넘는쉼3번,가장길게는3.4초", "5번,100단어에4.1번", "4.2반음폭",
                  "점검때보다변화가적어요", "9.5dB폭", "83%", "조금어두워요"):  # fmt: skip
        assert words in last
    assert "데이터없음·말소리가없었어요" in last


def test_no_figure_of_the_coaching_is_among_the_scores() -> None:
    export, quiet = make_export(), make_export()
    quiet["delivery"] = delivery(overall=None, answers=[], picture=None, no_picture="no_frames")
    with_voice, without = print_report(export), print_report(quiet)
    with_voice.pop("delivery")
    without.pop("delivery")
    assert with_voice == without


@pytest.mark.parametrize("language", ["ko", "en"])
def test_expressions_are_never_on_paper(language: str) -> None:
    export = make_export(turns=[turn(1)], answers=[])
    export["interview"]["language"] = language
    export["delivery"]["picture"]["emotion"] = [
        {"epoch": 1, "start_ms": 0, "end_ms": 10_000, "shares": {"happy": 0.73, "neutral": 0.27}}
    ]
    with open_pdf(export) as document:
        text = packed(document)
    assert not [name for name in (*EXPRESSIONS, "73%", "0.73") if name in text]
    assert ("표정분석은동의했더라도이문서에넣지않아요" if language == "ko" else "isneverinthisdocument") in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"overall": None, "answers": []}, "말로 답한 적이 없어서"),
        ({"baseline": None}, "장치를 점검할 때의 목소리가 없어서"),
        ({"picture": None, "no_picture": "not_allowed"}, "동의하지 않았거나"),
        ({"picture": None, "no_picture": "no_frames"}, "카메라 화면이 도착하지 않았어요"),
    ],
)
def test_what_is_not_known_of_the_delivery_says_why(changes: dict[str, Any], said: str) -> None:
    absent = print_report({**make_export(), "delivery": delivery(**changes)})["delivery"]["absent"]
    assert any(said in reason for reason in absent)


def test_each_figure_that_is_missing_says_no_data_and_why() -> None:
    whisper = spoken(measure(318.0, 301.0, "similar")) | {
        "pitch_range": measure(None, None, "no_voice"),
        "pauses": None,
    }
    rows = print_report({**make_export(), "delivery": delivery(overall=whisper)})["delivery"]["rows"]
    found = {row["name"]: (row["value"], row["remark"]) for row in rows}
    assert found["목소리 높낮이"] == ("데이터 없음", "목소리의 높이를 알 수 없었어요")
    assert found["쉼"][0] == "데이터 없음"


def test_an_export_from_before_there_was_coaching_can_still_be_set() -> None:
    export = make_export()
    del export["delivery"]
    with open_pdf(export) as document:
        assert "말하기습관" not in packed(document)


def last_lines(document: pymupdf.Document) -> Iterator[dict[str, Any]]:
    """Yield the last words above the footer of every page but the last."""
    for page in list(document)[:-1]:
        blocks = page.get_text("dict")["blocks"]
        spans = [span for block in blocks for line in block.get("lines", []) for span in line["spans"]]
        above = [span for span in spans if span["text"].strip() and span["bbox"][3] < page.rect.height - 50]
        yield max(above, key=lambda span: span["bbox"][3])


def leads_on(span: dict[str, Any]) -> bool:
    """Tell whether words promise something that should follow: a heading, or a question's stage."""
    # pymupdf shortens the name of a font.
    is_heading = "Semi" in span["font"] and (span["size"] > 10 or span["color"] == 0x1D6F7C)
    return is_heading or span["text"] in ("자기소개", "기술", "기술 · 꼬리 질문", "협업", "마무리")


@pytest.mark.parametrize("lines", range(0, 36, 5))
def test_no_heading_ends_a_page_wherever_the_pages_break(lines: int) -> None:
    export = make_export(
        turns=[turn(position) for position in (1, 2, 3, 4, 5)] * 3,
        strengths=["결과를 수치로 말했어요."] * (1 + lines),
        # The one that was not assessed is a whole line, with nothing to follow.
        competencies=competencies()[:3],
    )
    for number, one in enumerate(export["report"]["turns"], start=1):
        one["question"] = {**one["question"], "position": number, "id": question_id(number)}
    with open_pdf(export) as document:
        assert document.page_count > 5
        assert [span["text"] for span in last_lines(document) if leads_on(span)] == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_document_has_its_language_title_and_fonts_with_it(language: str) -> None:
    export = make_export()
    export["interview"]["language"] = language
    with open_pdf(export) as document:
        catalog = document.pdf_catalog()
        assert document.xref_get_key(catalog, "Lang") == ("string", language)
        assert document.xref_get_key(catalog, "MarkInfo/Marked") == ("bool", "true")
        assert document.metadata["title"].endswith("백엔드 개발자 · 한빛커머스")
        fonts = {font[0]: font for page in document for font in page.get_fonts()}
        assert fonts
        for xref, font in fonts.items():
            assert font[1] != "n/a"
            assert len(document.extract_font(xref)[3]) > 0, f"{font[3]} is not in the file"
