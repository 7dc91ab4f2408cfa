"""Make the fonts that reports are set in from Pretendard: fewer glyphs, and, as its licence asks, another name.

    .venv/bin/python ai-worker/tools/make_report_fonts.py

It reads frontend/node_modules/pretendard and writes ai-worker/src/interview_worker/typesetting/fonts.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parents[2]
ORIGINAL = ROOT / "frontend" / "node_modules" / "pretendard" / "dist"
FONTS = ROOT / "ai-worker" / "src" / "interview_worker" / "typesetting" / "fonts"

FAMILY = "Interview Report Sans"
STYLES = ("Regular", "SemiBold")
KEPT = (
    (0x20, 0x36F),  # Latin, accents
    (0x370, 0x52F),  # Greek, Cyrillic
    (0x1100, 0x11FF),  # Hangul letters
    (0x1E00, 0x1EFF),  # Vietnamese
    (0x2000, 0x27BF),  # punctuation, currencies, arrows, mathematics, boxes, enclosed figures
    (0x3000, 0x30FF),  # CJK punctuation, Kana
    (0x3130, 0x33FF),  # Hangul letters, units
    (0xAC00, 0xD7FB),  # Hangul, every syllable
    (0xFE00, 0xFFEF),  # full width
)
FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk", "tnum"]
# Pretendard is a reserved font name (OFL 1.1): what was changed must not carry it.
NAMES = {1: FAMILY, 16: FAMILY}


def main() -> None:
    FONTS.mkdir(parents=True, exist_ok=True)
    for style in STYLES:
        make_font(ORIGINAL / "public" / "static" / f"Pretendard-{style}.otf", style)
    shutil.copy(ORIGINAL / "LICENSE.txt", FONTS / "OFL.txt")
    (FONTS / "coverage.json").write_text(json.dumps(list(shared_ranges())) + "\n")


def shared_ranges() -> Iterator[tuple[int, int]]:
    """Yield the ranges of characters that all of the fonts have."""
    maps = [TTFont(FONTS / f"InterviewReportSans-{style}.otf").getBestCmap() for style in STYLES]
    codes = sorted(set.intersection(*map(set, maps)))
    begins = [code for before, code in zip([-2, *codes], codes, strict=False) if code - before > 1]
    ends = [code for code, after in zip(codes, [*codes[1:], codes[-1] + 2], strict=True) if after - code > 1]
    yield from zip(begins, ends, strict=True)


def make_font(original: Path, style: str) -> None:
    options = subset.Options(layout_features=FEATURES, hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17])
    font = subset.load_font(str(original), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in KEPT for code in range(first, last + 1)])
    subsetter.subset(font)
    rename(font, style)
    subset.save_font(font, str(FONTS / f"InterviewReportSans-{style}.otf"), options)


def rename(font: TTFont, style: str) -> None:
    version = font["name"].getDebugName(5)
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    names = NAMES | {3: f"{version};{postscript}", 4: f"{FAMILY} {style}", 6: postscript}
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    top = font["CFF "].cff
    top.fontNames[0] = postscript
    top[0].FullName = names[4]
    top[0].FamilyName = FAMILY


if __name__ == "__main__":
    main()
