"""What a candidate changed in a transcript before it is judged."""

from difflib import SequenceMatcher
from typing import Any


def edits_between(transcript: str, corrected: str) -> list[dict[str, Any]]:
    """Return the changes word by word: `op` (replace, delete, insert), `at` in the transcript's words, `old`, `new`."""
    old, new = transcript.split(), corrected.split()
    # Without `autojunk`: it takes words that come often in a long answer for noise.
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        {"op": op, "at": old_from, "old": " ".join(old[old_from:old_to]), "new": " ".join(new[new_from:new_to])}
        for op, old_from, old_to, new_from, new_to in matcher.get_opcodes()
        if op != "equal"
    ]
