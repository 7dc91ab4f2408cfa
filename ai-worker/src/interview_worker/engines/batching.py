"""Runs many generations on one context: each step decodes one batch of all their next tokens and slices of prompts."""

import time
from dataclasses import dataclass

import structlog

from interview_core.errors import EngineFailed, InterviewError
from interview_worker.engines.generation_queue import GenerationQueue, QueuedGeneration
from interview_worker.engines.kv_snapshots import SnapshotStore
from interview_worker.engines.language_model import (
    FinishReason,
    GenerationRequest,
    Priority,
    PromptTooLong,
    StepFailed,
)
from interview_worker.engines.llama_runtime import Context, Feed, Outcome
from interview_worker.engines.prompt_tokens import PromptReader
from interview_worker.engines.runs import Place, Run
from interview_worker.engines.slots import Owner, Slot, SlotTable
from interview_worker.engines.step_planning import Plan, StepPlanner
from interview_worker.engines.writers import make_writer

log = structlog.get_logger(__name__)

_LEAST_HEAD = 32
_MOST_FAILURES = 2


class EngineBroken(Exception):
    """Two steps in a row failed: only a new process helps, as when a GPU's driver is gone."""


@dataclass
class Figures:
    """What an engine has done since its weights were loaded."""

    slots: int
    """How many can run at once, each with as many tokens as `tokens_per_slot`."""
    tokens_per_slot: int
    snapshot_tokens: int
    """How much of what idle interviews read can be kept."""
    steps: int = 0
    rows: int = 0
    """Tokens decoded, read and written; by `steps` the mean batch."""
    tokens_reused: int = 0
    tokens_written: int = 0
    preemptions: int = 0
    failed_steps: int = 0
    running: int = 0
    snapshot_bytes: int = 0


