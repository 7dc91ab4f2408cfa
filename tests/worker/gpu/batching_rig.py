"""Drives a `Batcher` step by step in the test's own thread, so that what happens in which step is certain."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from interview_worker.engines.batching import Batcher
from interview_worker.engines.generation_queue import GenerationQueue, QueuedGeneration
from interview_worker.engines.language_model import (
    GenerationCancelled,
    GenerationRequest,
    GenerationResult,
    Limits,
    Message,
    Priority,
    Role,
)
from interview_worker.engines.llama_runtime import Context, Feed, Outcome, Weights

SYSTEM = "당신은 공손한 면접관입니다. 지원자의 이력서에 있는 사실만 묻고, 한 번에 한 가지만 물어보세요. " * 2


def talk(*turns: str, system: str = SYSTEM) -> list[Message]:
    """A conversation in which the candidate speaks first and last."""
    roles = [Role.USER, Role.ASSISTANT] * len(turns)
    return [Message(Role.SYSTEM, system), *(Message(role, text) for role, text in zip(roles, turns, strict=False))]


def request(
    messages: Sequence[Message],
    *,
    max_tokens: int = 40,
    temperature: float = 0.8,
    priority: Priority = Priority.LIVE_QUESTION,
    deadline_s: float = 120,
    **fields: Any,
) -> GenerationRequest:
    return GenerationRequest(list(messages), Limits(max_tokens, temperature, deadline_s), priority, **fields)


class UnreliableContext(Context):
    """A real context whose decoding fails in the next so many calls."""

    failing: list[Outcome]

    def decode(self, feeds: Sequence[Feed]) -> tuple[Outcome, list[int]]:
        if self.failing:
            return self.failing.pop(0), []
        return super().decode(feeds)


@dataclass
class Rig:
    context: UnreliableContext
    queue: GenerationQueue
    batcher: Batcher

    def submit(self, wanted: GenerationRequest) -> QueuedGeneration:
        generation = QueuedGeneration(wanted)
        self.queue.put(generation)
        return generation

    def run(self) -> None:
        """Go on until nobody is left."""
        while self.batcher.has_work:
            self.batcher.turn()

    def answer(self, wanted: GenerationRequest) -> tuple[str, GenerationResult]:
        generation = self.submit(wanted)
        self.run()
        return "".join(generation), generation.result

    def read_ahead(self, messages: Sequence[Message], session: UUID) -> QueuedGeneration:
        return self.submit(request(messages, max_tokens=0, priority=Priority.SPECULATIVE, session=session))

    def record_passes(self) -> list[Sequence[Feed]]:
        """Return a list to which each pass from now on is added: what it fed to which slots."""
        passes: list[Sequence[Feed]] = []
        decode = self.context.decode

        def recording(feeds: Sequence[Feed]) -> tuple[Outcome, list[int]]:
            passes.append(feeds)
            return decode(feeds)

        self.context.decode = recording  # type: ignore[method-assign]  # the engine's own method, with its calls noted
        return passes


@contextmanager
def make_rig(
    model: Path, *, slots: int, snapshot_bytes: int = 50_000_000, max_waiting: int = 64, tokens_per_slot: int = 2048
) -> Iterator[Rig]:
    weights = Weights(model, gpu_layers=0)
    context = UnreliableContext(weights, slots=slots, tokens_per_slot=tokens_per_slot, step_tokens=256, threads=1)
    context.failing = []
    queue = GenerationQueue(max_waiting=max_waiting)
    batcher = Batcher(context, queue, snapshot_bytes=snapshot_bytes)
    try:
        yield Rig(context, queue, batcher)
    finally:
        batcher.end_all(GenerationCancelled("the test is over"))
        context.close()
        weights.close()
