"""What Lighthouse says of the built page on a slow phone; npx fetches Lighthouse, which nothing else here needs.

The page is served compressed as nginx serves it, with answers of an API that is not there: no platform is measured.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measure import print_cells
from local.browser import find_browser
from local.install import set_up_frontend
from tests.pages import account_states, home_states, room_states
from tests.pages.page_server import PageServer

# The newest that runs with Node 20.
LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
PAGES = ("landing", "sign-in", "home-in-progress", "room-question")
FLAGS = "--headless=new --no-sandbox --disable-gpu"
LANGUAGE = "ko"


def measure_page() -> None:
    """Print the four categories of each page, as on a phone that Lighthouse slows down."""
    set_up_frontend()
    states = {state.name: state for module in (account_states, home_states, room_states) for state in module.STATES}
    rows = []
    with PageServer().running() as server:
        for name in PAGES:
            state = states[name]
            server.show(state.answers(LANGUAGE))
            report = _ask(server.url + state.path)
            scores = [str(round(report["categories"][category]["score"] * 100)) for category in CATEGORIES]
            paint = report["audits"]["largest-contentful-paint"]["numericValue"] / 1000
            rows.append([name, *scores, f"{paint:.1f}"])
    print_cells("Lighthouse", ["page", *CATEGORIES, "largest paint, s"], rows)


def _ask(url: str) -> Any:
    """Return Lighthouse's report of an address."""
    browser = find_browser()
    environment = {**os.environ, **({"CHROME_PATH": str(browser)} if browser else {})}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        options = ["--quiet", "--output=json", f"--output-path={path}", f"--chrome-flags={FLAGS}"]
        subprocess.run(
            ["npx", "--yes", LIGHTHOUSE, url, f"--only-categories={','.join(CATEGORIES)}", *options],
            env=environment,
            check=True,
            timeout=300,
        )
        return json.loads(path.read_text("utf-8"))
