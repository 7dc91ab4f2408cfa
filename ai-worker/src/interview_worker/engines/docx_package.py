"""The zip file and the XML of a DOCX file, opened with bounds: nothing in it may grow, reach out or run."""

import zipfile
import zlib
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from interview_worker.cpu.documents import DocumentRefused, Refusal

_MAX_ENTRIES = 2000
_MAX_PART_BYTES = 12 * 1024 * 1024
_MAX_WHOLE_BYTES = 200 * 1024 * 1024
_MACROS = ("vbaproject.bin", "vbadata.xml")


def local(tag: str) -> str:
    """Return a tag or attribute without its namespace, of which Word has two for the same thing."""
    return tag.rpartition("}")[2]


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute of an element, whatever its namespace."""
    return next((value for key, value in element.attrib.items() if local(key) == name), None)


def child(element: Element | None, name: str) -> Element | None:
    """Return an element's first child of that name."""
    return next((other for other in element if local(other.tag) == name), None) if element is not None else None


class _Tree(TreeBuilder):
    def doctype(self, *_: str | None) -> NoReturn:
        """Refuse every document type: Word writes none, and entities can grow without end or reach for other files."""
        raise DocumentRefused(Refusal.DAMAGED)


class Package:
    """The parts of an Office file.

    Raises:
        DocumentRefused: encrypted, damaged, with macros, too large, or no Word document.
    """

    def __init__(self, content: bytes) -> None:
        try:
            # zipfile raises NotImplementedError itself, for versions and compressions that it does not know.
            self._zip = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            raise DocumentRefused(Refusal.DAMAGED) from None
        entries = self._zip.infolist()
        if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_WHOLE_BYTES:
            raise DocumentRefused(Refusal.TOO_LARGE)
        if any(entry.flag_bits & 1 for entry in entries):
            raise DocumentRefused(Refusal.ENCRYPTED)
        if any(entry.filename.lower().endswith(_MACROS) for entry in entries):
            raise DocumentRefused(Refusal.ACTIVE_CONTENT)
        self.main = self._find_main()

    def _find_main(self) -> str:
        if "[Content_Types].xml" not in self._zip.namelist():
            raise DocumentRefused(Refusal.UNSUPPORTED)
        main = self.related("", "officeDocument")
        root = self.read(main[0]) if main else None
        if root is None:
            raise DocumentRefused(Refusal.DAMAGED)
        if local(root.tag) != "document":
            raise DocumentRefused(Refusal.UNSUPPORTED)
        return main[0]

    def read(self, name: str) -> Element | None:
        """Return a part's root element; None: there is no such part."""
        if name not in self._zip.namelist():
            return None
        parser = XMLParser(target=_Tree())  # noqa: S314  no entities without a document type, and that is refused
        try:
            with self._zip.open(name) as part:
                data = part.read(_MAX_PART_BYTES + 1)
            if len(data) > _MAX_PART_BYTES:
                raise DocumentRefused(Refusal.TOO_LARGE)
            parser.feed(data)
            root: Element = parser.close()
        except (
            ParseError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,  # zipfile, of a compression that it does not know
            LookupError,
        ):
            raise DocumentRefused(Refusal.DAMAGED) from None
        return root

    def related(self, part: str, kind: str) -> list[str]:
        """Return the names of the parts of a kind that a part refers to; what lies outside the file is left out."""
        folder, _, name = part.rpartition("/")
        relations = self.read(join(folder, "_rels", f"{name}.rels"))
        return [
            normpath(join("/", dirname(part), relation.get("Target", ""))).lstrip("/")
            for relation in (relations if relations is not None else ())
            if relation.get("Type", "").endswith(f"/{kind}") and relation.get("TargetMode") != "External"
        ]
