"""The language model's engine: many at once, turns of an interview, priorities, structure, memory and start.

Another build of llama.cpp is measured where its wheel is unpacked: PYTHONPATH=FOLDER python -m benchmarks model.
The model files are noise of the shape of real ones. What is compared runs in turns, and of each the best of its rounds
counts, since other work on the machine slows all of them; `per CPU s` compares what the work took of the processors.
"""

import contextlib
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

from benchmarks.measure import print_cells
from benchmarks.model_memory import measure_memory
from benchmarks.model_peers import (
    Bare,
    LlamaServer,
    Serial,
    Timing,
    has_server,
    library_build,
    llama_server,
)
from interview_worker.engines.generation_queue import QueuedGeneration
from interview_worker.engines.language_model import (
    GenerationRequest,
    JsonSchema,
    Limits,
    Message,
    Priority,
    Role,
)
from interview_worker.engines.llama_runtime import Weights
from interview_worker.engines.local_model import LlamaCppModel, LlamaCppOptions
from interview_worker.engines.prompt_tokens import PromptReader
from tests.samples.make_gguf import SENTENCES, SHAPES, write_gguf

FILES = ("tiny", "wordy", "middle", "middle-f16")
ROUNDS = 4
THREADS = os.cpu_count() or 1
AT_ONCE = (1, 2, 4, 8, 16)
SHORT, LONG = 24, 200
WRITTEN = 48
TURNS, SYSTEM_TOKENS, ANSWER_TOKENS, QUESTION_TOKENS = 15, 500, 60, 24
WORDS = SENTENCES.split()
SCHEMA: JsonSchema = {
    "type": "object",
    "properties": {
        "score": {"type": "integer", "minimum": 0, "maximum": 100},
        "kind": {"enum": ["implementation", "trade-off", "performance", "reliability"]},
        "feedback": {"type": "string", "maxLength": 120},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 12}, "minItems": 2, "maxItems": 2},
    },
}
# Two that begin alike: what a skeleton cannot hold.
GRAMMAR_ONLY: JsonSchema = {"anyOf": [SCHEMA, SCHEMA]}


def measure_model() -> None:
    """Print the tables."""
    print(f"\n{library_build()}")
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: _written(Path(folder) / name, name) for name in FILES}
        measure_at_once(paths["middle"], "weights of 4 bits")
        measure_at_once(paths["middle-f16"], "weights of 16 bits")
        measure_interviews(paths["middle"])
        measure_live_question(paths["middle"])
        measure_structure(paths["wordy"])
        measure_memory([paths[name] for name in ("tiny", "wordy", "middle")])


def _written(folder: Path, name: str) -> Path:
    folder.mkdir()
    return write_gguf(folder / f"{name}.gguf", shape=SHAPES[name])


def measure_at_once(path: Path, weights_title: str) -> None:
    """Tokens per second and the wait for the first, short prompts and fresh long ones, against the alternatives."""
    with contextlib.ExitStack() as stack:
        weights = stack.enter_context(contextlib.closing(Weights(path, gpu_layers=0)))
        serial = stack.enter_context(contextlib.closing(Serial(path, context=512, threads=THREADS)))
        for title, length, numbers in (("short prompts", SHORT, AT_ONCE), ("fresh 200-token prompts", LONG, (1, 4, 8))):
            timings: dict[str, list[Timing]] = defaultdict(list)
            for round_ in range(ROUNDS):
                _one_round(path, weights, serial, Random(round_), length, numbers, timings)
            header = [
                "served by",
                "at once",
                "tokens/s",
                "× serial",
                "of bare",
                "per CPU s × serial",
                "first token p50 ms",
            ]
            print_cells(f"Model: {weights_title}, {title}, {WRITTEN} tokens written", header, _compared(timings))


def _one_round(
    path: Path,
    weights: Weights,
    serial: Serial,
    random: Random,
    length: int,
    numbers: Sequence[int],
    timings: dict[str, list[Timing]],
) -> None:
    messages, prompts = _prompts(weights, random, length, 8)
    serial.run([prompts[0][:4]], 1)
    timings["llama-cpp-python, serial|1"].append(serial.run(prompts, WRITTEN))
    for number in numbers:
        wanted, tokens = (messages, prompts) if number <= len(messages) else _prompts(weights, random, length, number)
        with contextlib.closing(Bare(weights, slots=number, context=512, threads=THREADS)) as bare:
            parts = (tokens[first : first + number] for first in range(0, len(tokens), number))
            timings[f"bare|{number}"].append(_joined([bare.run(part, WRITTEN) for part in parts]))
        with _engine(path, slots=number) as model:
            timings[f"engine|{number}"].append(_run(model, wanted))
        if has_server() and number in {1, 4, 8}:
            with llama_server(path, slots=number, context=512, threads=THREADS) as server:
                timings[f"llama-server|{number}"].append(_warm_run(server, prompts))


