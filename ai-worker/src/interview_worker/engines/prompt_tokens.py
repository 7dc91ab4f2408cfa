"""A request's messages as tokens, the same for the same messages, so that what was read of them is found again."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from interview_worker.engines import chat_template
from interview_worker.engines.chat_template import Piece
from interview_worker.engines.language_model import GenerationRequest, Message, Role
from interview_worker.engines.llama_runtime import Weights

_MAX_ANSWERS = 512
_HEAD_PIECES = 2


@dataclass(frozen=True)
class Prompt:
    tokens: list[int]
    head_length: int
    """How many of them are the system's message, which many prompts share; 0 without one."""


class PromptReader:
    """Turns messages into tokens, a model's own earlier answers into the very tokens that it wrote."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._answers: OrderedDict[tuple[UUID, str], list[int]] = OrderedDict()

    def read(self, request: GenerationRequest) -> Prompt:
        """Return the prompt for an answer. A candidate's `[|system|]` stays the characters it is made of."""
        return self._prompt(self._render(request.messages), request)

    def read_open(self, request: GenerationRequest) -> Prompt:
        """Return the prompt up to the last whole word of the last message, which may go on."""
        pieces = self._render(request.messages)[:-1]
        # What follows could change how the last word is split.
        whole_words = pieces[-1].text.rpartition(" ")[0].rstrip()
        return self._prompt([*pieces[:-1], Piece(whole_words, is_trusted=False)], request)

    def remember(self, session: UUID, text: str, tokens: list[int]) -> None:
        """Note how a model wrote an answer: its text by itself may be split differently."""
        if any(self._weights.is_control(token) for token in tokens):
            return
        self._answers[session, text] = tokens
        if len(self._answers) > _MAX_ANSWERS:
            self._answers.popitem(last=False)

    def forget(self, session: UUID) -> None:
        """Drop the answers that were written for an interview."""
        for key in [key for key in self._answers if key[0] == session]:
            del self._answers[key]

    def _render(self, messages: Sequence[Message]) -> list[Piece]:
        weights = self._weights
        return chat_template.render(weights.chat_template, messages, bos=weights.bos, eos=weights.eos)

    def _prompt(self, pieces: list[Piece], request: GenerationRequest) -> Prompt:
        parts = [self._tokens(piece, request.session) for piece in pieces]
        has_system = request.messages[0].role is Role.SYSTEM and len(request.messages) > 1
        head_length = sum(map(len, parts[:_HEAD_PIECES])) if has_system else 0
        return Prompt([token for part in parts for token in part], head_length)

    def _tokens(self, piece: Piece, session: UUID | None) -> list[int]:
        if session is not None and not piece.is_trusted and (session, piece.text) in self._answers:
            return self._answers[session, piece.text]
        return self._weights.tokenize(piece)
