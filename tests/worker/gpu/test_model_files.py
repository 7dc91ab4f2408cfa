"""Model files that are wrong, forbidden, gone or replaced, and engines that fail: each says so (trials F17, F18)."""

import hashlib
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import gguf
import pytest

from interview_core.errors import EngineFailed
from interview_worker.engines import local_model, model_file
from interview_worker.engines.chat_template import render
from interview_worker.engines.language_model import Message, ModelState, ModelUnavailable, Role
from interview_worker.engines.llama_runtime import Context, Outcome, Weights
from interview_worker.engines.local_model import LlamaCppModel
from interview_worker.gpu.situation import WrittenQuestion
from interview_worker.model_files.checksums import checksum_file
from tests.samples.make_gguf import SHAPES, write_gguf
from tests.stack import wait_for
from tests.worker.gpu.batching_rig import request, talk
from tests.worker.gpu.conftest import SCRIPT
from tests.worker.gpu.test_asking import write

MakeModel = Callable[..., LlamaCppModel]
OTHER = "다음 질문으로 넘어가겠습니다 준비되셨나요"
CATALOGUE = """
licences:
  - {id: nc, name: Some Licence - NC, link: https://licence.example, non_commercial: true, permits: Research.,
     gguf_names: [Famous 3.5], gguf_licences: [famous-nc]}
  - {id: free, name: Free Licence, link: https://licence.example, non_commercial: false, permits: Any use.,
     gguf_licences: [apache-2.0]}
models:
  - {name: famous, title: Famous, publisher: P, page: p, file: famous.gguf, url: "https://x/famous.gguf", licence: nc,
     architecture: exaone, context_tokens: 100, machine: m, chat: c}
  - {name: bought, title: Famous, publisher: P, page: p, file: bought.gguf, url: "https://x/bought.gguf", licence: free,
     architecture: exaone, context_tokens: 100, machine: m, chat: c}
"""


def say(model: LlamaCppModel, **limits: float) -> str:
    return "".join(model.generate(request(talk("네"), **limits)))


def place(folder: Path, script: str, name: str = "model.gguf") -> Path:
    """Put a model into its place as `make model` does, in one go."""
    return write_gguf(folder / "new", script=script).replace(folder / name)


def stamp(path: Path, sha256: str) -> None:
    checksum_file(path).write_text(f"{sha256}  {path.name}\n")


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def header_only(path: Path, *, name: str, licence: str | None = None, licence_name: str | None = None) -> Path:
    """A file that says who it is and holds no weights."""
    writer = gguf.GGUFWriter(str(path), "exaone")
    writer.add_name(name)
    writer.add_token_list(["a", "b"])
    if licence:
        writer.add_license(licence)
    if licence_name:
        writer.add_license_name(licence_name)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with path.open("ab") as file:
        file.write(bytes(32))
    return path


def test_a_file_with_a_wrong_checksum_is_used_until_that_is_known_and_never_after(
    make_model: MakeModel, tmp_path: Path
) -> None:
    path = place(tmp_path, SCRIPT)
    stamp(path, "0" * 64)
    model = make_model(tmp_path)
    assert model.status().state is ModelState.NOT_LOADED
    wait_for(lambda: model.status().state is ModelState.INVALID, within_s=30, what="the checksum is computed")
    assert "SHA-256" in str(model.status().reason)
    with pytest.raises(ModelUnavailable, match="SHA-256"):
        say(model)


