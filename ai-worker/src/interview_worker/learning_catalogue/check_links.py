"""Look whether the catalogue's addresses answer, and record the day.

Run it as `python -m interview_worker.learning_catalogue.check_links` where the internet can be reached.
`--dry-run` records nothing. Ends with 1 when an address is gone; one that refuses programs is only named.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from interview_worker.learning_catalogue.catalogue import Link, catalogue_file, load_catalogue

_TIMEOUT_S = 20
_AT_ONCE = 8
# Many sites turn away what does not call itself a browser.
_HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; link check of an interview platform)", "Accept": "*/*"}
_REFUSES_PROGRAMS = {401, 403, 405, 406, 429}


class Answer(StrEnum):
    ALIVE = "alive"
    REFUSED = "refuses programs, look yourself"
    GONE = "gone"
    UNREACHABLE = "not reached"


@dataclass(frozen=True)
class Finding:
    link: Link
    answer: Answer
    detail: str = ""


def check(link: Link) -> Finding:
    """Ask for one address, following where it leads."""
    # The catalogue admits https addresses only.
    request = Request(link.url, headers=_HEADERS)  # noqa: S310
    try:
        with urlopen(request, timeout=_TIMEOUT_S) as response:  # noqa: S310
            return Finding(link, Answer.ALIVE, "" if response.url == link.url else f"leads to {response.url}")
    except HTTPError as error:
        answer = Answer.REFUSED if error.code in _REFUSES_PROGRAMS or error.code >= 500 else Answer.GONE
        return Finding(link, answer, str(error.code))
    except (OSError, HTTPException) as error:
        return Finding(link, Answer.UNREACHABLE, type(getattr(error, "reason", error)).__name__)


def record(file: Path, urls: Iterable[str], day: date) -> None:
    """Write the day beside each of these addresses, and leave everything else in the file as it is."""
    text = file.read_text("utf-8")
    for url in urls:
        line = re.compile(rf'(url: "{re.escape(url)}",.*checked: )(?:null|[\d-]+)')
        text = line.sub(rf"\g<1>{day.isoformat()}", text)
    file.write_text(text, "utf-8")


def run(file: Path, links: Iterable[Link], ask: Callable[[Link], Finding], *, is_dry: bool = False) -> int:
    """Check each address once, say what is wrong, record what is alive, and return the exit status."""
    by_url = {link.url: link for link in links}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        findings = list(pool.map(ask, by_url.values()))
    for finding in findings:
        if finding.answer is not Answer.ALIVE or finding.detail:
            sys.stdout.write(f"{finding.answer.value}: {finding.link.url} {finding.detail}\n")
    alive = [finding.link.url for finding in findings if finding.answer is Answer.ALIVE]
    if alive and not is_dry:
        record(file, alive, datetime.now(UTC).date())
    sys.stdout.write(f"{len(alive)} of {len(findings)} addresses answered.\n")
    return 1 if any(finding.answer in (Answer.GONE, Answer.UNREACHABLE) for finding in findings) else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Look whether the learning catalogue's addresses answer.")
    parser.add_argument("--dry-run", action="store_true", help="record nothing")
    options = parser.parse_args()
    links = [link for topic in load_catalogue().topics for link in topic.links]
    return run(catalogue_file(), links, check, is_dry=options.dry_run)


if __name__ == "__main__":
    sys.exit(main())
