"""Downloads a model file, going on where an earlier attempt stopped; it gets its name once it is what it should be."""

import contextlib
import errno
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from interview_worker.engines.gguf_file import GgufInvalid, read_header
from interview_worker.model_files.checksums import checksum_file, compute_checksum, note_checked
from interview_worker.model_files.offer import Offer, goes_on, read_offer

_TRIES = 5
_RESERVE_BYTES = 200 * 1024 * 1024
_TIMEOUT = httpx.Timeout(30, read=60)
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_GB = 10**9

OnBytes = Callable[[int, int | None], object]
"""Told of progress: bytes done so far, and in all if that is known."""


class NotDownloaded(Exception):
    """There is no such file under its name now; the message says why, and what to do."""


@dataclass(frozen=True)
class Wanted:
    """A file to download. What is None about it is taken from what the server declares."""

    url: str
    page: str
    target: Path
    architecture: str
    size_bytes: int | None = None
    sha256: str | None = None
    token: str | None = None


@dataclass(frozen=True)
class Downloaded:
    sha256: str
    is_checked: bool
    """Whether anybody had said what it should be."""


class _Broken(Exception):
    """The transfer stopped; what has come is good."""


class _Again(Exception):
    """What was kept is of no use; the file has to be fetched from its beginning."""


def download(
    wanted: Wanted, client: httpx.Client, *, on_fetched: OnBytes, on_checked: OnBytes, say: Callable[[str], object]
) -> Downloaded:
    """Fetch and check a file, and move it to its place.

    Raises:
        NotDownloaded: it could not be had or is not what it should be. What is good of it is kept for the next time.
    """
    part = _Part(wanted.target)
    with part.opened() as file:
        offer = _fetch_patiently(_Fetch(wanted, client, part, file, on_fetched, say))
        try:
            downloaded = _check(wanted, offer, part.path, on_checked)
        except NotDownloaded:
            part.remove()
            raise
        part.publish(file, downloaded.sha256)
    return downloaded


def make_client() -> httpx.Client:
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=True)


