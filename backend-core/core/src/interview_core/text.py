"""Text that PostgreSQL, JSON and people can all hold."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator


def check_text(value: str) -> str:
    """Return the text in NFC.

    Raises:
        ValueError: it holds a NUL or half of a surrogate pair, which PostgreSQL cannot store.
    """
    if "\x00" in value:
        raise ValueError("the text holds a NUL character; remove it")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("the text holds half of a surrogate pair; it is not valid Unicode") from error
    return unicodedata.normalize("NFC", value)


Text = Annotated[str, AfterValidator(check_text)]
"""Any text that comes from outside and is stored."""
