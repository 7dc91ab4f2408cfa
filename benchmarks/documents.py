"""Reading candidates' files: time and memory by kind, order of reading, and how bad files fare."""

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import print_cells
from interview_worker.engines.pdf import read_pdf
from tests.samples.bad_documents import make_bad_documents
from tests.samples.layouts import make_layouts
from tests.samples.long_resume import make_long_resume
from tests.samples.make_docx import FILLER, bullet, make_docx, paragraph, table
from tests.samples.make_resume_pdf import make_resume_pdf
from tests.samples.read_alone import Reading, read_alone
from tests.samples.scans import draw_page, to_bytes, to_pdf

REPEATS = 3
LINES = tuple(f"{number} orders and payments of the shop were moved to a new service" for number in range(40))
KOREAN = tuple(f"{number} 주문과 결제 서버를 설계하고 운영하면서 지연을 줄였습니다" for number in range(40))


def measure_documents() -> None:
    """Print what reading takes, whether the order is right, and how the bad files fared."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        rows = [_row(name, [_read(file, content) for _ in range(REPEATS)]) for name, content in _kinds(Path(folder))]
        print_cells("Reading a document", ["kind", "seconds", "peak MB"], rows)
        print_cells("Reading order", ["pages", "in order"], [_order()])
        print_cells("Bad files", ["files", "as expected", "slowest s", "largest MB"], [_bad(file)])


def _kinds(folder: Path) -> Iterator[tuple[str, bytes]]:
    pdf = folder / "resume.pdf"
    make_resume_pdf("ko", pdf)
    yield "PDF, 3 pages, Korean", pdf.read_bytes()
    yield "PDF, 30 full pages, Korean", make_long_resume(30)
    yield "DOCX", make_docx(*[paragraph(FILLER), bullet(FILLER), table((FILLER, "2021"), (FILLER, "2022"))] * 20)
    yield "text, 100 KB", (FILLER + "\n").encode() * 1000
    yield "scan, 1 page, 150 dpi, English", to_pdf([draw_page(LINES, dpi=150)], dpi=150)
    yield "scan, 1 page, 300 dpi, Korean", to_pdf([draw_page(KOREAN, dpi=300)], dpi=300)
    yield "scan, 5 pages, 200 dpi, Korean", to_pdf([draw_page(KOREAN)] * 5)
    yield "photograph, JPEG, Korean", to_bytes(draw_page(KOREAN, skew_degrees=1, is_photo=True), "JPEG")


def _read(file: Path, content: bytes) -> Reading:
    file.write_bytes(content)
    return read_alone(file)


def _row(name: str, readings: list[Reading]) -> list[str]:
    took_s = statistics.median(reading.took_s for reading in readings)
    verdict = f" ({readings[0].verdict})" if readings[0].verdict else ""
    return [name + verdict, f"{took_s:.2f}", f"{max(reading.peak_mb for reading in readings):.0f}"]


def _order() -> list[str]:
    layouts = make_layouts()
    right = sum([line.text for line in read_pdf(layout.pdf, None).lines] == list(layout.lines) for layout in layouts)
    return [f"{len(layouts)} shapes of columns, tables and forms", str(right)]


def _bad(file: Path) -> list[str]:
    bad = list(make_bad_documents())
    readings = [_read(file, one.make()) for one in bad]
    right = sum(reading.verdict == one.verdict for reading, one in zip(readings, bad, strict=True))
    return [
        str(len(bad)),
        str(right),
        f"{max(reading.took_s for reading in readings):.1f}",
        f"{max(reading.peak_mb for reading in readings):.0f}",
    ]
