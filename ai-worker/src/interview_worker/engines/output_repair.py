"""A model's text as the object that was asked for: mended where that invents nothing, else refused with the reason.

What is cut off is never completed: a score of 8 may be the beginning of 85.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from interview_worker.engines.gbnf import MAX_ITEMS, MAX_STRING, resolve
from interview_worker.engines.language_model import JsonSchema, OutputRefused

S = TypeVar("S", bound=BaseModel)

MAX_TEXT = 100_000
_MAX_PROBLEMS = 5
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_NUMBER = re.compile(r"\s*-?\d{1,9}(\.\d{1,9})?\s*")
_BROKEN = re.compile("[\x00\ud800-\udfff]")
_UNFIT = object()
"""Stands for a value that cannot be made to fit."""


def read_object(schema: type[S], text: str) -> S:
    """Return the object of a class that a text holds.

    Texts are clipped, numbers in quotation marks are read, unknown keys and items that do not fit are left out, and
    what may be null and does not fit is null. What is missing is not made up.

    Raises:
        OutputRefused: the text holds no such object; the message says why, without a word of the text.
    """
    described = schema.model_json_schema()
    value = _Mender(described).mend(described, _find_object(text))
    try:
        return schema.model_validate({} if value is _UNFIT else value)
    except ValidationError as error:
        problems = [_problem(item) for item in error.errors(include_url=False, include_input=False)]
        raise OutputRefused("The object is not valid: " + "; ".join(problems[:_MAX_PROBLEMS])) from None


def _problem(item: Mapping[str, Any]) -> str:
    return f"{'.'.join(map(str, item['loc'])) or 'object'}: {item['type']}"


def _find_object(text: str) -> dict[str, Any]:
    """Return the first whole JSON object in a text, which a model may have put between fences or words."""
    if len(text) > MAX_TEXT:
        raise OutputRefused("The text is far too long for the object.")
    text = _THOUGHTS.sub("", text)
    # Raw line breaks inside strings are common and harmless.
    decoder = json.JSONDecoder(strict=False)
    start = text.find("{")
    if start < 0:
        raise OutputRefused("The text holds no JSON object.")
    try:
        value, _ = decoder.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        raise OutputRefused(f"The text is no whole JSON object ({type(error).__name__}).") from None
    return value  # type: ignore[no-any-return]  # it begins with a brace


class _Mender:
    def __init__(self, root: JsonSchema) -> None:
        self._root = root

    def mend(self, schema: JsonSchema, value: Any) -> Any:
        """Return the value as the schema wants it, or _UNFIT."""
        schema = resolve(schema, self._root)
        if "const" in schema or "enum" in schema:
            return _option(schema.get("enum", [schema.get("const")]), value)
        if "anyOf" in schema:
            return self._alternative(schema["anyOf"], value)
        match schema.get("type"):
            case "object":
                return self._object(schema, value)
            case "array":
                return self._array(schema, value)
            case "string":
                return _string(schema, value)
            case "integer":
                return _integer(schema, value)
            case "number":
                return _number(schema, value)
            case "boolean":
                return {"true": True, "false": False}.get(str(value).lower(), _UNFIT)
            case "null":
                return None if value is None else _UNFIT
        return value

    def _alternative(self, options: Sequence[JsonSchema], value: Any) -> Any:
        for option in options:
            mended = self.mend(option, value)
            if mended is not _UNFIT:
                return mended
        return None if _allows_null(options) else _UNFIT

    def _object(self, schema: JsonSchema, value: Any) -> Any:
        """Mend each field. One that is missing stays missing; the outermost object shows what does not fit."""
        if not isinstance(value, dict):
            return _UNFIT
        fields = schema.get("properties", {})
        mended = {key: self.mend(field, value[key]) for key, field in fields.items() if key in value}
        if schema is self._root:
            return {key: value[key] if item is _UNFIT else item for key, item in mended.items()}
        is_whole = all(mended.get(key, _UNFIT) is not _UNFIT for key in schema.get("required", ()))
        return {key: item for key, item in mended.items() if item is not _UNFIT} if is_whole else _UNFIT

    def _array(self, schema: JsonSchema, value: Any) -> Any:
        items = value if isinstance(value, list) else [value]
        mended = [self.mend(schema.get("items", {}), item) for item in items]
        fitting = [item for item in mended if item is not _UNFIT][: schema.get("maxItems", MAX_ITEMS)]
        return fitting if len(fitting) >= schema.get("minItems", 0) else _UNFIT


def _allows_null(options: Sequence[JsonSchema]) -> bool:
    return any(option.get("type") == "null" for option in options)


def _option(options: Sequence[Any], value: Any) -> Any:
    if value in options:
        return value
    wanted = str(value).strip().casefold()
    return next((option for option in options if str(option).casefold() == wanted), _UNFIT)


def _string(schema: JsonSchema, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return _UNFIT
    text = _BROKEN.sub("\N{REPLACEMENT CHARACTER}", str(value)).strip()[: schema.get("maxLength", MAX_STRING)]
    return text if len(text) >= schema.get("minLength", 0) else _UNFIT


def _integer(schema: JsonSchema, value: Any) -> Any:
    number = _number(schema, value)
    return number if number is _UNFIT else math.floor(number + 0.5)


def _number(schema: JsonSchema, value: Any) -> Any:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _UNFIT
    is_within = schema.get("minimum", -math.inf) <= value <= schema.get("maximum", math.inf)
    return value if is_within and math.isfinite(value) else _UNFIT
