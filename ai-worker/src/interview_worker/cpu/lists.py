"""Certificates, activities and other things that a résumé lists line by line."""

from interview_worker.cpu.passages import Passage
from interview_worker.cpu.sections import Section
from interview_worker.cpu.tables import read_table
from interview_worker.cpu.wording import list_items


def find_items(section: Section) -> list[str]:
    """Return the entries of a section's list, without bullets and dates; of a table, what each row is called."""
    rows, rest = read_table(section.lines)
    if not rows:
        return list_items(section.passages)
    named = [row.cells["name"] for row in rows if row.cells.get("name")]
    return [*named, *list_items([Passage((line,), line.text) for line in rest])]
