"""Generations that have begun, and the slots that they have."""

from dataclasses import dataclass, field

from interview_worker.engines.generation_queue import QueuedGeneration
from interview_worker.engines.language_model import FinishReason, GenerationResult, Priority, Spent
from interview_worker.engines.llama_runtime import Feed
from interview_worker.engines.slots import Owner, Slot
from interview_worker.engines.writers import Writer, Written

PROVIDER = "llama.cpp"


@dataclass(eq=False)
class Run:
    """A generation that has begun. A slot's tokens are always the first of its tokens."""

    generation: QueuedGeneration
    owner: Owner | None
    tokens: list[int]
    """The prompt, and all of the answer so far."""
    prompt_length: int
    head: tuple[int, ...]
    """The beginning that other prompts may share."""
    writer: Writer | None
    """None: the prompt is only read ahead."""
    texts: list[str] = field(default_factory=list)
    prompt_read: int = 0
    """How many tokens of the prompt had to be decoded."""
    first_token_ms: int | None = None

    @property
    def priority(self) -> Priority:
        return self.generation.request.priority

    @property
    def reused(self) -> int:
        return max(self.prompt_length - self.prompt_read, 0)

    def begin(self) -> None:
        if self.writer is not None:
            self.take_up(self.writer.begin())

    def take_up(self, written: Written) -> None:
        self.tokens.extend(written.feed)
        if written.text:
            self.texts.append(written.text)
            self.generation.push(written.text)

    def result(self, finish: FinishReason, model: str) -> GenerationResult:
        return GenerationResult(
            provider=PROVIDER,
            model=model,
            finish_reason=finish,
            tokens_in=self.prompt_length,
            tokens_reused=self.reused,
            tokens_out=len(self.tokens) - self.prompt_length,
            first_token_ms=self.first_token_ms,
            total_ms=self.generation.elapsed_ms,
            queue_ms=self.generation.queue_ms,
        )

    def spent(self) -> Spent:
        """Return what it has taken so far; what it reuses is known once the prompt is read."""
        queue_ms = self.generation.queue_ms
        if self.first_token_ms is None:
            return Spent(tokens_in=self.prompt_read, queue_ms=queue_ms)
        return Spent(self.prompt_length, self.reused, len(self.tokens) - self.prompt_length, queue_ms)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


@dataclass(frozen=True, eq=False)
class Place:
    """A run and the slot that it has."""

    slot: Slot
    run: Run

    @property
    def is_writing(self) -> bool:
        return len(self.slot.tokens) >= self.run.prompt_length

    @property
    def lacks_head(self) -> bool:
        return len(self.slot.tokens) < len(self.run.head)

    @property
    def left_to_read(self) -> int:
        """How much can be read at once: a head that others share is a piece by itself."""
        end = len(self.run.head) if self.lacks_head else len(self.run.tokens)
        return end - len(self.slot.tokens)

    def next_feed(self, room: int) -> Feed:
        position, tokens = len(self.slot.tokens), self.run.tokens
        end = position + min(self.left_to_read, room)
        return Feed(self.slot.number, position, tokens[position:end], wants_next=end == len(tokens))
