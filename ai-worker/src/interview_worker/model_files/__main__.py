"""Show the known model files, or download one after showing its licence and asking."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from interview_core.errors import InterviewError
from interview_core.settings import load_settings
from interview_worker.engines.gguf_file import GgufInvalid, read_header
from interview_worker.model_files.catalogue import Catalogue, CatalogueInvalid, KnownModel, Licence, load_catalogue
from interview_worker.model_files.checksums import stated_checksum
from interview_worker.model_files.download import Downloaded, NotDownloaded, OnBytes, Wanted, download, make_client
from interview_worker.settings import DownloadSettings

_HUB = "huggingface.co"
_INTERRUPTED = 130


class _Refused(Exception):
    """It is not downloaded; the message says why."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m interview_worker.model_files", description=__doc__)
    parser.add_argument("name", nargs="?", help="which one; without it, all are shown")
    parser.add_argument("--accept-licence", metavar="NAME", help="accept the licence of this model without being asked")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(DownloadSettings)
        catalogue = load_catalogue(settings.models_dir)
        name = options.name or options.accept_licence or _choose(catalogue, settings.models_dir)
        if name:
            _get(catalogue, name, settings, is_accepted=options.accept_licence == name)
    except (_Refused, NotDownloaded, CatalogueInvalid, InterviewError) as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. What has come is kept; the same command goes on from there.\n")
        return _INTERRUPTED
    return 0


def _choose(catalogue: Catalogue, folder: Path) -> str | None:
    """Show what there is, and ask which; None if nobody can answer or none is wanted."""
    for model in catalogue.models:
        licence = catalogue.licence(model.licence)
        use = "not for commercial use" if licence.non_commercial else "commercial use permitted"
        is_default = ", the default" if model.is_default else ""
        _say(f"{model.name}  ({_presence(folder / model.file)}{is_default})")
        _say(f"    {model.title}, by {model.publisher}; up to {model.context_tokens} tokens")
        _say(f"    {model.machine}")
        _say(f"    {licence.name}: {use}\n")
    if not sys.stdin.isatty():
        return None
    return _ask("Which one? (Enter: none) ") or None


def _presence(path: Path) -> str:
    if path.is_file():
        return "here"
    return "begun" if path.with_name(f"{path.name}.part").is_file() else "not here"


def _get(catalogue: Catalogue, name: str, settings: DownloadSettings, *, is_accepted: bool) -> None:
    model = catalogue.model(name)
    if model is None:
        raise _Refused(f"{name!r} is not known; known are {', '.join(known.name for known in catalogue.models)}.")
    licence = catalogue.licence(model.licence)
    target = settings.models_dir / model.file
    _show(model, licence)
    if licence.non_commercial and settings.commercial_use:
        raise _Refused("COMMERCIAL_USE is on, and this licence does not permit it; choose another model.")
    if _is_here(target):
        return
    if not is_accepted:
        _accept(name)
    if not os.access(settings.models_dir, os.W_OK):
        raise _Refused(f"{settings.models_dir} cannot be written by this user.")
    _report(_download(model, target, settings), target, model)


def _show(model: KnownModel, licence: Licence) -> None:
    _say(f"{model.title}, by {model.publisher}\n{model.page}\n{model.machine}\n{model.chat}\n")
    _say(f"{licence.name}\n{licence.link}")
    for title, text in (("Permits", licence.permits), ("Forbids", licence.forbids), ("Asks", licence.asks)):
        if text:
            _say(f"  {title}: {text}")
    _say("")


def _is_here(target: Path) -> bool:
    """Tell whether a good file is there already."""
    if not target.is_file():
        return False
    try:
        read_header(target)
    except GgufInvalid as error:
        raise _Refused(f"{target} is there, and no good: {error}. Remove it, and run this again.") from error
    checked = "" if stated_checksum(target) else " Nothing is known to compare its SHA-256 with."
    _say(f"{target} is there already; remove it to download it again.{checked}")
    return True


def _accept(name: str) -> None:
    if not sys.stdin.isatty():
        raise _Refused(f"Nobody is there to accept the licence; add --accept-licence {name} if you do.")
    if _ask("Do you accept the licence? Type yes: ").casefold() != "yes":
        raise _Refused("The licence was not accepted; nothing was downloaded.")


def _ask(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        return ""


def _download(model: KnownModel, target: Path, settings: DownloadSettings) -> Downloaded:
    # The token is for the Hub, and nobody else's business.
    token = settings.hf_token if urlsplit(model.url).hostname == _HUB else None
    wanted = Wanted(
        url=model.url,
        page=model.page,
        target=target,
        architecture=model.architecture,
        size_bytes=model.size_bytes,
        sha256=model.sha256,
        token=token.get_secret_value() if token else None,
    )
    with make_client() as client, _bar("download") as on_fetched, _bar("check") as on_checked:
        return download(wanted, client, on_fetched=on_fetched, on_checked=on_checked, say=_say)


@contextmanager
def _bar(what: str) -> Iterator[OnBytes]:
    """Return what shows progress on a terminal, and every tenth of it elsewhere."""
    from tqdm import tqdm

    if not sys.stderr.isatty():
        yield _Tenths(what)
        return
    with tqdm(desc=what, unit="B", unit_scale=True, leave=False, delay=0.2) as bar:

        def show(done: int, total: int | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


class _Tenths:
    def __init__(self, what: str) -> None:
        self._what = what
        self._shown = 0

    def __call__(self, done: int, total: int | None) -> None:
        tenth = done * 10 // total if total else 0
        if tenth > self._shown:
            self._shown = tenth
            _say(f"{self._what}: {tenth * 10} %")


def _report(downloaded: Downloaded, target: Path, model: KnownModel) -> None:
    if model.sha256:
        basis = "as models.yaml says"
    elif downloaded.is_checked:
        basis = "as the publisher's server declares; models.yaml does not know it"
    else:
        basis = "which nobody had declared, so that only its size and header were checked"
    _say(f"{target} is ready. Its SHA-256 is {downloaded.sha256}, {basis}.")
    _say("A worker that runs takes it up with the next question.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
