"""What becomes of a model's tokens: text as it comes, text that a grammar holds, or the holes of a skeleton."""

import codecs
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from interview_worker.engines.gbnf import to_gbnf
from interview_worker.engines.language_model import FinishReason, GenerationRequest, OutputRefused
from interview_worker.engines.llama_runtime import Context, Weights
from interview_worker.engines.llama_sampling import Sampler
from interview_worker.engines.skeleton import (
    Choice,
    Filling,
    Fixed,
    SkeletonUnfit,
    StringReader,
    Text,
    compile_skeleton,
    fill,
)

_CLOSERS = (",", "}", "]")


@dataclass(frozen=True)
class Written:
    """What was written after a row: text for the caller, and the tokens of it that the model has yet to read."""

    text: str = ""
    feed: Sequence[int] = ()
    finish: FinishReason | None = None


class Writer(Protocol):
    def begin(self) -> Written:
        """Return what the answer begins with, whatever the model thinks."""

    def write(self, row: int) -> Written:
        """Choose what follows, from the model's opinion in this row of its last step."""

    def close(self) -> None:
        """Free the sampler."""


def make_writer(context: Context, request: GenerationRequest) -> Writer:
    """Return the writer for a request: of a skeleton if its schema has one, else held by a grammar, else free."""
    limits, schema = request.limits, request.output_schema
    grammar = None
    if schema is not None:
        try:
            filling = fill(compile_skeleton(schema))
        except SkeletonUnfit:
            grammar = to_gbnf(schema)
        else:
            sampler = context.sampler(temperature=limits.temperature, seed=request.seed)
            return SkeletonWriter(context.weights, sampler, filling, limits.max_tokens)
    sampler = context.sampler(temperature=limits.temperature, seed=request.seed, grammar=grammar)
    return TextWriter(context.weights, sampler, limits.max_tokens)


class TextWriter:
    """Writes until the model ends its text, or `max_tokens`."""

    def __init__(self, weights: Weights, sampler: Sampler, max_tokens: int) -> None:
        self._weights = weights
        self._sampler = sampler
        self._tokens_left = max_tokens
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def begin(self) -> Written:
        return Written()

    def write(self, row: int) -> Written:
        token = self._sampler.choose(row)
        if self._weights.is_end(token):
            return Written(self._rest(), finish=FinishReason.STOP)
        self._tokens_left -= 1
        text = self._decoder.decode(self._weights.text_of(token))
        if self._tokens_left <= 0:
            return Written(text + self._rest(), (token,), FinishReason.LENGTH)
        return Written(text, (token,))

    def close(self) -> None:
        self._sampler.close()

    def _rest(self) -> str:
        return self._decoder.decode(b"", final=True)


class SkeletonWriter:
    """Writes JSON of which the model only chooses what is open."""

    def __init__(self, weights: Weights, sampler: Sampler, filling: Filling, max_tokens: int) -> None:
        self._weights = weights
        self._sampler = sampler
        self._filling = filling
        self._tokens_left = max_tokens
        self._hole: _TextHole | _ChoiceHole | None = None

    def begin(self) -> Written:
        written = self._within_limit(self._advance(_Draft(), None))
        if written.finish is FinishReason.LENGTH:
            raise OutputRefused("max_tokens does not even hold what the schema begins with")
        return Written(written.text, written.feed)

    def write(self, row: int) -> Written:
        if self._hole is None:
            return Written(finish=FinishReason.STOP)
        step = self._hole.write(row)
        draft = _Draft([step.text], list(step.feed))
        if step.finish is not None:
            draft = self._advance(draft, self._hole.chosen)
        return self._within_limit(draft)

    def close(self) -> None:
        self._sampler.close()

    def _advance(self, draft: "_Draft", chosen: str | None) -> "_Draft":
        """Add what is fixed, up to the next hole at which the model is needed."""
        while True:
            try:
                part = next(self._filling) if chosen is None else self._filling.send(chosen)
            except StopIteration:
                self._hole = None
                draft.is_whole = True
                return draft
            chosen = None
            if isinstance(part, Fixed):
                draft.add(part.text, self._weights.tokenize_fixed(part.text))
                continue
            self._hole = self._open(part)
            if isinstance(self._hole, _ChoiceHole):
                settled = self._hole.settle()
                draft.add(settled.text, settled.feed)
            return draft

    def _open(self, part: Choice | Text) -> "_TextHole | _ChoiceHole":
        if isinstance(part, Text):
            return _TextHole(self._weights, self._sampler, part)
        tokenize = self._weights.tokenize_fixed
        closers = {token for text in _CLOSERS for token in tokenize(text)}
        return _ChoiceHole(self._sampler, {tuple(tokenize(text)): text for text in part.options}, closers)

    def _within_limit(self, draft: "_Draft") -> Written:
        self._tokens_left -= len(draft.feed)
        finish = FinishReason.STOP if draft.is_whole else None
        if self._tokens_left < 0 or (self._tokens_left == 0 and not draft.is_whole):
            finish = FinishReason.LENGTH
        return Written("".join(draft.texts), draft.feed, finish)


