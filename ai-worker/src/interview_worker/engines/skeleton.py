"""JSON schema to a skeleton: what is fixed is given to a model, and only the holes are left to it.

That halves the tokens that a model has to choose, and the whole is valid JSON of the schema whatever it writes.
"""

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from interview_worker.engines.gbnf import MAX_ITEMS, MAX_STRING, integer_range, resolve

JsonSchema = Mapping[str, Any]
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t", "r": "\n", "b": "", "f": ""}
_HEX_DIGITS = 4
_FIRST_HALVES, _SECOND_HALVES = range(0xD800, 0xDC00), range(0xDC00, 0xE000)


@dataclass(frozen=True)
class Fixed:
    """JSON that is the same whatever the model thinks."""

    text: str


@dataclass(frozen=True)
class Choice:
    """One of several pieces of JSON."""

    options: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """The inside of a string, from opening to closing quote without both."""

    least: int
    most: int


Part = Fixed | Choice | Text
Filling = Generator[Part, str, None]
"""Yields parts in order; is sent what was chosen for a `Choice`."""


class SkeletonUnfit(Exception):
    """A skeleton cannot hold what this schema allows; a grammar may."""


class Node(Protocol):
    @property
    def leads(self) -> tuple[str, ...]:
        """The pieces of JSON that the value can begin with; one of them is written when `rest` is asked for."""

    def rest(self, lead: str) -> Filling:
        """Yield what follows a lead."""


def compile_skeleton(schema: JsonSchema) -> Node:
    """Return the skeleton of the values that a schema allows: keys in the schema's order, strings and lists bounded.

    Raises:
        SkeletonUnfit: the schema has alternatives that begin alike.
        ValueError: it uses something that `gbnf` does not know either.
    """
    return _compile(schema, schema)


def fill(node: Node) -> Filling:
    """Yield a value's parts."""
    if len(node.leads) == 1:
        lead = node.leads[0]
        yield Fixed(lead)
    else:
        lead = yield Choice(node.leads)
    yield from node.rest(lead)


def _compile(schema: JsonSchema, root: JsonSchema) -> Node:
    schema = resolve(schema, root)
    if "const" in schema:
        return _Options((_json(schema["const"]),))
    if "enum" in schema:
        return _Options(tuple(_json(value) for value in schema["enum"]))
    if "anyOf" in schema:
        return _Alternatives([_compile(option, root) for option in schema["anyOf"]])
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return _Object([(_json(key), _compile(field, root)) for key, field in fields.items()])
        case "array":
            least, most = schema.get("minItems", 0), schema.get("maxItems", MAX_ITEMS)
            return _Array(_compile(schema["items"], root), least, most)
        case "string":
            return _String(schema.get("minLength", 0), min(schema.get("maxLength", MAX_STRING), MAX_STRING))
        case "integer":
            return _Options(tuple(str(value) for value in integer_range(schema)))
        case "boolean":
            return _Options(("true", "false"))
        case "null":
            return _Options(("null",))
    raise ValueError(f"no skeleton for {dict(schema)}")


@dataclass(frozen=True)
class _Options:
    leads: tuple[str, ...]

    def rest(self, lead: str) -> Filling:
        del lead
        yield from ()


@dataclass(frozen=True)
class _String:
    least: int
    most: int
    leads: tuple[str, ...] = ('"',)

    def rest(self, lead: str) -> Filling:
        yield Text(self.least, self.most)
        yield Fixed(lead)


@dataclass(frozen=True)
class _Object:
    fields: Sequence[tuple[str, Node]]
    leads: tuple[str, ...] = ("{",)

    def rest(self, lead: str) -> Filling:
        del lead
        for i, (key, value) in enumerate(self.fields):
            yield Fixed(f"{',' if i else ''}{key}:")
            yield from fill(value)
        yield Fixed("}")


@dataclass(frozen=True)
class _Array:
    item: Node
    least: int
    most: int
    leads: tuple[str, ...] = ("[",)

    def rest(self, lead: str) -> Filling:
        del lead
        if not self.least and self.most:
            first = yield Choice(("]", *self.item.leads))
            if first == "]":
                return
            yield from self.item.rest(first)
        elif self.least:
            yield from fill(self.item)
        yield from self._more()

    def _more(self) -> Filling:
        for count in range(1, self.most):
            if count < self.least:
                yield Fixed(",")
            elif (yield Choice((",", "]"))) == "]":
                return
            yield from fill(self.item)
        yield Fixed("]")


class _Alternatives:
    def __init__(self, nodes: Sequence[Node]) -> None:
        self._owners = {lead: node for node in nodes for lead in node.leads}
        self.leads = tuple(self._owners)
        if len(self.leads) < sum(len(node.leads) for node in nodes) or any(_clash(self.leads)):
            raise SkeletonUnfit("alternatives begin alike")

    def rest(self, lead: str) -> Filling:
        return self._owners[lead].rest(lead)


def _clash(leads: Sequence[str]) -> Iterator[bool]:
    """A string's quote also begins the literal of every string."""
    yield '"' in leads and any(lead.startswith('"') and lead != '"' for lead in leads)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class StringReader:
    """Reads the inside of a JSON string as a model writes it, however broken, up to its closing quote or line end."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._escape: str | None = None
        self._first_half = 0
        self._space = ""
        self.length = 0
        self.is_closed = False

    def read(self, text: str) -> str:
        """Return what can be kept of a further piece. Space at either end is not kept."""
        kept = self._space + "".join(filter(_is_storable, "".join(self._unescaped(text))))
        if not self.length:
            kept = kept.lstrip()
        visible = kept.rstrip()
        self._space = kept[len(visible) :]
        room = self._most - self.length
        self.is_closed = self.is_closed or len(visible) >= room
        if len(visible) > room:
            visible = visible[:room].rstrip()
        self.length += len(visible)
        return visible

    def _unescaped(self, text: str) -> Iterator[str]:
        for character in text:
            if self._escape is not None:
                yield from self._continue_escape(self._escape + character)
            elif character == "\\":
                self._escape = ""
            elif character in '"\n\r':
                self.is_closed = True
                return
            else:
                yield character

    def _continue_escape(self, escape: str) -> Iterator[str]:
        self._escape = None
        if escape in _ESCAPES:
            yield _ESCAPES[escape]
        elif escape[0] != "u" or not all(digit in "0123456789abcdefABCDEF" for digit in escape[1:]):
            # No escape in JSON: the model meant the backslash.
            yield from "\\" + escape
        elif len(escape) <= _HEX_DIGITS:
            self._escape = escape
        else:
            yield self._whole_character(int(escape[1:], 16))

    def _whole_character(self, code: int) -> str:
        """Return the character of an escaped code; of the first half of two nothing yet."""
        first, self._first_half = self._first_half, 0
        if code in _FIRST_HALVES:
            self._first_half = code
            return ""
        if first and code in _SECOND_HALVES:
            return chr(0x10000 + (first - _FIRST_HALVES.start << 10) + code - _SECOND_HALVES.start)
        return chr(code)


def _is_storable(character: str) -> bool:
    """Tell whether a database takes it: no control characters, halves of characters, or marks of broken bytes."""
    code = ord(character)
    return character in "\n\t" or (code >= 0x20 and code != 0x7F and not 0xD800 <= code <= 0xDFFF and code != 0xFFFD)
