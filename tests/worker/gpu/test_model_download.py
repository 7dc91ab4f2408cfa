"""`make model` against a real HTTP server that misbehaves on command: whatever happens, no wrong file has its name."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from interview_worker.engines.gguf_file import read_header
from interview_worker.engines.language_model import ModelState
from interview_worker.engines.local_model import LlamaCppModel, LlamaCppOptions
from interview_worker.model_files.catalogue import load_catalogue
from interview_worker.model_files.checksums import checksum_file
from interview_worker.model_files.download import NotDownloaded, Wanted, download, make_client
from tests.samples.make_gguf import write_gguf
from tests.stack import wait_for

NAME = "tiny.gguf"
ROOT = Path(__file__).parents[3]


@dataclass
class Hub:
    """A server of one file. Its fields say how it behaves; `asked` is what it was asked."""

    content: bytes
    url: str = ""
    sends_to: str | None = None
    knows_ranges: bool = True
    declares: bool = True
    has_etag: bool = True
    status: int = 200
    cut_after: int | None = None
    """Bytes after which the connection is closed."""
    cuts: int = 10**9
    declared_size: int | None = None
    pause_s: float = 0
    """Time between the thousands of its bytes."""
    asked: list[dict[str, str | None]] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.asked.append({name: request.headers[name] for name in ("Range", "Authorization")})
        if self.status != 200:
            request.send_response(self.status)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        if self.sends_to is not None:
            request.send_response(302)
            self._declare(request)
            request.send_header("Location", self.sends_to)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        self._send(request)

    def _declare(self, request: BaseHTTPRequestHandler) -> None:
        if self.declares:
            request.send_header("X-Linked-ETag", f'"{self.sha256}"')
            request.send_header("X-Linked-Size", str(self.declared_size or len(self.content)))

    def _send(self, request: BaseHTTPRequestHandler) -> None:
        start = self._start(request)
        if start >= len(self.content):
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(self.content)}")
        elif start:
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {start}-{len(self.content) - 1}/{len(self.content)}")
        else:
            request.send_response(200)
        self._declare(request)
        if self.has_etag:
            request.send_header("ETag", f'"{self.sha256[:16]}"')
        body = self.content[start:]
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if self.cut_after is not None and self.cuts > 0:
            self.cuts -= 1
            body = body[: self.cut_after]
            request.close_connection = True
        for start in range(0, len(body), 1000) if self.pause_s else ():
            request.wfile.write(body[start : start + 1000])
            time.sleep(self.pause_s)
        if not self.pause_s:
            request.wfile.write(body)

    def _start(self, request: BaseHTTPRequestHandler) -> int:
        wanted = request.headers["Range"]
        return int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.knows_ranges else 0


@pytest.fixture
def serve() -> Iterator[Callable[..., Hub]]:
    servers: list[ThreadingHTTPServer] = []

    def start(content: bytes, **behaviour: Any) -> Hub:
        hub = Hub(content, **behaviour)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        hub.url = f"http://127.0.0.1:{server.server_port}/{NAME}"
        return hub

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_gguf(tmp_path_factory.mktemp("hub") / NAME).read_bytes()


class Fetcher:
    """Downloads into a folder, and remembers what was said."""

    def __init__(self, folder: Path) -> None:
        self.target = folder / NAME
        self.part = folder / f"{NAME}.part"
        self.said: list[str] = []
        self.progress: list[tuple[int, int | None]] = []

    def fetch(self, hub: Hub, **known: Any) -> Any:
        wanted = Wanted(hub.url, "the publisher's page", self.target, known.pop("architecture", "exaone"), **known)
        with make_client() as client:
            return download(
                wanted,
                client,
                on_fetched=lambda done, total: self.progress.append((done, total)),
                on_checked=lambda done, total: None,
                say=self.said.append,
            )

    def fails(self, hub: Hub, match: str, **known: Any) -> None:
        with pytest.raises(NotDownloaded, match=match):
            self.fetch(hub, **known)
        assert not self.target.exists()
        assert not checksum_file(self.target).exists()


@pytest.fixture
def fetcher(tmp_path: Path) -> Fetcher:
    return Fetcher(tmp_path)


def test_a_whole_file_comes_to_its_place_with_its_checksum(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    hub = serve(good)
    done = fetcher.fetch(hub)
    assert fetcher.target.read_bytes() == good
    assert (done.sha256, done.is_checked) == (hub.sha256, True)
    assert checksum_file(fetcher.target).read_text() == f"{hub.sha256}  {NAME}\n"
    assert fetcher.progress[-1] == (len(good), len(good))
    assert sorted(path.name for path in fetcher.target.parent.iterdir()) == [
        f".{NAME}.checked",
        NAME,
        f"{NAME}.sha256",
    ]
    subprocess.run(["sha256sum", "-c", f"{NAME}.sha256"], cwd=fetcher.target.parent, check=True, capture_output=True)


def test_an_interrupted_download_goes_on_where_it_stopped(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    hub = serve(good, cut_after=200_000, cuts=1)
    fetcher.fetch(hub)
    assert fetcher.target.read_bytes() == good
    assert [asked["Range"] for asked in hub.asked] == [None, "bytes=200000-"]


def test_a_server_that_breaks_off_for_good_leaves_what_has_come_for_the_next_time(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    hub = serve(good, cut_after=50_000)
    fetcher.fails(hub, "goes on from there")
    kept = fetcher.part.stat().st_size
    assert 50_000 <= kept < len(good)
    assert fetcher.part.read_bytes() == good[:kept]
    hub.cut_after = None
    fetcher.fetch(hub)
    assert fetcher.target.read_bytes() == good
    assert hub.asked[-1]["Range"] == f"bytes={kept}-"


def test_a_server_without_ranges_is_asked_for_all_of_it_again(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    hub = serve(good, knows_ranges=False, cut_after=100_000, cuts=1)
    fetcher.fetch(hub)
    assert fetcher.target.read_bytes() == good
    assert "cannot go on in the middle" in fetcher.said[0]


@pytest.mark.parametrize("behaviour", [{}, {"knows_ranges": False}, {"declares": False}])
def test_a_file_that_was_changed_in_between_is_fetched_anew(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes, tmp_path: Path, behaviour: dict[str, bool]
) -> None:
    old = serve(good, cut_after=50_000, **behaviour)
    fetcher.fails(old, "kept")
    other = write_gguf(tmp_path / "other.gguf", seed=8).read_bytes()
    assert other[:400_000] != good[:400_000]
    fetcher.fetch(serve(other, **behaviour))
    assert fetcher.target.read_bytes() == other
    assert "the file was changed" in fetcher.said[-1]


def test_a_whole_file_that_was_not_yet_moved_is_only_checked(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    hub = serve(good, cut_after=50_000)
    fetcher.fails(hub, "kept")
    fetcher.part.write_bytes(good)
    hub.cut_after = None
    fetcher.fetch(hub)
    assert fetcher.target.read_bytes() == good
    assert fetcher.progress[-1][0] < len(good)


def test_a_file_with_another_checksum_never_gets_its_name(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    hub = serve(good, declares=False)
    fetcher.fails(hub, "instead of", sha256="0" * 64)
    assert not fetcher.part.exists()


def test_a_server_that_declares_another_file_than_is_known_is_not_even_read(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    fetcher.fails(serve(good), "another file now", sha256="0" * 64)
    fetcher.fails(serve(good), "another file now", size_bytes=7)
    assert not fetcher.part.exists()


def test_a_server_that_declares_nothing_is_said_to_be_unchecked(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    assert fetcher.fetch(serve(good, declares=False, has_etag=False)).is_checked is False


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "not there any more"), (401, "HF_TOKEN"), (403, "HF_TOKEN"), (429, "later"), (503, "later"), (418, "418")],
)
def test_an_answer_that_is_not_the_file_says_what_to_do(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes, status: int, words: str
) -> None:
    fetcher.fails(serve(good, status=status), words)
    assert not fetcher.part.exists()


def test_the_checksum_is_taken_from_where_it_is_declared_and_the_token_stays_there(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    store = serve(good, declares=False)
    hub = serve(good, sends_to=store.url)
    done = fetcher.fetch(hub, token="hf_secret")
    assert (done.sha256, done.is_checked) == (hub.sha256, True)
    assert hub.asked[0]["Authorization"] == "Bearer hf_secret"
    assert store.asked[0]["Authorization"] is None


def test_a_store_that_has_another_file_than_was_declared_is_found_out(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes, tmp_path: Path
) -> None:
    other = write_gguf(tmp_path / "other.gguf", seed=8).read_bytes()
    store = serve(other, declares=False)
    fetcher.fails(serve(good, sends_to=store.url), "instead of")


def test_redirects_in_circles_end(fetcher: Fetcher, serve: Callable[..., Hub], good: bytes) -> None:
    hub = serve(good)
    hub.sends_to = hub.url
    fetcher.fails(hub, "circles")


def test_a_redirect_away_from_encryption_is_refused(fetcher: Fetcher, good: bytes) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "https":
            return httpx.Response(302, headers={"Location": "http://store.example/f"})
        return httpx.Response(200, content=good)

    wanted = Wanted("https://hub.example/f", "page", fetcher.target, "exaone")
    with (
        httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True) as client,
        pytest.raises(NotDownloaded, match="without encryption"),
    ):
        download(wanted, client, on_fetched=print, on_checked=print, say=print)
    assert not fetcher.target.exists()


def test_nobody_there_is_said(fetcher: Fetcher, good: bytes, free_port: Callable[[], int]) -> None:
    fetcher.fails(Hub(good, url=f"http://127.0.0.1:{free_port()}/x"), "connection failed.*Nothing has come")
    assert not fetcher.part.exists()


@pytest.mark.parametrize("kind", ["a page", "cut", "another architecture"])
def test_a_file_that_is_no_such_model_is_thrown_away(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes, kind: str
) -> None:
    content = b"<html>sign in</html>" if kind == "a page" else good[:-5000] if kind == "cut" else good
    known = {"architecture": "llama"} if kind == "another architecture" else {}
    fetcher.fails(serve(content), "no model file|architecture", **known)
    assert not fetcher.part.exists()


def test_too_little_room_is_known_before_anything_comes(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    fetcher.fails(serve(good, declared_size=10**16), "are needed")
    assert fetcher.progress == []


def test_a_disk_that_fills_up_is_said(fetcher: Fetcher, serve: Callable[..., Hub], good: bytes) -> None:
    fetcher.part.symlink_to("/dev/full")
    fetcher.fails(serve(good), "disk is full")


def test_a_second_download_of_the_same_file_is_refused(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    hub = serve(good)
    started, go_on = threading.Event(), threading.Event()

    def wait(_done: int, _total: int | None) -> None:
        started.set()
        go_on.wait(20)

    def first() -> None:
        with make_client() as client:
            wanted = Wanted(hub.url, "", fetcher.target, "exaone")
            download(wanted, client, on_fetched=wait, on_checked=wait, say=print)

    thread = threading.Thread(target=first)
    thread.start()
    assert started.wait(20)
    try:
        fetcher.fails(hub, "already")
    finally:
        go_on.set()
        thread.join()
    assert fetcher.target.read_bytes() == good


def test_a_worker_that_runs_takes_up_what_was_downloaded(
    fetcher: Fetcher, serve: Callable[..., Hub], good: bytes
) -> None:
    model = LlamaCppModel(LlamaCppOptions(fetcher.target.parent, threads=1))
    assert model.status().state is ModelState.MISSING
    fetcher.fetch(serve(good))
    assert model.status().state is ModelState.NOT_LOADED
    model.close()


@pytest.fixture
def hub(serve: Callable[..., Hub], good: bytes) -> Hub:
    return serve(good)


@pytest.fixture
def run_command(tmp_path: Path, hub: Hub) -> Callable[..., subprocess.CompletedProcess[str]]:
    folder = tmp_path / "models"
    folder.mkdir()
    licences = [
        {"id": "nc", "name": "Some Licence - NC", "link": "x", "non_commercial": True, "permits": "Research.",
         "forbids": "Commercial use."},
        {"id": "free", "name": "Free Licence", "link": "x", "non_commercial": False, "permits": "Any use."},
    ]  # fmt: skip
    common = {"title": "T", "publisher": "P", "page": "page", "url": hub.url, "architecture": "exaone",
              "context_tokens": 9, "machine": "m", "chat": "c"}  # fmt: skip
    models = [
        {"name": "closed", "file": "closed.gguf", "licence": "nc", **common},
        {"name": "open", "file": "open.gguf", "licence": "free", "sha256": hub.sha256, **common},
    ]
    (folder / "models.yaml").write_text(yaml.safe_dump({"licences": licences, "models": models}))

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "interview_worker.model_files", *arguments],
            env={"PATH": os.environ["PATH"], "MODELS_DIR": str(folder), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_the_command_lists_what_is_known_and_what_may_be_done_with_it(run_command: Callable[..., Any]) -> None:
    shown = run_command()
    assert shown.returncode == 0, shown.stderr
    assert "closed  (not here)" in shown.stdout
    assert "Some Licence - NC: not for commercial use" in shown.stdout
    assert "Free Licence: commercial use permitted" in shown.stdout


def test_nothing_comes_before_the_licence_was_accepted(run_command: Callable[..., Any], tmp_path: Path) -> None:
    refused = run_command("closed")
    assert refused.returncode == 1
    assert "Forbids: Commercial use." in refused.stdout
    assert "--accept-licence closed" in refused.stderr
    for_another = run_command("closed", "--accept-licence", "open")
    assert for_another.returncode == 1
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["models.yaml"]


def test_an_accepted_licence_brings_the_file(run_command: Callable[..., Any], tmp_path: Path) -> None:
    done = run_command("--accept-licence", "closed")
    assert done.returncode == 0, done.stderr
    assert "server declares" in done.stdout
    assert "as models.yaml says" in run_command("--accept-licence", "open").stdout
    assert read_header(tmp_path / "models" / "closed.gguf").architecture == "exaone"
    again = run_command("closed")
    assert again.returncode == 0
    assert "is there already" in again.stdout


def test_a_commercial_deployment_downloads_only_what_it_may_use(
    run_command: Callable[..., Any], tmp_path: Path
) -> None:
    refused = run_command("--accept-licence", "closed", COMMERCIAL_USE="true")
    assert refused.returncode == 1
    assert "COMMERCIAL_USE" in refused.stderr
    assert not (tmp_path / "models" / "closed.gguf").exists()
    assert run_command("--accept-licence", "open", COMMERCIAL_USE="true").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_download_that_was_stopped_goes_on_where_it_was(
    run_command: Callable[..., Any], hub: Hub, tmp_path: Path, number: signal.Signals
) -> None:
    hub.pause_s = 0.1
    folder = tmp_path / "models"
    process = subprocess.Popen(
        [sys.executable, "-m", "interview_worker.model_files", "--accept-licence", "closed"],
        env={"PATH": os.environ["PATH"], "MODELS_DIR": str(folder)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that run in the background ignore Ctrl-C, and what they start would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    part = folder / "closed.gguf.part"
    wait_for(lambda: part.exists() and part.stat().st_size > 5_000, within_s=60, what="some of it has come")
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode in {130, -signal.SIGKILL}
    assert "goes on from there" in said or number is signal.SIGKILL
    assert "Traceback" not in said
    kept = part.stat().st_size

    hub.pause_s = 0
    assert run_command("--accept-licence", "closed").returncode == 0
    assert (folder / "closed.gguf").read_bytes() == hub.content
    assert hub.asked[-1]["Range"] == f"bytes={kept}-"


def test_an_unknown_name_says_which_are_known(run_command: Callable[..., Any]) -> None:
    assert "closed, open" in run_command("other").stderr


def test_the_catalogue_of_the_repository_is_valid_and_has_a_model_for_everybody() -> None:
    catalogue = load_catalogue(ROOT / "ai_models")
    default = [model for model in catalogue.models if model.is_default]
    assert [model.file for model in default] == ["EXAONE-3.5-7.8B-Instruct-Q4_K_M.gguf"]
    assert any(not catalogue.licence(model.licence).non_commercial for model in catalogue.models)
    for model in catalogue.models:
        assert model.url == f"{model.page}/resolve/main/{model.file}"
