"""The résumés of the corpus in other kinds of files: Word, JSON, scanned, photographed."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pymupdf
from PIL import Image

from tests.samples.make_docx import bullet, make_docx, paragraph, run, table, table_cell
from tests.samples.resume_corpus import Sample, draw_pdf
from tests.samples.scans import photographed, to_bytes, to_pdf

RIGHT_TAB = "<w:tabs><w:tab w:val='right' w:pos='9000'/></w:tabs>"


def to_docx(sample: Sample) -> bytes:
    """Return the résumé as Word keeps it: headings, bullets, tables, tab stops, columns as a table without lines."""
    first, divider, second = sample.body.partition("\n===\n")
    if not divider:
        return make_docx(*_blocks(first, has_name=True))
    cells = (table_cell("".join(_blocks(first, has_name=False))), table_cell("".join(_blocks(second, has_name=True))))
    return make_docx(f"<w:tbl><w:tblPr/><w:tr>{''.join(cells)}</w:tr></w:tbl>")


def _blocks(text: str, *, has_name: bool) -> Iterator[str]:
    rows: list[list[str]] = []
    for number, line in enumerate([*text.splitlines(), ""]):
        if " || " in line:
            rows.append(line.split(" || "))
            continue
        if rows:
            yield table(*rows)
            rows = []
        if line.strip():
            yield _block(line, is_name=number == 0 and has_name)


def _block(line: str, *, is_name: bool) -> str:
    if line.startswith("# "):
        return paragraph(line[2:], properties="<w:pStyle w:val='Heading1'/>")
    if re.match(r"[-•] ", line):
        return bullet(line[2:])
    if " >> " in line:
        start, _, end = line.partition(" >> ")
        return paragraph(run(start, "<w:b/>"), "<w:r><w:tab/></w:r>", run(end), properties=RIGHT_TAB)
    return paragraph(run(line, "<w:sz w:val='40'/>") if is_name else line)


def to_json(sample: Sample) -> bytes:
    """Return the résumé as the API takes it as JSON."""
    gold = sample.gold
    content = {
        "name": gold.get("name"),
        "contact": {key: gold.get(key) for key in ("email", "phone")} | {"links": gold.get("links", [])},
        "target_role": gold.get("target_role"),
        "summary": gold.get("summary"),
        "employments": [_job(job) for job in gold.get("jobs", [])],
        "education": [
            _present({**school, "field": school.get("major"), "major": None}) for school in gold.get("schools", [])
        ],
        "projects": [
            _present({**project, "technologies": project.get("stack", []), "stack": None})
            for project in gold.get("projects", [])
        ],
        "skills": {"other": gold.get("skills", [])},
        "certifications": gold.get("certifications", []),
        "activities": gold.get("activities", []),
    }
    return json.dumps(_present(content), ensure_ascii=False).encode()


def _job(job: dict[str, Any]) -> dict[str, Any]:
    is_current = job.get("end") == "now"
    return _present(
        {**job, "role": job.get("title"), "title": None, "end": None if is_current else job.get("end")}
        | {"is_current": is_current}
    )


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def to_scan(sample: Sample, dpi: int) -> bytes:
    """Return the résumé as an office scanner makes it: a fifth of a degree askew, a little noise, pages as JPEG."""
    pages = [_noisy(_turned(page, 0.2), dpi) for page in _pages(sample, dpi)]
    return to_pdf(pages, dpi=dpi)


def to_photo(sample: Sample) -> bytes:
    """Return the résumé as a telephone takes it: over a degree askew, in uneven light, a little out of focus."""
    pages = [photographed(_turned(page, -1.3)) for page in _pages(sample, 220)]
    return to_bytes(pages[0], "JPEG", quality=85) if len(pages) == 1 else to_pdf(pages, dpi=220)


def _pages(sample: Sample, dpi: int) -> list[Image.Image]:
    with pymupdf.open(stream=draw_pdf(sample), filetype="pdf") as drawn:
        pictures = [page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY) for page in drawn]
    return [Image.frombytes("L", (picture.width, picture.height), picture.samples) for picture in pictures]


def _turned(page: Image.Image, degrees: float) -> Image.Image:
    return page.rotate(degrees, fillcolor=255, resample=Image.Resampling.BICUBIC)


def _noisy(page: Image.Image, seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).normal(0, 7, (page.height, page.width))
    return Image.fromarray(np.clip(np.asarray(page).astype(np.float64) * 0.94 + 8 + noise, 0, 255).astype(np.uint8))


KINDS: dict[str, Callable[[Sample], bytes]] = {
    "PDF": draw_pdf,
    "DOCX": to_docx,
    "JSON": to_json,
    "scan, 150 dpi": lambda sample: to_scan(sample, 150),
    "scan, 300 dpi": lambda sample: to_scan(sample, 300),
    "photograph": to_photo,
}
RECOGNIZED = tuple(kind for kind in KINDS if kind.startswith(("scan", "photo")))
_SAMPLES_A_SCAN = 2


def samples_of(kind: str, samples: Sequence[Sample]) -> list[Sample]:
    """Return the résumés that are measured as files of a kind, as such files.

    Reading a scan takes seconds, so of those every language and shape has its turn, in each kind others.
    """
    resumes = [sample for sample in samples if sample.is_resume]
    if kind in RECOGNIZED:
        every = len(RECOGNIZED) * _SAMPLES_A_SCAN
        resumes = resumes[RECOGNIZED.index(kind) * _SAMPLES_A_SCAN :: every]
    return [replace(sample, make=KINDS[kind], gold=_gold(sample, kind)) for sample in resumes]


def _gold(sample: Sample, kind: str) -> dict[str, Any]:
    """Return what is expected of a kind of file: JSON has no questions of a cover letter."""
    return {key: value for key, value in sample.gold.items() if kind != "JSON" or key != "cover_letter"}
