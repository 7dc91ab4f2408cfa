"""JSON schema to a grammar that makes a model write that JSON, compact, bounded and strictly valid.

llama.cpp's own converter lets raw control characters into strings, ignores minimum and maximum, and leaves strings
without an end; with such a grammar a model may write forever or write what no JSON reader takes.
"""

import json
from collections.abc import Mapping
from typing import Any

JsonSchema = Mapping[str, Any]

MAX_STRING = 400
MAX_ITEMS = 8
_MAX_INTEGERS = 1001
_CHARACTER = r'[^"\\\x00-\x1F\x7F\U0000D800-\U0000DFFF\U0000FFFD] | "\\" ["\\/nt]'


def to_gbnf(schema: JsonSchema) -> str:
    """Return a grammar whose keys are all present, in the schema's order, with every string and list bounded.

    Raises:
        ValueError: the schema uses something outside the subset of objects, lists, strings, whole numbers, booleans,
            null, enums, constants and alternatives.
    """
    return _Grammar(schema).text()


def integer_range(schema: JsonSchema) -> range:
    """Return the whole numbers that a schema allows.

    Raises:
        ValueError: they are negative or too many.
    """
    low, high = schema.get("minimum", 0), schema.get("maximum", 100)
    if low < 0 or not 0 <= high - low < _MAX_INTEGERS:
        raise ValueError(f"whole numbers need a small range from 0 upwards, not {low} to {high}")
    return range(low, high + 1)


def resolve(schema: JsonSchema, root: JsonSchema) -> JsonSchema:
    """Return the schema that a reference into the root's definitions stands for."""
    if "$ref" not in schema:
        return schema
    return root["$defs"][schema["$ref"].rsplit("/", 1)[1]]  # type: ignore[no-any-return]  # a JSON schema is untyped


class _Grammar:
    def __init__(self, schema: JsonSchema) -> None:
        self._root = schema
        self._rules: dict[str, str] = {"char": _CHARACTER}
        self._add(schema, "root")

    def text(self) -> str:
        return "\n".join(f"{name} ::= {body}" for name, body in self._rules.items())

    def _add(self, schema: JsonSchema, name: str) -> str:
        self._rules[name] = self._body(resolve(schema, self._root), name)
        return name

    def _body(self, schema: JsonSchema, name: str) -> str:
        if "const" in schema:
            return _literal(schema["const"])
        if "enum" in schema:
            return " | ".join(_literal(value) for value in schema["enum"])
        if "anyOf" in schema:
            return " | ".join(self._add(option, f"{name}-o{i}") for i, option in enumerate(schema["anyOf"]))
        match schema.get("type"):
            case "object":
                return self._object(schema, name)
            case "array":
                return self._array(schema, name)
            case "string":
                longest = min(schema.get("maxLength", MAX_STRING), MAX_STRING)
                return rf'"\"" char{{{schema.get("minLength", 0)},{longest}}} "\""'
            case "integer":
                return " | ".join(f'"{value}"' for value in integer_range(schema))
            case "boolean":
                return '"true" | "false"'
            case "null":
                return '"null"'
        raise ValueError(f"no grammar for {dict(schema)}")

    def _object(self, schema: JsonSchema, name: str) -> str:
        fields = schema.get("properties", {})
        parts = []
        for i, (key, field) in enumerate(fields.items()):
            opening = f"{',' if i else ''}{json.dumps(key, ensure_ascii=False)}:"
            parts.append(f"{_quoted(opening)} {self._add(field, f'{name}-{i}')}")
        return " ".join(['"{"', *parts, '"}"'])

    def _array(self, schema: JsonSchema, name: str) -> str:
        least, most = schema.get("minItems", 0), schema.get("maxItems", MAX_ITEMS)
        item = self._add(schema["items"], f"{name}-i")
        more = f'("," {item}){{{max(least - 1, 0)},{most - 1}}}' if most > 1 else ""
        return f'"[" {item} {more} "]"' if least else f'"[" ({item} {more})? "]"'


def _literal(value: Any) -> str:
    return _quoted(json.dumps(value, ensure_ascii=False))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