class Batcher:
    """The runs on a context. Only the thread that owns the context may use it."""

    def __init__(self, context: Context, queue: GenerationQueue, *, snapshot_bytes: int) -> None:
        self._context = context
        self._queue = queue
        self._prompts = PromptReader(context.weights)
        self._table = SlotTable(context, SnapshotStore(snapshot_bytes))
        self._planner = StepPlanner(context, self._table)
        self._places: list[Place] = []
        self._paused: dict[QueuedGeneration, Run] = {}
        self._failures = 0
        self.figures = Figures(
            slots=context.slots,
            tokens_per_slot=context.tokens_per_slot,
            snapshot_tokens=snapshot_bytes // context.weights.kv_bytes_per_token,
        )

    @property
    def has_work(self) -> bool:
        return bool(self._places) or self._queue.has_work

    def turn(self) -> None:
        """Let in who may come in, and go one step on with everybody.

        Raises:
            EngineBroken: this step and the one before failed.
        """
        try:
            self._forget()
            self._dismiss_abandoned()
            self._admit()
            self._step()
        except Exception as error:
            log.exception("step failed", runs=len(self._places))
            self._fail_step(error)
        self.figures.snapshot_bytes = self._table.snapshot_bytes

    def end_all(self, error: InterviewError) -> None:
        """End all runs, those included that wait to go on."""
        for place in list(self._places):
            self._fail(place, error)
        for generation, run in self._paused.items():
            run.close()
            generation.fail(error)
        self._paused.clear()

    def _forget(self) -> None:
        for session in self._queue.take_forgotten():
            for place in self._places:
                if place.run.generation.request.session == session:
                    place.run.generation.cancel()
            self._end_abandoned()
            self._table.forget_session(session)
            self._prompts.forget(session)

    def _dismiss_abandoned(self) -> None:
        for generation in self._queue.take_abandoned():
            if (run := self._paused.pop(generation, None)) is not None:
                run.close()
                self._table.forget_run(generation)
            generation.fail(_reason_of(generation))
        self._end_abandoned()

    def _end_abandoned(self) -> None:
        for place in list(self._places):
            if place.run.generation.is_over():
                self._fail(place, _reason_of(place.run.generation))

    def _admit(self) -> None:
        while (generation := self._queue.take(more_urgent_than=self._least_urgent())) is not None:
            try:
                run = self._paused.pop(generation, None) or self._make_run(generation)
            except InterviewError as error:
                generation.fail(error)
            except Exception as error:
                log.exception("request not understood")
                generation.fail(EngineFailed(f"the request cannot be begun: {type(error).__name__}"))
            else:
                self._begin(run)

    def _least_urgent(self) -> Priority | None:
        """Return the priority that a newcomer must beat to get a slot; None while there is a free one."""
        if len(self._places) < self._context.slots:
            return None
        return max(place.run.priority for place in self._places)

    def _make_run(self, generation: QueuedGeneration) -> Run:
        request = generation.request
        is_read_ahead = request.limits.max_tokens == 0
        prompt = self._prompts.read_open(request) if is_read_ahead else self._prompts.read(request)
        count, room = len(prompt.tokens), self._context.tokens_per_slot
        if count + request.limits.max_tokens > room:
            raise PromptTooLong(f"the prompt of {count} tokens does not fit into {room}")
        if not count:
            raise EngineFailed("the prompt is empty")
        head = tuple(prompt.tokens[: prompt.head_length]) if _LEAST_HEAD <= prompt.head_length < count else ()
        writer = None if is_read_ahead else make_writer(self._context, request)
        run = Run(generation, _owner_of(request), prompt.tokens, count, head, writer)
        try:
            run.begin()
        except InterviewError:
            run.close()
            raise
        return run

    def _begin(self, run: Run) -> None:
        # An interview's question stops the reading ahead for it just before it comes, and needs the same slot.
        self._end_abandoned()
        slot = self._table.choose(run.owner) or self._preempt()
        self._table.occupy(slot, run.owner, run.tokens, run.head, run.generation)
        self._places.append(Place(slot, run))
        run.generation.begin(run.spent)
        self.figures.running = len(self._places)

    def _preempt(self) -> Slot:
        """Take the slot of the least urgent run, which goes on later where it stopped."""
        place = max(self._places, key=lambda place: place.run.generation.rank)
        self._places.remove(place)
        self._table.park(place.slot, place.run.generation)
        self._paused[place.run.generation] = place.run
        self._queue.put_back(place.run.generation)
        self.figures.preemptions += 1
        return place.slot

    def _step(self) -> None:
        if not self._places:
            return
        if self._planner.reads_first(self._places):
            self._read()
            self._write()
        else:
            self._write()
            self._read()
        self._failures = 0
        self.figures.steps += 1

    def _write(self) -> None:
        self._pass(self._planner.writing(self._places))

    def _read(self) -> None:
        started = time.monotonic()
        read = self._pass(self._planner.reading(self._places))
        self._planner.learn(read=read, took_s=time.monotonic() - started)

    def _pass(self, plan: Plan) -> int:
        """Decode what is planned, let those go on who have read all they have, and return how many tokens it was."""
        if not plan:
            return 0
        rows = self._decode([feed for _, feed in plan])
        for (place, feed), row in zip(plan, rows, strict=True):
            place.run.prompt_read += min(len(feed.tokens), max(place.run.prompt_length - feed.position, 0))
            place.slot.tokens.extend(feed.tokens)
            if len(place.slot.tokens) == len(place.run.head):
                self._table.pin_head(place.slot)
            if feed.wants_next:
                self._go_on(place, row)
        count = sum(len(feed.tokens) for _, feed in plan)
        self.figures.rows += count
        return count

    def _decode(self, feeds: list[Feed]) -> list[int]:
        outcome, rows = self._context.decode(feeds)
        if outcome is Outcome.NO_ROOM:
            self._table.empty_idle()
            outcome, rows = self._context.decode(feeds)
        if outcome is not Outcome.DONE:
            raise EngineFailed(f"llama.cpp could not decode: {outcome.value}")
        return rows

    def _go_on(self, place: Place, row: int) -> None:
        run = place.run
        if run.writer is None:
            self._finish(place, FinishReason.STOP)
            return
        try:
            written = run.writer.write(row)
        except Exception as error:
            log.exception("generation failed")
            self._fail(place, EngineFailed(f"the text cannot be continued: {type(error).__name__}"))
            return
        if run.first_token_ms is None:
            run.first_token_ms = run.generation.elapsed_ms
        self.figures.tokens_written += len(written.feed)
        run.take_up(written)
        if written.finish is not None:
            self._finish(place, written.finish)

    def _finish(self, place: Place, finish: FinishReason) -> None:
        run = place.run
        if run.owner is not None:
            self._prompts.remember(run.owner.session, "".join(run.texts), run.tokens[run.prompt_length :])
        self.figures.tokens_reused += run.reused
        self._leave(place)
        run.generation.finish(run.result(finish, self._context.weights.name))

    def _fail(self, place: Place, error: InterviewError) -> None:
        self._leave(place)
        place.run.generation.fail(error)

    def _leave(self, place: Place) -> None:
        self._places.remove(place)
        self._table.release(place.slot)
        place.run.close()
        self.figures.running = len(self._places)

    def _fail_step(self, error: Exception) -> None:
        """Let go of everybody after a failed step: the context may hold anything now."""
        self._failures += 1
        self.figures.failed_steps += 1
        for place in list(self._places):
            self._fail(place, StepFailed("The model failed in the middle of the text."))
        self._table.forget_all()
        if self._failures >= _MOST_FAILURES:
            raise EngineBroken(str(error)) from error


def _owner_of(request: GenerationRequest) -> Owner | None:
    if request.session is None:
        return None
    is_talk = request.priority in {Priority.LIVE_QUESTION, Priority.SPECULATIVE}
    return Owner(request.session, "talk" if is_talk else request.priority.name)


def _reason_of(generation: QueuedGeneration) -> InterviewError:
    try:
        generation.check()
    except InterviewError as error:
        return error
    return EngineFailed("the generation was given up without a reason")