def _joined(timings: Sequence[Timing]) -> Timing:
    """Return what runs took that came one after another."""
    whole = Timing()
    for timing in timings:
        whole.first_token_ms += [whole.wall_s * 1000 + wait_ms for wait_ms in timing.first_token_ms]
        whole.tokens += timing.tokens
        whole.wall_s += timing.wall_s
        whole.cpu_s += timing.cpu_s
    return whole


def _warm_run(server: LlamaServer, prompts: Sequence[Sequence[int]]) -> Timing:
    server.run([prompts[0][:4]], 1)
    return server.run(prompts, WRITTEN)


def _compared(timings: dict[str, list[Timing]]) -> Iterator[list[str]]:
    base = timings["llama-cpp-python, serial|1"]
    for name, all_ in timings.items():
        what, _, number = name.partition("|")
        yield [
            what,
            number,
            f"{_speed(all_):.1f}",
            f"{_speed(all_) / _speed(base):.2f}",
            f"{_speed(all_) / _speed(timings[f'bare|{number}']):.0%}" if what == "engine" else "",
            f"{_thrift(all_) / _thrift(base):.2f}",
            f"{min(statistics.median(one.first_token_ms) for one in all_):.0f}",
        ]


def _speed(timings: Sequence[Timing]) -> float:
    return max(timing.tokens / timing.wall_s for timing in timings)


def _thrift(timings: Sequence[Timing]) -> float:
    return max(timing.tokens / timing.cpu_s for timing in timings)


@contextlib.contextmanager
def _engine(path: Path, *, slots: int, context: int = 512, threads: int = THREADS) -> Iterator[LlamaCppModel]:
    options = LlamaCppOptions(path.parent, slots=slots, context_tokens=context, threads=threads)
    with contextlib.closing(LlamaCppModel(options)) as model:
        _read(model.generate(_request([Message(Role.USER, "네")], 1)))
        yield model


def _run(model: LlamaCppModel, wanted: Sequence[Sequence[Message]]) -> Timing:
    started, cpu = time.perf_counter(), time.process_time()
    generations = [model.generate(_request(messages, WRITTEN)) for messages in wanted]
    results = [_read(generation).result for generation in generations]
    return Timing(
        sum(result.tokens_out for result in results),
        time.perf_counter() - started,
        time.process_time() - cpu,
        [float(result.first_token_ms or 0) for result in results],
    )


def _read(generation: QueuedGeneration) -> QueuedGeneration:
    for _ in generation:
        pass
    return generation


def _request(
    messages: Sequence[Message],
    max_tokens: int,
    *,
    priority: Priority = Priority.LIVE_QUESTION,
    temperature: float = 0,
    session: UUID | None = None,
    output_schema: JsonSchema | None = None,
    seed: int = 0,
) -> GenerationRequest:
    return GenerationRequest(messages, Limits(max_tokens, temperature, 3600), priority, output_schema, seed, session)


def _prompts(weights: Weights, random: Random, length: int, count: int) -> tuple[list[list[Message]], list[list[int]]]:
    """Return messages whose prompts have about so many tokens and differ from their beginning, and their tokens."""
    reader = PromptReader(weights)
    messages = [[Message(Role.USER, _text(weights, random, length - 8))] for _ in range(count)]
    return messages, [reader.read(_request(one, 1)).tokens for one in messages]


def _text(weights: Weights, random: Random, length: int) -> str:
    words: list[str] = []
    while _count(weights, words) < length:
        words.append(random.choice(WORDS))
    return " ".join(words)


def _count(weights: Weights, words: Sequence[str]) -> int:
    return len(weights.tokenize_fixed(" ".join(words)))


def measure_interviews(path: Path) -> None:
    """Two interviews of 15 turns, in turns, with and without what was read for the last turn."""
    with contextlib.closing(Weights(path, gpu_layers=0)) as weights:
        random = Random(5)
        system = _text(weights, random, SYSTEM_TOKENS)
        answers = [[_text(weights, random, ANSWER_TOKENS) for _ in range(TURNS)] for _ in range(2)]
    rows, context = [], SYSTEM_TOKENS + (TURNS + 1) * (ANSWER_TOKENS + QUESTION_TOKENS) * 2
    for what in ("without reuse", "with reuse", "with reuse, answers read ahead"):
        with _engine(path, slots=2, context=context) as model:
            cpu = time.process_time()
            read, waits = _converse(model, system, answers, what)
            cpu = time.process_time() - cpu
        rows.append(
            [what, f"{sum(read)}", f"{cpu:.1f}"]
            + [f"{statistics.median(part):.0f}" for part in (waits[4:10], waits[10:20], waits[20:])]
        )
    header = ["two interviews, 15 turns each", "tokens read", "CPU s", "first token ms, turns 3-5", "6-10", "11-15"]
    print_cells("Model: turns of an interview", header, rows)


