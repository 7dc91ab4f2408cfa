"""The media server as its own process, and a real Chromium with a fake camera on a page of another origin."""

import asyncio
import functools
import http.server
import io
import shutil
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, async_playwright
from redis import Redis

from interview_core.frames import Frame
from interview_core.streams import frame_slot
from tests.media.browsers import make_ticket, sign, until
from tests.media.process import ServerProcess

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
async def page(page_origin: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = await browser.new_page()
        await page.goto(page_origin)
        yield page
        await browser.close()


async def connect(page: Page, url: str, ticket: str) -> None:
    await page.evaluate("([url, ticket]) => connect(url, ticket)", [f"{url}/media/offer", ticket])
    await page.wait_for_function("pc.connectionState === 'connected'", timeout=20_000)


async def test_a_real_browsers_frames_reach_the_slot_and_the_server_stops_cleanly(
    page: Page, page_origin: str, server: Callable[..., ServerProcess], redis: Redis
) -> None:
    running = await server(CORS_ORIGINS=page_origin).start()
    url, process = running.url, running.process
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
    page: Page, page_origin: str, server: Callable[..., ServerProcess], redis: Redis
) -> None:
    running = await server(CORS_ORIGINS=page_origin).start()
    url = running.url
    ticket = make_ticket(may_analyze_emotion=False)
    await connect(page, url, sign(ticket))
    await asyncio.sleep(13)
    assert await page.evaluate("pc.connectionState") == "connected"
    assert running.count_peers() == 1
    assert redis.exists(frame_slot(ticket.interview_id)) == 0
    await page.evaluate("pc.close()")
    await until(lambda: running.count_peers() == 0, within_s=10)