@dataclass
class _Draft:
    texts: list[str] = field(default_factory=list)
    feed: list[int] = field(default_factory=list)
    is_whole: bool = False

    def add(self, text: str, feed: Sequence[int]) -> None:
        self.texts.append(text)
        self.feed.extend(feed)


class _TextHole:
    """The inside of a string, as long as the model goes on and the schema allows."""

    chosen = None

    def __init__(self, weights: Weights, sampler: Sampler, part: Text) -> None:
        self._weights = weights
        self._sampler = sampler
        self._least = part.least
        self._reader = StringReader(part.most)
        # A character of three bytes may take three tokens; a model that writes only broken ones must end too.
        self._tokens_left = 3 * part.most + 8
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="ignore")

    def write(self, row: int) -> Written:
        must_go_on = self._reader.length < self._least
        token = self._sampler.choose_plain(row) if must_go_on else self._sampler.choose(row)
        if self._weights.is_end(token):
            return Written(finish=FinishReason.STOP)
        self._tokens_left -= 1
        visible = self._reader.read(self._decoder.decode(self._weights.text_of(token)))
        text = json.dumps(visible, ensure_ascii=False)[1:-1]
        # The token that closes the string may hold more than the quote, so it is not read but written anew.
        if self._reader.is_closed:
            return Written(text, finish=FinishReason.STOP)
        return Written(text, (token,), FinishReason.LENGTH if self._tokens_left <= 0 and not must_go_on else None)


class _ChoiceHole:
    """One of several pieces of JSON, chosen token by token as far as they differ."""

    def __init__(self, sampler: Sampler, options: dict[tuple[int, ...], str], closers: set[int]) -> None:
        self._sampler = sampler
        self._options = options
        self._closers = closers
        self._read: tuple[int, ...] = ()
        self.chosen: str | None = None

    def settle(self) -> Written:
        """Write what all remaining options have in common."""
        feed: list[int] = []
        while len(following := self._following()) == 1 and self._read not in self._options:
            feed += following
            self._read += tuple(following)
        return Written(feed=feed)

    def write(self, row: int) -> Written:
        following = self._following()
        ends = self._closers if self._read in self._options else set()
        token = self._sampler.choose_among(row, following | ends)
        if token not in following:
            return self._choose(())
        self._read += (token,)
        feed = [token, *self.settle().feed]
        if self._read in self._options and not self._following():
            return self._choose(feed)
        return Written(feed=feed)

    def _choose(self, feed: Sequence[int]) -> Written:
        self.chosen = self._options[self._read]
        return Written(self.chosen, feed, FinishReason.STOP)

    def _following(self) -> set[int]:
        depth = len(self._read)
        return {option[depth] for option in self._options if len(option) > depth and option[:depth] == self._read}
