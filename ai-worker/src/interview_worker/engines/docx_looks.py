"""How a run of a DOCX file looks, from the defaults over its styles to what is said at the run itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from interview_worker.cpu.documents import Hidden
from interview_worker.engines.docx_package import attribute, child, local

UNKNOWN = "unknown"
"""A ground that is not a plain colour; what stands on it passes for visible."""

_MIN_READABLE_SIZE = 2.5
_MIN_WIDTH_PERCENT = 10
_TRANSPARENT = 95_000
_CONTRAST = 24
_OFF = ("0", "false", "off", "none")
_MAX_STYLES = 20


@dataclass(frozen=True)
class Look:
    """How a run looks; colours as in "1A2B3C", None: the usual one."""

    size: float = 10.0
    is_bold: bool = False
    is_hidden: bool = False
    color: str | None = None
    ground: str | None = None
    width_percent: int = 100

    def with_properties(self, properties: Element | None) -> "Look":
        """Return the look with what an `rPr` element changes of it."""
        look = self
        for element in properties if properties is not None else ():
            look = look._with(element)
        return look

    def _with(self, element: Element) -> "Look":
        value = attribute(element, "val") or ""
        match local(element.tag):
            case "sz":
                return replace(self, size=_number(value, self.size * 2) / 2)
            case "b":
                return replace(self, is_bold=value not in _OFF)
            case "vanish" | "specVanish":
                return replace(self, is_hidden=value not in _OFF)
            case "color":
                return replace(self, color=value)
            case "w":
                return replace(self, width_percent=int(_number(value, 100)))
            case "textFill":
                return replace(self, is_hidden=self.is_hidden or _is_transparent(element))
            case "shd" | "highlight":
                return replace(self, ground=ground_of(element) or self.ground)
        return self

    @property
    def hidden(self) -> Hidden | None:
        """Why a human reader cannot see what looks so."""
        if self.is_hidden:
            return Hidden.INVISIBLE
        if self.size < _MIN_READABLE_SIZE or self.width_percent < _MIN_WIDTH_PERCENT:
            return Hidden.TINY
        color, ground = _rgb(self.color, "000000"), _rgb(self.ground, "FFFFFF")
        is_same = color and ground and all(abs(a - b) < _CONTRAST for a, b in zip(color, ground, strict=True))
        return Hidden.SAME_COLOR if is_same else None


class Styles:
    """The styles of a document by their id."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {
            attribute(style, "styleId") or "": style
            for style in (root if root is not None else ())
            if local(style.tag) == "style"
        }
        self._default_paragraph = next(
            (key for key, style in self._styles.items() if _is_default(style, "paragraph")), None
        )
        defaults = child(child(child(root, "docDefaults"), "rPrDefault"), "rPr")
        self._plain = Look().with_properties(defaults)

    def of_paragraph(self, properties: Element | None, ground: str | None) -> Look:
        """Return the look of a paragraph's runs."""
        look = replace(self._plain, ground=ground or self._plain.ground)
        for style in self._chain(self._style_of(properties)):
            look = look.with_properties(child(style, "rPr"))
            look = replace(look, ground=ground_of(child(child(style, "pPr"), "shd")) or look.ground)
        return replace(look, ground=ground_of(child(properties, "shd")) or look.ground)

    def of_run(self, run: Element, paragraph: Look) -> Look:
        properties = child(run, "rPr")
        style = child(properties, "rStyle")
        look = paragraph
        for ancestor in self._chain(attribute(style, "val") if style is not None else None):
            look = look.with_properties(child(ancestor, "rPr"))
        return look.with_properties(properties)

    def list_of(self, properties: Element | None) -> Element | None:
        """Return the `numPr` of a paragraph: its own, or that of its styles."""
        own = child(properties, "numPr")
        inherited = [child(child(style, "pPr"), "numPr") for style in self._chain(self._style_of(properties))]
        return own if own is not None else next((found for found in reversed(inherited) if found is not None), None)

    def has_shading(self, style_id: str | None) -> bool:
        """Tell whether a table style paints grounds, which depend on the place of a cell."""
        return any(local(part.tag) == "shd" for style in self._chain(style_id) for part in style.iter())

    def _style_of(self, properties: Element | None) -> str | None:
        style = child(properties, "pStyle")
        return attribute(style, "val") if style is not None else self._default_paragraph

    def _chain(self, style_id: str | None) -> Sequence[Element]:
        """Return a style with those that it is based on, the most general one first."""
        chain: list[Element] = []
        while style_id in self._styles and len(chain) < _MAX_STYLES:
            style = self._styles[style_id]
            chain.append(style)
            base = child(style, "basedOn")
            style_id = attribute(base, "val") if base is not None else None
        return chain[::-1]


class Bullets:
    """Which lists of a document have bullets."""

    def __init__(self, root: Element | None) -> None:
        self._with_bullets = set(_bullet_lists(root)) if root is not None else set()

    def has(self, number: Element | None) -> bool:
        identity = child(number, "numId")
        return identity is not None and attribute(identity, "val") in self._with_bullets


def ground_of(element: Element | None) -> str | None:
    """Return the colour that a `shd` or `highlight` element paints; None: none."""
    if element is None:
        return None
    if local(element.tag) == "highlight":
        return None if attribute(element, "val") in _OFF else UNKNOWN
    if attribute(element, "val") not in ("clear", "nil", None):
        return UNKNOWN
    fill = attribute(element, "fill")
    return None if fill in (None, "auto") else fill


def _is_default(style: Element, kind: str) -> bool:
    return attribute(style, "type") == kind and (attribute(style, "default") or "0") not in _OFF


def _bullet_lists(root: Element) -> Iterator[str | None]:
    abstract = {
        attribute(entry, "abstractNumId")
        for entry in root
        if local(entry.tag) == "abstractNum" and _number_format(entry) == "bullet"
    }
    for entry in root:
        target = child(entry, "abstractNumId")
        if local(entry.tag) == "num" and target is not None and attribute(target, "val") in abstract:
            yield attribute(entry, "numId")


def _number_format(entry: Element) -> str | None:
    form = child(child(entry, "lvl"), "numFmt")
    return attribute(form, "val") if form is not None else None


def _is_transparent(fill: Element) -> bool:
    for part in fill.iter():
        if local(part.tag) == "noFill":
            return True
        if local(part.tag) == "alpha" and _number(attribute(part, "val") or "", 0) >= _TRANSPARENT:
            return True
    return False


def _number(value: str, otherwise: float) -> float:
    try:
        return float(value)
    except ValueError:
        return otherwise


def _rgb(color: str | None, usual: str) -> tuple[int, ...] | None:
    value = usual if color in (None, "", "auto") else color or usual
    try:
        return tuple(bytes.fromhex(value)) if len(value) == len(usual) else None
    except ValueError:
        return None