def _converse(
    model: LlamaCppModel, system: str, answers: Sequence[Sequence[str]], what: str
) -> tuple[list[int], list[int]]:
    """Return the tokens that were read and the milliseconds to the first token, of each turn."""
    sessions = [uuid4() for _ in answers]
    history = [[Message(Role.SYSTEM, f"{system} {number}")] for number in range(len(answers))]
    read, waits = [], []
    for turn in range(TURNS):
        for number, session in enumerate(sessions):
            history[number].append(Message(Role.USER, answers[number][turn]))
            if what.endswith("ahead"):
                model.read_ahead(history[number], session)
                _wait_until_idle(model)
            if what == "without reuse":
                # Another text at the very start: nothing that was read before fits.
                history[number][0] = Message(Role.SYSTEM, f"{turn} {number} {system}")
            request = _request(history[number], QUESTION_TOKENS, session=None if "without" in what else session)
            generation = model.generate(request)
            history[number].append(Message(Role.ASSISTANT, "".join(generation)))
            result = generation.result
            read.append(result.tokens_in - result.tokens_reused)
            waits.append(result.first_token_ms or 0)
    return read, waits


def _wait_until_idle(model: LlamaCppModel) -> None:
    time.sleep(0.05)
    while model.waiting or ((figures := model.figures()) is not None and figures.running):
        time.sleep(0.005)


def measure_live_question(path: Path) -> None:
    """A live question, alone and while eight evaluations fill all slots."""
    rows = []
    with contextlib.closing(Weights(path, gpu_layers=0)) as weights:
        _, prompts = _prompts(weights, Random(1), ANSWER_TOKENS, 1)
        texts = [_text(weights, Random(number), ANSWER_TOKENS) for number in range(40)]
    with _engine(path, slots=8, context=1024) as model:
        alone = [_first_token_ms(model, text) for text in texts[:ROUNDS]]
        rows.append(["nothing", f"{statistics.median(alone):.0f}", "", "0"])
        beside, steps = [], []
        for number in range(ROUNDS):
            evaluations = [_start_evaluation(model, text) for text in texts[10 + number * 8 : 18 + number * 8]]
            before = model.figures()
            started = time.perf_counter()
            while (figures := model.figures()) is None or figures.tokens_written < (
                before or figures
            ).tokens_written + 80:
                time.sleep(0.01)
            steps.append((time.perf_counter() - started) * 1000 / max(figures.steps - (before or figures).steps, 1))
            beside.append(_first_token_ms(model, texts[3 + number]))
            for evaluation in evaluations:
                evaluation.cancel()
            _wait_until_idle(model)
        figures = model.figures()
        preemptions = 0 if figures is None else figures.preemptions
        rows.append(
            [
                "eight evaluations",
                f"{statistics.median(beside):.0f}",
                f"{statistics.median(steps):.0f}",
                f"{preemptions}",
            ]
        )
    header = [f"a live question of {len(prompts[0])} tokens beside", "first token ms", "mean step ms", "preemptions"]
    print_cells("Model: a live question goes first", header, rows)


def _start_evaluation(model: LlamaCppModel, text: str) -> QueuedGeneration:
    return model.generate(_request([Message(Role.USER, text)], 800, priority=Priority.EVALUATION))


def _first_token_ms(model: LlamaCppModel, text: str) -> int:
    return _read(model.generate(_request([Message(Role.USER, text)], 2))).result.first_token_ms or 0


def measure_structure(path: Path) -> None:
    """What an object costs beside free text, in a vocabulary as large as EXAONE's."""
    ways: dict[str, JsonSchema | None] = {"free text": None, "grammar": GRAMMAR_ONLY, "skeleton": SCHEMA}
    costs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with _engine(path, slots=1, context=2048, threads=1) as model:
        for seed in range(6):
            for what, schema in ways.items():
                limit, asked = 90 if schema is None else 900, [Message(Role.USER, "평가해 주세요")]
                cpu = time.process_time()
                wanted = _request(asked, limit, temperature=0.8, output_schema=schema, seed=seed)
                result = _read(model.generate(wanted)).result
                costs[what].append((result.tokens_out, (time.process_time() - cpu) * 1000))
    free_ms = statistics.median(ms / tokens for tokens, ms in costs["free text"])
    rows = []
    for what, all_ in costs.items():
        per_token = statistics.median(ms / tokens for tokens, ms in all_)
        tokens, text_ms = (statistics.median(column) for column in zip(*all_, strict=True))
        rows.append([what, f"{tokens:.0f}", f"{text_ms:.0f}", f"{per_token:.2f}", f"{per_token - free_ms:+.2f}"])
    header = ["100,000 tokens to choose from", "tokens", "CPU ms per text", "CPU ms per token", "more than free text"]
    print_cells("Model: structured output", header, rows)
