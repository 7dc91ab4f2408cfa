"""The media server as its own process, and a real Chromium with a fake camera on a page of another origin."""

import asyncio
import functools
import http.server
import io
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.async_api import Page, async_playwright
from redis import Redis

from interview_core.frames import Frame
from interview_core.streams import frame_slot
from tests.media.browsers import MEDIA_SECRET_KEY, make_ticket, sign, until

pytestmark = pytest.mark.e2e

FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
PAGE = """<!doctype html><title>camera</title><script>
async function connect(url, ticket) {
  const stream = await navigator.mediaDevices.getUserMedia({audio: true, video: {width: 640, height: 480}})
  const pc = window.pc = new RTCPeerConnection({iceServers: []})
  for (const track of stream.getTracks()) pc.addTransceiver(track, {direction: 'sendonly', streams: [stream]})
  await pc.setLocalDescription(await pc.createOffer())
  const response = await fetch(url, {method: 'POST', headers: {'Content-Type': 'application/json'},
                                     body: JSON.stringify({ticket, sdp: pc.localDescription.sdp})})
  await pc.setRemoteDescription(await response.json())
}
</script>"""


@pytest.fixture
def page_origin(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "index.html").write_text(PAGE)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def server(redis_url: str, page_origin: str, free_port: Callable[[], int]) -> Iterator[tuple[subprocess.Popen, str]]:
    port = free_port()
    environment = {
        **os.environ,
        "REDIS_URL": redis_url,
        "MEDIA_SECRET_KEY": MEDIA_SECRET_KEY,
        "MEDIA_FRAME_INTERVAL_MS": "300",
        "CORS_ORIGINS": page_origin,
    }
    command = ["uvicorn", "--factory", "interview_media.app:create_app", "--loop", "uvloop", "--port", str(port)]
    with subprocess.Popen([sys.executable, "-m", *command], env=environment) as process:
        yield process, f"http://127.0.0.1:{port}"
        process.kill()


@pytest.fixture
async def page(page_origin: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = await browser.new_page()
        await page.goto(page_origin)
        yield page
        await browser.close()


async def wait_until_up(url: str) -> None:
    def is_up() -> bool:
        try:
            return httpx.get(f"{url}/healthz").is_success
        except httpx.TransportError:
            return False

    await until(is_up, within_s=60)


def count_peers(url: str) -> int:
    return int(httpx.get(f"{url}/healthz").json()["peers"])


async def connect(page: Page, url: str, ticket: str) -> None:
    await page.evaluate("([url, ticket]) => connect(url, ticket)", [f"{url}/media/offer", ticket])
    await page.wait_for_function("pc.connectionState === 'connected'", timeout=20_000)


async def test_a_real_browsers_frames_reach_the_slot_and_the_server_stops_cleanly(
    page: Page, server: tuple[subprocess.Popen, str], redis: Redis
) -> None:
    process, url = server
    await wait_until_up(url)
    ticket = make_ticket()
    slot = frame_slot(ticket.interview_id)
    await connect(page, url, sign(ticket))
    await until(lambda: redis.exists(slot) == 1)
    first = Frame.unpack(redis.get(slot))
    picture = Image.open(io.BytesIO(first.jpeg))
    assert (picture.format, picture.size) == ("JPEG", (640, 480))
    assert len({picture.convert("L").getpixel((x, 240)) // 16 for x in range(0, 640, 8)}) > 1
    await until(lambda: Frame.unpack(redis.get(slot)).frame_ms > first.frame_ms)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, 15) in (0, -signal.SIGTERM)
    await page.wait_for_function("pc.connectionState !== 'connected'", timeout=20_000)


async def test_without_consent_a_real_browser_stays_connected_and_no_frame_leaves(
    page: Page, server: tuple[subprocess.Popen, str], redis: Redis
) -> None:
    _, url = server
    await wait_until_up(url)
    ticket = make_ticket(may_analyze_emotion=False)
    await connect(page, url, sign(ticket))
    await asyncio.sleep(13)
    assert await page.evaluate("pc.connectionState") == "connected"
    assert count_peers(url) == 1
    assert redis.exists(frame_slot(ticket.interview_id)) == 0
    await page.evaluate("pc.close()")
    await until(lambda: count_peers(url) == 0, within_s=10)
