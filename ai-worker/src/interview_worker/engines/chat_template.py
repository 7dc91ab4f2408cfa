"""Turns messages into pieces of prompt in which only the template's own words can be control tokens."""

import functools
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from interview_worker.engines.language_model import Message, Role

_CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


class TemplateBroken(Exception):
    """The model file's chat template cannot be used with these messages."""


@dataclass(frozen=True)
class Piece:
    """A part of a prompt. Only a trusted one is read for control tokens."""

    text: str
    is_trusted: bool


def render(template: str | None, messages: Sequence[Message], *, bos: str = "", eos: str = "") -> list[Piece]:
    """Return the prompt for an answer, laid out by the model file's own template, or as ChatML if it has none.

    Raises:
        TemplateBroken: the template is not valid or drops a message.
    """
    try:
        return _render(template or _CHATML, messages, bos=bos, eos=eos)
    except TemplateBroken:
        merged = _without_system(messages)
        if merged == list(messages):
            raise
        return _render(template or _CHATML, merged, bos=bos, eos=eos)


def _render(template: str, messages: Sequence[Message], *, bos: str, eos: str) -> list[Piece]:
    """Render stand-ins and put the texts in afterwards, so that no text ever goes through the template."""
    nonce = secrets.token_hex(8)
    stand_ins = {f"text{nonce}n{i}e": message.text for i, message in enumerate(messages)}
    rest = _render_stand_ins(template, messages, list(stand_ins), bos=bos, eos=eos)
    pieces: list[Piece] = []
    for stand_in, text in stand_ins.items():
        before, found, rest = rest.partition(stand_in)
        if not found:
            raise TemplateBroken("the model's chat template drops or reorders messages")
        pieces += [Piece(before, is_trusted=True), Piece(text, is_trusted=False)]
    return [*pieces, Piece(rest, is_trusted=True)]


def _render_stand_ins(template: str, messages: Sequence[Message], texts: list[str], *, bos: str, eos: str) -> str:
    from jinja2 import TemplateError

    turns = [{"role": message.role.value, "content": text} for message, text in zip(messages, texts, strict=True)]
    try:
        return str(
            _compiled(template).render(
                messages=turns,
                add_generation_prompt=True,
                # Templates of models that can think aloud ask for this, and a candidate waits.
                enable_thinking=False,
                bos_token=bos,
                eos_token=eos,
                raise_exception=_refuse,
            )
        )
    except (TemplateError, TypeError, ValueError) as error:
        raise TemplateBroken(f"the model's chat template does not work: {type(error).__name__}") from error


@functools.lru_cache(maxsize=2)
def _compiled(template: str) -> Any:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # Not HTML: the text goes to a tokenizer.
    return ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, autoescape=False).from_string(template)


def _refuse(message: str) -> None:
    raise TemplateBroken(message)


def _without_system(messages: Sequence[Message]) -> list[Message]:
    """Return the messages with the system's text at the head of the first user's, for models that know no system."""
    if len(messages) < 2 or messages[0].role is not Role.SYSTEM or messages[1].role is not Role.USER:
        return list(messages)
    return [Message(Role.USER, f"{messages[0].text}\n\n{messages[1].text}"), *messages[2:]]
