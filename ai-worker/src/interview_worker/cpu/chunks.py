"""A résumé cut into pieces for search by meaning: by section, at line ends, without personal data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from interview_worker.cpu.claims import Claim
from interview_worker.cpu.documents import Line
from interview_worker.cpu.sections import Section
from interview_worker.masking import mask

MAX_CHUNK = 480
"""Characters; a small embedding model reads about as many before it stops."""


@dataclass(frozen=True)
class Chunk:
    """A masked piece of one section."""

    position: int
    section: str
    page: int
    """Where it begins, 1-based."""
    text: str
    claims: tuple[int, ...] = ()
    """Places, in the given list, of the claims that begin in it."""


def make_chunks(sections: Sequence[Section], claims: Sequence[Claim] = ()) -> list[Chunk]:
    """Return the pieces in the order of the document."""
    begun: dict[int, list[int]] = {}
    for place, claim in enumerate(claims):
        begun.setdefault(id(claim.line), []).append(place)
    pieces = (
        Chunk(
            0,
            section.key,
            lines[0].page,
            mask("\n".join(line.text for line in lines)),
            tuple(place for line in lines for place in begun.get(id(line), ())),
        )
        for section in sections
        for lines in _groups(section.lines)
    )
    return [replace(piece, position=position) for position, piece in enumerate(_short(pieces))]


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if group and sum(len(other.text) + 1 for other in group) + len(line.text) > MAX_CHUNK:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _short(pieces: Iterator[Chunk]) -> Iterator[Chunk]:
    """Cut a line that alone is longer than a chunk, at a space where there is one."""
    for piece in pieces:
        rest = piece.text
        while len(rest) > MAX_CHUNK:
            end = rest.rfind(" ", MAX_CHUNK // 2, MAX_CHUNK)
            end = end if end > 0 else MAX_CHUNK
            yield replace(piece, text=rest[:end])
            rest = rest[end:].lstrip()
        if rest.strip():
            yield replace(piece, text=rest)
