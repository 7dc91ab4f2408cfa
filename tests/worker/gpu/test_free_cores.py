"""How many threads the model takes while other programs want the cores too."""

from pathlib import Path

import pytest

from interview_worker.engines.free_cores import FreeCores, own_cores
from tests.samples.make_gguf import write_gguf
from tests.worker.gpu.batching_rig import make_rig, request, talk


class Machine:
    """A machine whose clock and processors move when it is told so."""

    def __init__(self, cores: int, most: int) -> None:
        self.clock_s = self.machine_s = self.own_s = 0.0
        self.free_cores = FreeCores(
            most,
            cores=cores,
            machine_s=lambda: self.machine_s,
            own_s=lambda: self.own_s,
            clock=lambda: self.clock_s,
        )

    def work(self, seconds: float, *, own: float, others: float) -> int:
        """Let time pass in which this many cores were taken; return how many threads the next step has."""
        for _ in range(round(seconds / 0.25)):
            self.clock_s += 0.25
            self.own_s += 0.25 * own
            self.machine_s += 0.25 * (own + others)
            threads = self.free_cores.threads()
        return threads


def test_a_machine_of_its_own_is_used_whole() -> None:
    assert Machine(2, most=2).work(3, own=2, others=0.1) == 2
    assert Machine(16, most=16).work(3, own=16, others=0.3) == 16


def test_a_busy_program_is_given_its_core_at_once() -> None:
    machine = Machine(2, most=2)
    machine.work(3, own=2, others=0)
    assert machine.work(0.25, own=1.2, others=0.8) == 1


def test_cores_that_become_free_are_taken_back_after_a_while() -> None:
    machine = Machine(4, most=4)
    assert machine.work(2, own=2, others=2) == 2
    assert machine.work(0.5, own=2, others=0) == 2
    assert machine.work(1, own=2, others=0) == 4


def test_one_thread_is_left_however_busy_the_machine_is() -> None:
    assert Machine(2, most=2).work(3, own=0.1, others=1.9) == 1


def test_no_more_threads_than_allowed_are_taken() -> None:
    assert Machine(16, most=4).work(3, own=4, others=2) == 4


def test_a_pause_says_nothing_about_now_but_a_long_step_does() -> None:
    machine = Machine(2, most=2)
    machine.clock_s, machine.machine_s = 600, 1200
    assert machine.free_cores.threads() == 2
    machine.clock_s, machine.machine_s, machine.own_s = 605, 1209, 4
    assert machine.free_cores.threads() == 1


@pytest.mark.parametrize(
    ("quota", "cores"), [("50000 100000", 1), ("100000 100000", 1), ("max 100000", None), ("", None)]
)
def test_a_container_has_the_cores_that_it_may_use(tmp_path: Path, quota: str, cores: int | None) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    assert own_cores(tmp_path / "cpu.max") == (cores or own_cores(tmp_path / "missing"))


def test_the_context_is_told_before_a_step_and_goes_on_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_gguf(tmp_path / "noise.gguf")
    told: list[int] = []
    with make_rig(path, slots=1) as rig:
        monkeypatch.setattr(rig.context._cores, "threads", lambda: 2 if rig.batcher.figures.steps < 3 else 1)
        set_threads = rig.context.weights.api.llama_set_n_threads

        def telling(context: object, writing: int, reading: int) -> None:
            told.append(writing)
            set_threads(context, writing, reading)

        monkeypatch.setattr(rig.context.weights.api, "llama_set_n_threads", telling)
        text, result = rig.answer(request(talk("네"), max_tokens=8))
    assert text
    assert result.tokens_out > 0
    assert told == [2, 1]
