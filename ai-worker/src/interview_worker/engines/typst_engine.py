"""Typst, which sets a template and data as a PDF, inside this process and without touching the network."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from interview_core.errors import EngineFailed, EngineUnavailable

if TYPE_CHECKING:
    import typst

_FOLDER = Path(str(resources.files("interview_worker.typesetting")))
_TEMPLATE = _FOLDER / "report.typ"
_FONTS = _FOLDER / "fonts"
# A PDF that a screen reader can follow: tagged, titled, and every letter has its meaning.
_STANDARD: Literal["ua-1"] = "ua-1"


@dataclass(frozen=True)
class Pdf:
    content: bytes
    pages: int


class Typesetter(Protocol):
    def typeset(self, document: Mapping[str, Any], *, made_at: datetime) -> Pdf:
        """Return a document as a PDF.

        Raises:
            EngineUnavailable: the library or the fonts are missing.
            EngineFailed: the document could not be set.
        """
        ...


class TypstTypesetter:
    """Candidates' texts reach the template as data (`sys.inputs`), never as a part of its markup."""

    def typeset(self, document: Mapping[str, Any], *, made_at: datetime) -> Pdf:
        import typst

        compiler = _compiler()
        try:
            content = compiler.compile(
                format="pdf",
                sys_inputs={"report": json.dumps(document, ensure_ascii=False)},
                pdf_standards=[_STANDARD],
                timestamp=made_at.replace(microsecond=0),
            )
            pages = compiler.query("<end>", field="value", one=True)
        except typst.TypstError as error:
            # The diagnostic may quote a candidate's words.
            raise EngineFailed("The PDF could not be set; the template and the report do not fit.") from error
        if not isinstance(content, bytes):
            raise EngineFailed("The PDF could not be set: typst gave no document.")
        return Pdf(content, int(json.loads(pages)))


@functools.cache
def _compiler() -> "typst.Compiler":
    try:
        import typst
    except ImportError as error:
        raise EngineUnavailable("typst is not installed, so no report becomes a PDF.") from error
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS])
    if not fonts.families():
        raise EngineUnavailable(f"no fonts in {_FONTS}")
    # The root is the template's folder, and no package can be fetched into a folder that is not there.
    nowhere = _FOLDER / "no-packages"
    return typst.Compiler(_TEMPLATE, root=_FOLDER, font_paths=fonts, package_path=nowhere, package_cache_path=nowhere)