class _Part:
    """The file while it is not whole, and beside it which file it is a part of."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self.path = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")

    @contextlib.contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Open it to append, for this process alone; nothing is left of it when nothing came."""
        try:
            file = self.path.open("ab")
        except OSError as error:
            raise NotDownloaded(f"{self.path} cannot be written: {error.strerror}.") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise NotDownloaded(f"{self._target.name} is being downloaded already.") from error
            try:
                yield file
            finally:
                if os.fstat(file.fileno()).st_size == 0:
                    self.remove()

    @property
    def identity(self) -> str | None:
        try:
            return str(json.loads(self._note.read_text("utf-8"))["identity"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def remember(self, identity: str | None) -> None:
        if identity is None:
            self._note.unlink(missing_ok=True)
        else:
            self._note.write_text(json.dumps({"identity": identity}), "utf-8")

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def publish(self, file: IO[bytes], sha256: str) -> None:
        """Give the whole file its name; whoever runs the one that had it goes on with that."""
        os.fsync(file.fileno())
        checksum_file(self._target).write_text(f"{sha256}  {self._target.name}\n", "utf-8")
        self.path.replace(self._target)
        note_checked(self._target, self._target.stat(), sha256)
        self._note.unlink(missing_ok=True)


def _fetch_patiently(fetch: "_Fetch") -> Offer:
    """Fetch to the end, through connections that break as long as each brings something."""
    for number in range(1, _TRIES + 1):
        before = fetch.size
        try:
            return fetch.run()
        except _Again:
            continue
        except _Broken as error:
            if number == _TRIES or fetch.size <= before:
                kept = f"{_gb(fetch.size)} are kept; the same command goes on from there."
                came = kept if fetch.size else "Nothing has come; try again later."
                raise NotDownloaded(f"{error} {came}") from error
    raise NotDownloaded("The server offers another file each time it is asked; try again later.")


class _Fetch:
    """One file on its way from one server."""

    def __init__(
        self,
        wanted: Wanted,
        client: httpx.Client,
        part: _Part,
        file: IO[bytes],
        on_fetched: OnBytes,
        say: Callable[[str], object],
    ) -> None:
        self._wanted = wanted
        self._client = client
        self._part = part
        self._file = file
        self._on_fetched = on_fetched
        self._say = say

    @property
    def size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def run(self) -> Offer:
        """Fetch what is missing.

        Raises:
            _Broken, _Again: not all has come.
        """
        headers = {"Accept-Encoding": "identity"}
        if self._wanted.token:
            headers["Authorization"] = f"Bearer {self._wanted.token}"
        if offset := self.size:
            headers["Range"] = f"bytes={offset}-"
        try:
            with self._client.stream("GET", self._wanted.url, headers=headers) as response:
                return self._take(response, offset)
        except httpx.TooManyRedirects as error:
            raise NotDownloaded(f"The server sends in circles; is {self._wanted.page} still there?") from error
        except httpx.UnsupportedProtocol as error:
            raise NotDownloaded(f"The server sends to an address that is not http: {error}.") from error
        except httpx.TransportError as error:
            raise _Broken(f"The connection failed ({type(error).__name__}).") from error
        except OSError as error:
            raise NotDownloaded(self._said_of_disk(error)) from error

    def _take(self, response: httpx.Response, offset: int) -> Offer:
        self._check_answer(response, offset)
        offer = read_offer(response)
        self._compare(offer)
        if offset and (not goes_on(response, offset) or self._is_other(offer)):
            return self._settle_kept(response, offer, offset)
        self._check_room(offer, offset)
        self._part.remember(offer.identity)
        self._write(response, offer)
        return offer

    def _check_answer(self, response: httpx.Response, offset: int) -> None:
        """Refuse an answer that is not the file."""
        code = response.status_code
        if any(step.url.scheme != "https" for step in [*response.history[1:], response]) and self._is_https:
            raise NotDownloaded("The server sends from https to an address without encryption.")
        if code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise NotDownloaded(
                f"The server wants to know who asks ({code}): accept the terms at {self._wanted.page} and set HF_TOKEN."
            )
        if code in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
            raise NotDownloaded(f"The file is not there any more ({code}); see {self._wanted.page}.")
        if code == httpx.codes.TOO_MANY_REQUESTS or code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise NotDownloaded(f"The server cannot serve it now ({code}); try again later.")
        is_past_end = code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and offset
        if code not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT} and not is_past_end:
            raise NotDownloaded(f"The server answered {code} instead of the file.")

    @property
    def _is_https(self) -> bool:
        return self._wanted.url.startswith("https:")

    def _compare(self, offer: Offer) -> None:
        """Refuse a file that is not the one which the catalogue knows, before it is fetched."""
        known, offered = self._wanted.sha256, offer.sha256
        if known and offered and known != offered:
            raise NotDownloaded(f"The server has another file now: SHA-256 {offered}, and models.yaml says {known}.")
        size = self._wanted.size_bytes
        if size and offer.size_bytes and size != offer.size_bytes:
            raise NotDownloaded(
                f"The server has another file now: {offer.size_bytes} bytes, and models.yaml says {size}."
            )

    def _is_other(self, offer: Offer) -> bool:
        return offer.identity is None or offer.identity != self._part.identity

    def _settle_kept(self, response: httpx.Response, offer: Offer, offset: int) -> Offer:
        """Decide about what was kept when the server does not go on from there."""
        is_past_end = response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE
        if is_past_end and offset == offer.size_bytes and not self._is_other(offer):
            return offer
        why = "the file was changed" if self._is_other(offer) else "this server cannot go on in the middle"
        self._say(f"{_gb(offset)} from before are of no use ({why}); it begins anew.")
        self._file.truncate(0)
        if response.status_code != httpx.codes.OK:
            raise _Again
        self._check_room(offer, 0)
        self._part.remember(offer.identity)
        self._write(response, offer)
        return offer

    def _check_room(self, offer: Offer, offset: int) -> None:
        free = shutil.disk_usage(self._part.path.parent).free
        if offer.size_bytes is not None and offer.size_bytes - offset > free - _RESERVE_BYTES:
            needed = _gb(offer.size_bytes - offset + _RESERVE_BYTES)
            raise NotDownloaded(f"{needed} are needed in {self._part.path.parent}, and {_gb(free)} are free.")

    def _write(self, response: httpx.Response, offer: Offer) -> None:
        done = self.size
        self._on_fetched(done, offer.size_bytes)
        # In pieces as they come: pieces of a given size would be lost with the connection until they are full.
        for chunk in response.iter_raw():
            self._file.write(chunk)
            self._file.flush()
            done += len(chunk)
            self._on_fetched(done, offer.size_bytes)
        if offer.size_bytes is not None and done < offer.size_bytes:
            raise _Broken("The server stopped before the end.")

    def _said_of_disk(self, error: OSError) -> str:
        if error.errno in _DISK_FULL:
            return f"The disk is full: make room in {self._part.path.parent}; {_gb(self.size)} are kept."
        return f"{self._part.path} cannot be written: {error.strerror}."


def _check(wanted: Wanted, offer: Offer, path: Path, on_checked: OnBytes) -> Downloaded:
    size = path.stat().st_size
    expected_size = wanted.size_bytes or offer.size_bytes
    if expected_size is not None and size != expected_size:
        raise NotDownloaded(f"{size} bytes came instead of {expected_size}; they were thrown away, try again.")
    done = 0

    def count(bytes_now: int) -> None:
        nonlocal done
        done += bytes_now
        on_checked(done, size)

    found, expected = compute_checksum(path, count), wanted.sha256 or offer.sha256
    if expected is not None and found != expected:
        raise NotDownloaded(f"Its SHA-256 is {found} instead of {expected}; it was thrown away, try again.")
    try:
        header = read_header(path)
    except GgufInvalid as error:
        raise NotDownloaded(f"What came is no model file: {error}. It was thrown away.") from error
    if header.architecture != wanted.architecture:
        raise NotDownloaded(
            f"Its architecture is {header.architecture!r} instead of {wanted.architecture!r}; it was thrown away."
        )
    return Downloaded(found, is_checked=expected is not None)


def _gb(count: int) -> str:
    return f"{count / _GB:.2f} GB"
