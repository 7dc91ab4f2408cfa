"""Pages of the shapes that résumés have, each with the lines that a human reads on it, in that order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pymupdf

SIDEBAR = (
    "연락처", "010-4821-7753", "seoyeon@example.com", "기술 스택", "Java, Kotlin", "Spring Boot", "PostgreSQL", "Redis",
    "자격증", "정보처리기사 2017", "SQLD 2019",
)  # fmt: skip
MAIN = (
    "경력사항", "한빛커머스 백엔드 개발자 2021.03 ~ 현재", "- 주문과 결제 API를 설계하고 운영했습니다",
    "- 정산 지연을 6시간에서 20분으로 단축했습니다", "누리소프트 서버 개발자 2018.07 ~ 2021.02",
    "- 예약 시스템의 서버를 개발했습니다", "- 배포를 자동화해 하루 3회로 늘렸습니다", "프로젝트",
    "주문 조회 캐시 개선", "- 응답 시간을 83% 단축했습니다", "- 읽기 부하를 62% 줄였습니다",
)  # fmt: skip
PROSE = tuple(
    f"{number} the order service was split into smaller parts without losing a single event" for number in range(1, 13)
)
OTHER_PROSE = tuple(
    f"{number} a second column tells of meetups, talks and papers in the same small type" for number in range(1, 13)
)
CAREER = (
    ("2021.03 ~ 현재", "한빛커머스", "백엔드 개발자"),
    ("2018.07 ~ 2021.02", "누리소프트", "서버 개발자"),
    ("2016.01 ~ 2018.06", "가람시스템", "개발 인턴"),
    ("2014.03 ~ 2015.12", "새결정보", "웹 개발자"),
)


@dataclass(frozen=True)
class Layout:
    name: str
    pdf: bytes
    lines: tuple[str, ...]


class _Sheet:
    def __init__(self) -> None:
        self.document = pymupdf.open()
        self.page = self.document.new_page()

    def write(self, x: float, y: float, text: str, size: float = 10) -> float:
        """Write a text and return where it ends."""
        font = "helv" if text.isascii() else "korea"
        self.page.insert_text((x, y), text, fontname=font, fontsize=size)
        return x + pymupdf.get_text_length(text, font, size) if text.isascii() else x + len(text) * size

    def column(self, x: float, y: float, lines: Sequence[str], *, step: float = 16, size: float = 10) -> None:
        for number, line in enumerate(lines):
            self.write(x, y + number * step, line, size)

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        for y in ys:
            self.page.draw_line((xs[0], y), (xs[-1], y))
        for x in xs:
            self.page.draw_line((x, ys[0]), (x, ys[-1]))


def _columns(*, step: float, offset: float) -> Layout:
    sheet = _Sheet()
    sheet.write(50, 60, "김서연", 22)
    sheet.write(50, 80, "결제와 주문 도메인에서 칠 년간 서버를 만들어 온 백엔드 개발자입니다 반갑습니다")
    sheet.column(50, 120, SIDEBAR, step=step)
    sheet.column(230, 120 + offset, MAIN, step=16)
    first = ("김서연", "결제와 주문 도메인에서 칠 년간 서버를 만들어 온 백엔드 개발자입니다 반갑습니다")
    return Layout(f"columns {step} {offset}", sheet.document.tobytes(), (*first, *SIDEBAR, *MAIN))


def _columns_written_across() -> Layout:
    """Two columns whose file has the lines of both in turn, as some programs write them."""
    sheet = _Sheet()
    for number, (left, right) in enumerate(zip(SIDEBAR, MAIN, strict=True)):
        sheet.write(50, 100 + number * 19, left)
        sheet.write(230, 100 + number * 16, right)
    return Layout("columns written across", sheet.document.tobytes(), (*SIDEBAR, *MAIN))


def _prose_columns() -> Layout:
    sheet = _Sheet()
    sheet.column(40, 100, PROSE, step=12, size=7)
    sheet.column(310, 100, OTHER_PROSE, step=12, size=7)
    return Layout("prose in two columns", sheet.document.tobytes(), (*PROSE, *OTHER_PROSE))


def _level_columns() -> Layout:
    """A narrow column of short lines, each level with a sentence of the other one, and no heading in either."""
    short = tuple(f"skill number {number}" for number in range(20))
    sentences = tuple(f"{number} the order service was split without losing a single event" for number in range(20))
    sheet = _Sheet()
    sheet.column(50, 80, short)
    sheet.column(220, 80, sentences)
    return Layout("level columns", sheet.document.tobytes(), (*short, *sentences))


def _ruled_table() -> Layout:
    sheet = _Sheet()
    ys = [100 + 24 * number for number in range(len(CAREER) + 2)]
    sheet.grid([50, 180, 330, 540], ys)
    for y, cells in zip(ys, (("기간", "회사", "직무"), *CAREER), strict=False):
        for x, text in zip((55, 185, 335), cells, strict=True):
            sheet.write(x, y + 16, text)
    lines = tuple("  ".join(cells) for cells in (("기간", "회사", "직무"), *CAREER))
    return Layout("ruled table", sheet.document.tobytes(), lines)


def _ruled_table_with_long_cells() -> Layout:
    """The tasks of each job take three lines; period and company stand half-way up their cells."""
    sheet = _Sheet()
    ys = [100, 160, 220]
    sheet.grid([50, 180, 290, 540], ys)
    lines: list[str] = []
    tasks = (
        ("- 주문 API를 설계", "- 정산을 분리", "- 캐시를 도입"),
        ("- 예약 서버를 개발", "- 배치를 개선", "- 배포를 자동화"),
    )
    for y, (period, company, _), items in zip(ys, CAREER, tasks, strict=False):
        sheet.write(55, y + 34, period)
        sheet.write(185, y + 34, company)
        sheet.column(295, y + 18, items)
        lines += [f"{period}  {company}  {items[0]}", *items[1:]]
    return Layout("ruled table with long cells", sheet.document.tobytes(), tuple(lines))


def _form() -> Layout:
    """A form: headings of sections go down the side, each beside the rows that it is for."""
    sheet = _Sheet()
    for y in (100, 172, 244):
        sheet.page.draw_line((50, y), (540, y))
    for y in (124, 148, 196, 220):
        sheet.page.draw_line((120, y), (540, y))
    for x in (50, 120, 280, 540):
        sheet.page.draw_line((x, 100), (x, 244))
    rows = {
        "학력": (("2013.03 ~ 2018.02", "한국대학교 학사"), ("2010.03 ~ 2013.02", "한빛고등학교"), ("기타", "교환학생")),
        "경력": (
            ("2021.03 ~ 현재", "한빛커머스"),
            ("2018.07 ~ 2021.02", "누리소프트"),
            ("2016.01 ~ 2018.06", "가람시스템"),
        ),
    }
    lines: list[str] = []
    for top, (heading, entries) in zip((100, 172), rows.items(), strict=True):
        sheet.write(60, top + 40, heading)
        lines.append(heading)
        for number, (period, name) in enumerate(entries):
            sheet.write(125, top + 16 + 24 * number, period)
            sheet.write(285, top + 16 + 24 * number, name)
            lines.append(f"{period}  {name}")
    return Layout("form", sheet.document.tobytes(), tuple(lines))


def _cells_close_together() -> Layout:
    """Text fills its cells up to the rule, so that only the rule divides it."""
    sheet = _Sheet()
    rule = 52.5 + pymupdf.get_text_length("Firstname", fontsize=10)
    sheet.grid([50, rule, 160, 230], [100, 120, 140])
    sheet.page.insert_text((52, 114), "FirstnameLastname", fontsize=10)
    sheet.page.insert_text((52, 134), "Fullname", fontsize=10)
    sheet.page.insert_text((103, 134), "another", fontsize=10)
    return Layout("cells close together", sheet.document.tobytes(), ("Firstname  Lastname", "Fullname  another"))


def _free_table() -> Layout:
    sheet = _Sheet()
    for number, cells in enumerate(CAREER):
        for x, text in zip((50, 200, 330), cells, strict=True):
            sheet.write(x, 100 + 20 * number, text)
    return Layout("table without rules", sheet.document.tobytes(), tuple("  ".join(cells) for cells in CAREER))


def _labels() -> Layout:
    sheet = _Sheet()
    rows = (
        ("Languages", "Java, Kotlin, C++"),
        ("Data", "PostgreSQL, Redis"),
        ("Cloud", "AWS, Docker"),
        ("Tools", "Git, Jira"),
    )
    for number, (label, value) in enumerate(rows):
        sheet.write(50, 100 + 16 * number, label)
        sheet.write(150, 100 + 16 * number, value)
    return Layout("labels", sheet.document.tobytes(), tuple("  ".join(row) for row in rows))


def _dates_at_the_edge() -> Layout:
    sheet = _Sheet()
    lines: list[str] = []
    y = 100
    for period, company, role in CAREER:
        sheet.write(50, y, f"{company} {role}")
        sheet.write(440, y, period)
        lines.append(f"{company} {role}  {period}")
        for item in ("- 짧은 일", "- 다른 일"):
            y += 16
            sheet.write(58, y, item)
            lines.append(item)
        y += 22
    return Layout("dates at the edge", sheet.document.tobytes(), tuple(lines))


def _dates_beside() -> Layout:
    """LaTeX-like: a narrow column of dates, each beside several lines about the job."""
    sheet = _Sheet()
    lines: list[str] = []
    y = 100
    for period, company, role in CAREER:
        sheet.write(50, y, period)
        sheet.write(190, y, f"{company}, {role}")
        lines.append(f"{period}  {company}, {role}")
        for item in ("- 결제 서버를 만들고 운영하면서 장애를 줄였습니다", "- 동료의 코드를 검토했습니다"):
            y += 13
            sheet.write(190, y, item)
            lines.append(item)
        y += 20
    return Layout("dates beside", sheet.document.tobytes(), tuple(lines))


def _turned() -> Layout:
    """A page that the file stores lying on its side."""
    sheet = _Sheet()
    words = ("Daniel Mercer", "Backend Engineer", "orders and payments")
    for number, text in enumerate(words):
        sheet.page.insert_text((300 + 20 * number, 700), text, rotate=90)
    sheet.page.set_rotation(90)
    return Layout("turned", sheet.document.tobytes(), words)


def make_layouts() -> list[Layout]:
    """Return one page of each shape."""
    makers: tuple[Callable[[], Layout], ...] = (
        _columns_written_across, _prose_columns, _level_columns, _ruled_table, _ruled_table_with_long_cells, _form,
        _cells_close_together, _free_table, _labels, _dates_at_the_edge, _dates_beside, _turned,
    )  # fmt: skip
    return [_columns(step=19, offset=0), _columns(step=16, offset=0), _columns(step=16, offset=7)] + [
        make() for make in makers
    ]