def test_a_model_that_already_answers_is_unloaded_when_its_checksum_proves_wrong(
    make_model: MakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place(tmp_path, SCRIPT)
    stamp(path, "0" * 64)
    may_compute = threading.Event()
    compute = model_file.compute_checksum
    monkeypatch.setattr(model_file, "compute_checksum", lambda *args: may_compute.wait(30) and compute(*args))
    model = make_model(tmp_path)
    assert say(model) == SCRIPT
    may_compute.set()
    wait_for(lambda: not model.status().is_usable, within_s=30, what="the checksum is computed")
    with pytest.raises(ModelUnavailable):
        say(model)
    good = place(tmp_path, OTHER)
    stamp(good, sha256_of(good))
    assert say(model) == OTHER


def test_a_right_checksum_is_computed_once_for_a_file(make_model: MakeModel, tmp_path: Path) -> None:
    path = place(tmp_path, SCRIPT)
    stamp(path, sha256_of(path))
    note = tmp_path / ".model.gguf.checked"
    assert make_model(tmp_path).status().is_usable
    wait_for(note.exists, within_s=30, what="the checksum is computed")

    # The same size and time, another content: only who computes again finds it out.
    facts = path.stat()
    with path.open("r+b") as file:
        file.seek(-4, os.SEEK_END)
        file.write(b"\x00\x01\x02\x03")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    again = make_model(tmp_path)
    assert again.status().is_usable
    time.sleep(0.5)
    assert again.status().is_usable

    path.touch()
    wait_for(lambda: not again.status().is_usable, within_s=30, what="a file that was touched is computed again")


def test_a_model_file_that_disappears_is_used_on_and_said_to_be_gone(make_model: MakeModel, tmp_path: Path) -> None:
    path = place(tmp_path, SCRIPT)
    model = make_model(tmp_path)
    assert say(model) == SCRIPT
    path.unlink()
    status = model.status()
    assert (status.state, status.name) == (ModelState.READY, "model.gguf")
    assert str(tmp_path) in str(status.reason)
    assert say(model) == SCRIPT
    assert make_model(tmp_path).status().state is ModelState.MISSING


def test_a_file_that_vanishes_before_it_is_loaded_fails_at_once(
    make_model: MakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = place(tmp_path, SCRIPT)
    model = make_model(tmp_path)
    load = Weights.__init__

    def lose_and_load(self: Weights, file: Path, *, gpu_layers: int) -> None:
        path.unlink(missing_ok=True)
        load(self, file, gpu_layers=gpu_layers)

    monkeypatch.setattr(Weights, "__init__", lose_and_load)
    started = time.monotonic()
    with pytest.raises(ModelUnavailable):
        say(model)
    with pytest.raises(ModelUnavailable):
        say(model)
    assert time.monotonic() - started < 5
    assert model.status().state is ModelState.MISSING
    monkeypatch.undo()
    place(tmp_path, SCRIPT)
    assert say(model) == SCRIPT


def test_a_replaced_file_takes_over_with_the_next_request(make_model: MakeModel, tmp_path: Path) -> None:
    place(tmp_path, SCRIPT)
    model = make_model(tmp_path)
    assert say(model) == SCRIPT
    place(tmp_path, OTHER)
    assert model.status().reason is None
    assert say(model) == OTHER


def test_a_file_replaced_by_a_bad_one_leaves_the_old_one_running_and_is_said(
    make_model: MakeModel, tmp_path: Path
) -> None:
    place(tmp_path, SCRIPT)
    model = make_model(tmp_path)
    assert say(model) == SCRIPT
    bad = tmp_path / "bad"
    bad.write_bytes(b"<html>sign in</html>")
    bad.replace(tmp_path / "model.gguf")
    assert "no GGUF" in str(model.status().reason)
    assert say(model) == SCRIPT


def test_who_writes_while_the_file_is_replaced_is_not_disturbed(make_model: MakeModel, tmp_path: Path) -> None:
    write_gguf(tmp_path / "model.gguf", script="그리고 또 한 번", is_endless=True)
    model = make_model(tmp_path)
    running = model.generate(request(talk("네"), max_tokens=300, temperature=1.0))
    pieces = iter(running)
    next(pieces)
    place(tmp_path, SCRIPT)
    assert "".join(pieces)
    assert running.result.tokens_out == 300
    assert say(model) == SCRIPT


@pytest.mark.parametrize(
    ("file_name", "said", "is_permitted"),
    [
        ("famous.gguf", {"name": "x"}, False),
        ("renamed.gguf", {"name": "FAMOUS-3.5_7B instruct"}, False),
        ("renamed.gguf", {"name": "x", "licence": "famous-nc"}, False),
        ("renamed.gguf", {"name": "x", "licence": "other", "licence_name": "famous-nc"}, False),
        ("bought.gguf", {"name": "Famous 3.5"}, True),
        ("free.gguf", {"name": "x", "licence": "apache-2.0"}, True),
        ("unknown.gguf", {"name": "x"}, True),
    ],
)
def test_a_commercial_deployment_uses_only_what_its_licence_permits(
    make_model: MakeModel, tmp_path: Path, file_name: str, said: dict[str, str], is_permitted: bool
) -> None:
    (tmp_path / "models.yaml").write_text(CATALOGUE)
    header_only(tmp_path / file_name, **said)
    status = make_model(tmp_path, is_commercial=True).status()
    assert status.is_usable is is_permitted
    assert make_model(tmp_path).status().is_usable
    if not is_permitted:
        assert status.state is ModelState.NOT_PERMITTED
        assert "Some Licence - NC" in str(status.reason)
        assert "https://licence.example" in str(status.reason)


def test_the_licence_of_a_file_is_told(make_model: MakeModel, tmp_path: Path) -> None:
    (tmp_path / "models.yaml").write_text(CATALOGUE)
    for file_name, licence, told in (
        ("famous.gguf", None, "Some Licence - NC"),
        ("free.gguf", "apache-2.0", "Free Licence"),
        ("other.gguf", "cc-by-4.0", "cc-by-4.0"),
        ("silent.gguf", None, "unknown"),
    ):
        header_only(tmp_path / file_name, name="x", licence=licence)
        assert make_model(tmp_path, model_file=file_name).status().licence == told


@pytest.mark.parametrize("catalogue", [None, "models: [", "models: [{name: 1}]", "surprise: true"])
def test_without_its_list_of_licences_a_commercial_deployment_uses_no_model(
    make_model: MakeModel, tmp_path: Path, catalogue: str | None
) -> None:
    place(tmp_path, SCRIPT)
    if catalogue is not None:
        (tmp_path / "models.yaml").write_text(catalogue)
    status = make_model(tmp_path, is_commercial=True).status()
    assert status.state is ModelState.NOT_PERMITTED
    assert "models.yaml" in str(status.reason)
    assert say(make_model(tmp_path)) == SCRIPT


def test_memory_that_is_short_is_tried_again_after_a_while(
    make_model: MakeModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(tmp_path, SCRIPT)
    monkeypatch.setattr(local_model, "_MEMORY_RETRY_S", 1.5)
    model = make_model(tmp_path)
    with monkeypatch.context() as short:
        short.setattr(Weights, "kv_bytes_per_token", 10**12)
        with pytest.raises(ModelUnavailable, match="memory"):
            say(model)
        assert model.status().state is ModelState.NO_MEMORY
    wait_for(lambda: model.status().is_usable, within_s=10, what="it may be tried again")
    assert "memory" in str(model.status().reason)
    assert say(model) == SCRIPT
    assert model.status().reason is None


@pytest.mark.parametrize("room_mb", [10, 40])
def test_an_allocation_that_the_system_refuses_is_no_fault_of_the_file(tmp_path: Path, room_mb: int) -> None:
    """In a process of its own, whose address space ends before or after the weights."""
    write_gguf(tmp_path / "model.gguf", script=SCRIPT)
    write_gguf(tmp_path / "large", shape=SHAPES["wordy"])
    code = """
        import os, resource, sys
        from pathlib import Path
        import psutil
        from interview_worker.engines.language_model import (
            GenerationRequest, Limits, Message, ModelUnavailable, Priority, Role
        )
        from interview_worker.engines.local_model import LlamaCppModel, LlamaCppOptions

        folder, room_mb = Path(sys.argv[1]), int(sys.argv[2])
        model = LlamaCppModel(LlamaCppOptions(folder, threads=1, slots=1))
        asked = GenerationRequest([Message(Role.USER, "?")], Limits(64, 0, 60), Priority.LIVE_QUESTION)
        list(model.generate(asked))
        os.replace(folder / "large", folder / "model.gguf")
        used = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (used + room_mb * 2**20, resource.RLIM_INFINITY))
        try:
            list(model.generate(asked))
        except ModelUnavailable as error:
            print(model.status().state, error)
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path), str(room_mb)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("no_memory model.gguf cannot be used"), done.stdout


class Failing:
    """Lets a context's decoding fail in so many calls, once a text has gone on by as many words as it spares."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.spared = self.calls = 0
        decode = Context.decode

        def fail_or_decode(context: Context, feeds: list) -> tuple[Outcome, list[int]]:
            if self.spared:
                self.spared -= len(feeds[0].tokens) == 1
            elif self.calls:
                self.calls -= 1
                return Outcome.FAILED, []
            return decode(context, feeds)

        monkeypatch.setattr(Context, "decode", fail_or_decode)


def test_one_failed_step_costs_one_request(make_model: MakeModel, monkeypatch: pytest.MonkeyPatch) -> None:
    failing, model = Failing(monkeypatch), make_model()
    assert say(model) == SCRIPT
    failing.calls = 1
    with pytest.raises(EngineFailed):
        say(model)
    assert model.status().state is ModelState.READY
    assert say(model) == SCRIPT


@pytest.mark.parametrize("spared", [0, 3], ids=["before its first word", "in mid-sentence"])
def test_a_question_that_a_failed_step_cut_off_is_written_again_at_once(
    make_model: MakeModel, monkeypatch: pytest.MonkeyPatch, spared: int
) -> None:
    failing, model = Failing(monkeypatch), make_model()
    assert say(model) == SCRIPT
    failing.spared, failing.calls = spared, 1
    written, recorder = write(model)
    assert isinstance(written, WrittenQuestion)
    assert (written.text, written.answered_by.provider, written.answered_by.is_fallback) == (SCRIPT, "llama.cpp", False)
    assert (recorder.text, recorder.resets) == (SCRIPT, 1 if spared else 0)


def test_when_that_fails_too_the_bank_asks_and_the_worker_starts_anew(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, ended = Failing(monkeypatch), threading.Event()
    model = LlamaCppModel(local_model.LlamaCppOptions(model_folder, threads=1, slots=1), on_broken=ended.set)
    assert say(model) == SCRIPT
    failing.calls = 2
    written, recorder = write(model)
    assert isinstance(written, WrittenQuestion)
    assert (written.answered_by.provider, written.answered_by.fallback_reason) == ("question_bank", "model_failed")
    assert recorder.text == ""
    assert ended.wait(60)
    model.close()


def test_two_failed_steps_end_the_worker_and_everybody_is_told_at_once(
    model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, ended = Failing(monkeypatch), threading.Event()
    model = LlamaCppModel(local_model.LlamaCppOptions(model_folder, threads=1, slots=1), on_broken=ended.set)
    assert say(model) == SCRIPT
    failing.calls = 2
    with pytest.raises(EngineFailed):
        say(model)
    started = time.monotonic()
    with pytest.raises((EngineFailed, ModelUnavailable)):
        say(model)
    assert ended.wait(5)
    with pytest.raises(ModelUnavailable):
        say(model)
    assert time.monotonic() - started < 5
    assert model.status().state is ModelState.BROKEN
    model.close()


def test_a_model_that_can_think_aloud_is_told_not_to() -> None:
    template = (
        "{% for m in messages %}{{ m.content }}{% endfor %}"
        "{% if enable_thinking is defined and enable_thinking is false %}<think></think>{% endif %}"
    )
    prompt = render(template, [Message(Role.USER, "네")])
    assert [piece.text for piece in prompt if piece.is_trusted][-1] == "<think></think>"
