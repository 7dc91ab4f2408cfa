"""An interview by voice in a real browser: spoken, cut off, corrected, and read in the report as it was played."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from interview_media.control import Notice
from interview_media.ladder import NOTICES, Rung
from tests.e2e.conftest import SCREENSHOTS
from tests.e2e.devices import ALLOWED, REFUSED, SENTENCE, write_camera, write_microphone
from tests.e2e.spoken_report import Script, check_page, check_spoken, frames_of, segments_of
from tests.e2e.test_accessibility import assert_accessible
from tests.e2e.voice import Account
from tests.stack import Stack, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

NO_CAMERA = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
navigator.mediaDevices.getUserMedia = async wanted => {
  if (wanted.video) throw new DOMException('', 'NotAllowedError')
  return ask(wanted)
}
"""
WATCHED_CONNECTION = """
const make = RTCPeerConnection.prototype.createDataChannel
RTCPeerConnection.prototype.createDataChannel = function (...args) {
  window.connection = this
  return (window.channel = make.apply(this, args))
}
"""
SLOW_SOUNDS = """
window.sounds = []
const play = HTMLMediaElement.prototype.play
HTMLMediaElement.prototype.play = function () {
  if (this instanceof HTMLAudioElement) {
    this.playbackRate = 0.25
    window.sounds.push(this)
  }
  return play.call(this)
}
"""


def test_a_whole_interview_is_spoken_cut_off_corrected_and_reported_as_it_was_played(
    voice_stack: Stack, account: Account, enter: Callable[..., Any], tmp_path: Path
) -> None:
    microphone, spoken_s = write_microphone(tmp_path)
    script = Script(spoken_s)
    devices = [
        ALLOWED,
        f"--use-file-for-fake-audio-capture={microphone}",
        f"--use-file-for-fake-video-capture={write_camera(tmp_path)}",
    ]
    with enter(*devices) as room:
        page = room.page
        room.button("마이크 켜기").click()
        expect(room.talk).to_be_enabled()
        expect(page.get_by_label("내 카메라 화면")).to_be_visible()

        first = room.question()
        room.speak(2 * script.period_s + 1.5)
        expect(room.corrected).to_be_visible(timeout=120_000)
        page.screenshot(path=SCREENSHOTS / "voice-review.png", full_page=True)
        room.corrected.fill(room.corrected.input_value().replace("절반으로", "삼분의 일로", 1))
        room.send()

        seen = wait_for(lambda: frames_of(voice_stack, room.interview_id), within_s=60, what="a frame is analysed")
        assert seen
        room.button("내가 동의한 것").click()
        page.get_by_label("표정 살펴보기 (연습에서만)").click()
        expect(page.get_by_text("거뒀어요. 카메라를 껐고")).to_be_visible()
        page.screenshot(path=SCREENSHOTS / "voice-consents.png", full_page=True)
        room.button("닫기").click()
        expect(page.get_by_label("내 카메라 화면")).not_to_be_visible()
        assert frames_of(voice_stack, room.interview_id) == 0

        cut = room.question()
        assert cut != first
        room.talk.click()
        expect(page.get_by_text("듣고 있어요").first).to_be_visible()
        page.wait_for_timeout((spoken_s + 2) * 1000)
        voice_stack.services["media-server"].kill()
        expect(page.get_by_text("연결이 끊겨서 다시 연결하고 있어요").first).to_be_visible(timeout=15_000)
        page.screenshot(path=SCREENSHOTS / "voice-reconnecting.png", full_page=True)
        voice_stack.restart("media-server")
        expect(page.get_by_text("연결이 잠시 끊겼어요")).to_be_visible(timeout=60_000)
        page.wait_for_timeout((spoken_s + 2) * 1000)
        room.button("다 말했어요").click()
        expect(room.corrected).to_be_visible(timeout=120_000)
        room.send()

        room.speak_to_the_end(spoken_s)
        page.get_by_role("link", name="리포트 보기").click()
        check_page(page, account, room.interview_id)
        page.screenshot(path=SCREENSHOTS / "voice-report.png", full_page=True)

    turns = check_spoken(voice_stack, account, room.interview_id, script)
    corrected = turns[0]["answer"]
    assert corrected["text"] == corrected["transcript"].replace("절반으로", "삼분의 일로", 1)
    assert [edit["op"] for edit in corrected["transcript_edits"]] == ["replace"]
    # The answer that was cut off is one take in two epochs.
    question_id = next(turn["question"]["id"] for turn in turns if turn["question"]["text"] == cut)
    of_cut = [row for row in segments_of(voice_stack, room.interview_id) if str(row.question_id) == question_id]
    assert {row.take for row in of_cut} == {1}
    assert len({row.epoch for row in of_cut}) >= 2
    delivery = account.read(f"/interviews/{room.interview_id}/delivery")
    assert (delivery["picture"], delivery["no_picture"]) == (None, "not_allowed")


def test_a_whole_interview_is_spoken_and_reported_with_the_camera_refused(
    voice_stack: Stack, account: Account, enter: Callable[..., Any], tmp_path: Path
) -> None:
    microphone, spoken_s = write_microphone(tmp_path)
    script = Script(spoken_s)
    with enter(ALLOWED, f"--use-file-for-fake-audio-capture={microphone}", script=NO_CAMERA) as room:
        room.button("마이크 켜기").click()
        expect(room.talk).to_be_enabled()
        expect(room.page.get_by_text("카메라는 꺼져 있어요")).to_be_visible()
        room.speak(2 * script.period_s + 1.5)
        expect(room.corrected).to_be_visible(timeout=120_000)
        room.send()
        room.speak_to_the_end(spoken_s)
        room.page.get_by_role("link", name="리포트 보기").click()
        check_page(room.page, account, room.interview_id)
    check_spoken(voice_stack, account, room.interview_id, script)
    delivery = account.read(f"/interviews/{room.interview_id}/delivery")
    assert (delivery["picture"], delivery["no_picture"]) == (None, "no_frames")


def test_a_whole_interview_is_written_and_reported_with_everything_refused(
    voice_stack: Stack, account: Account, enter: Callable[..., Any]
) -> None:
    answer = "로그를 보고 느린 조회를 먼저 찾았습니다."
    with enter(REFUSED, width=390) as room:
        room.button("마이크 켜기").click()
        expect(room.page.get_by_text("마이크를 쓸 수 없어요")).to_be_visible()
        room.page.screenshot(path=SCREENSHOTS / "voice-refused-390.png", full_page=True)
        room.button("글로 답하기").first.click()
        while not room.is_over:
            room.page.get_by_label("내 답변", exact=True).fill(answer)
            room.send()
        room.page.get_by_role("link", name="리포트 보기").click()
        check_page(room.page, account, room.interview_id)
        expect(room.page.get_by_text("말로 답한 적이 없어서")).to_be_visible()
    answers = [turn["answer"] for turn in account.read(f"/interviews/{room.interview_id}")["turns"]]
    assert {(each["source"], each["text"]) for each in answers} == {("text", answer)}
    assert segments_of(voice_stack, room.interview_id) == []


def test_devices_are_checked_in_words_and_no_state_of_speaking_has_an_accessibility_violation(
    enter: Callable[..., Any], tmp_path: Path
) -> None:
    microphone, spoken_s = write_microphone(tmp_path)
    devices = [
        ALLOWED,
        f"--use-file-for-fake-audio-capture={microphone}",
        f"--use-file-for-fake-video-capture={write_camera(tmp_path)}",
    ]
    with enter(*devices, width=390, scheme="dark", script=WATCHED_CONNECTION) as room:
        page = room.page
        assert_accessible(page, "voice-start-dark")
        page.get_by_role("link", name="장치 점검하기").click()
        expect(room.button("연결 점검하기")).to_be_disabled()
        assert_accessible(page, "devices-start-dark")
        room.button("카메라와 마이크 켜기").click()
        expect(page.get_by_label("내 카메라 화면")).to_be_visible()
        expect(page.get_by_text("목소리가 잘 들려요.")).to_be_visible()
        room.button("읽기 시작").click()
        page.wait_for_timeout((spoken_s + 1) * 1000)
        room.button("다 읽었어요").click()
        expect(page.get_by_text("내 기준이 정해졌어요.")).to_be_visible()
        room.button("소리 내 보기").click()
        room.button("아니요").click()
        expect(page.get_by_text("음량과 출력 장치를 확인해 주세요.")).to_be_visible()
        room.button("소리 내 보기").click()
        page.get_by_role("button", name="네", exact=True).click()
        expect(page.get_by_text("질문을 소리로 들을 수 있어요.")).to_be_visible()
        room.button("연결 점검하기").click()
        expect(page.get_by_text("실시간 음성을 쓸 수 있")).to_be_visible()
        assert_accessible(page, "devices-checked-dark")

        page.get_by_role("link", name="면접으로 돌아가기").click()
        room.button("마이크 켜기").click()
        expect(room.talk).to_be_enabled()
        expect(page.get_by_text("준비되면 시작해 주세요.")).to_be_visible()
        assert_accessible(page, "voice-ready-dark")
        for code, words, frames_per_s in [*LADDER, *NOTICED]:
            page.evaluate(HEAR_NOTICE, code)
            expect(page.get_by_text(words)).to_be_visible()
            page.wait_for_function(SENDS, arg=frames_per_s)
        assert_accessible(page, "voice-ladder-dark")
        page.evaluate(HEAR_NOTICE, NOTICES[Rung.FULL])
        page.wait_for_function(SENDS, arg=15)
        expect(page.get_by_text(LADDER[-1][1])).not_to_be_visible()
        room.talk.click()
        expect(page.get_by_role("log").locator("p").first).to_be_visible()
        assert_accessible(page, "voice-listening-dark")
        room.button("다 말했어요").click()
        expect(room.corrected).to_be_visible()
        assert_accessible(page, "voice-review-dark")
        room.button("내가 동의한 것").click()
        expect(page.get_by_text("하나씩 언제든지 동의하거나 거둘 수 있어요.")).to_be_visible()
        assert_accessible(page, "voice-consents-dark")


HEAR_NOTICE = "code => channel.onmessage({data: JSON.stringify({type: 'notice', code})})"
LADDER = [
    (NOTICES[Rung.REDUCED], "화면을 덜 자주 보내고 있어요", 5),
    (NOTICES[Rung.KEY_FRAMES], "화면을 가끔 한 장씩만 보내고 있어요", 2),
    (NOTICES[Rung.OFF], "화면을 잠시 멈췄어요", 0),
]
NOTICED = [(Notice.AUDIO_GAPS, "소리가 일부 도착하지 않았어요", 0), (Notice.SERVER_BUSY, "서버가 바빠요", 0)]
SENDS = """rate => {
  const [camera] = connection.getSenders().filter(sender => sender.track?.kind === 'video')
  const [sent] = camera.getParameters().encodings
  return rate === 0 ? !sent.active : sent.active && sent.maxFramerate === rate
}"""


def test_an_interview_is_spoken_by_keyboard_and_a_reload_in_mid_answer_loses_nothing_that_was_stored(
    voice_stack: Stack, account: Account, enter: Callable[..., Any], tmp_path: Path
) -> None:
    microphone, _ = write_microphone(tmp_path)
    with enter(ALLOWED, f"--use-file-for-fake-audio-capture={microphone}", emotion=False) as room:
        page = room.page
        expect(room.button("마이크 켜기")).to_be_enabled()
        reach(page, room.button("마이크 켜기"))
        page.keyboard.press("Enter")
        expect(page.get_by_text("준비되면 시작해 주세요.")).to_be_visible()
        expect(room.talk).to_be_focused()
        page.keyboard.press("Space")
        expect(room.button("다 말했어요")).to_be_focused()
        wait_for(lambda: segments_of(voice_stack, room.interview_id), within_s=60, what="something said is stored")
        page.keyboard.press("Space")
        expect(room.corrected).to_be_focused()
        first = room.question()
        reach(page, room.button("답변 보내기"))
        page.keyboard.press("Enter")
        room.wait_for_next(first)

        expect(room.talk).to_be_focused()
        page.keyboard.press("Space")
        known = len(segments_of(voice_stack, room.interview_id))
        wait_for(
            lambda: len(segments_of(voice_stack, room.interview_id)) > known, within_s=60, what="more of it is stored"
        )
        page.reload()
        expect(room.corrected).to_be_visible()
        assert room.corrected.input_value().strip()
        expect(room.button("다시 말하기")).to_be_enabled()
        room.send()
    answers = [turn["answer"] for turn in account.read(f"/interviews/{room.interview_id}")["turns"] if turn["answer"]]
    assert [answer["source"] for answer in answers] == ["voice", "voice"]


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus is there."""
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab never comes there")


def test_where_no_live_connection_comes_about_answers_are_recorded_and_where_none_can_be_sent_written(
    account: Account, enter: Callable[..., Any], tmp_path: Path
) -> None:
    microphone, spoken_s = write_microphone(tmp_path)
    with enter(ALLOWED, f"--use-file-for-fake-audio-capture={microphone}", emotion=False) as room:
        page = room.page
        page.route("**/media/offer", lambda route: route.abort())
        room.button("마이크 켜기").click()
        expect(page.get_by_text("음성 서버에 연결하지 못했어요")).to_be_visible()
        assert_accessible(page, "voice-no-link")
        room.button("답변 녹음하기").click()
        page.wait_for_timeout(spoken_s * 1000)
        room.button("녹음 마치고 보내기").click()
        expect(room.corrected).to_be_visible(timeout=120_000)
        assert SENTENCE in room.corrected.input_value()
        room.send()

        page.route("**/recordings", lambda route: route.abort())
        room.button("답변 녹음하기").click()
        expect(room.button("녹음 마치고 보내기")).to_be_visible()
        room.button("녹음 마치고 보내기").click()
        expect(page.get_by_text("녹음을 보내지 못했어요")).to_be_visible()
        room.button("글로 답하기").click()
        page.get_by_label("내 답변", exact=True).fill("글로 적은 답변입니다.")
        room.send()
    answers = [turn["answer"] for turn in account.read(f"/interviews/{room.interview_id}")["turns"] if turn["answer"]]
    assert [answer["source"] for answer in answers] == ["voice", "text"]


def test_who_speaks_over_the_spoken_question_stops_it_and_who_writes_is_not_connected(
    voice_stack: Stack, enter: Callable[..., Any], tmp_path: Path
) -> None:
    microphone, _ = write_microphone(tmp_path)
    health = f"http://127.0.0.1:{voice_stack.media_port}/healthz"
    with enter(ALLOWED, f"--use-file-for-fake-audio-capture={microphone}", script=SLOW_SOUNDS, emotion=False) as room:
        page = room.page
        room.button("마이크 켜기").click()
        expect(page.get_by_text("준비되면 시작해 주세요.")).to_be_visible()
        if not room.button("그만 듣기").is_visible():
            room.button("질문 듣기").click()
        page.wait_for_function("sounds.length > 0 && sounds.at(-1).paused")
        expect(room.button("질문 듣기")).to_be_visible()
        assert page.evaluate("sounds.at(-1).currentTime < sounds.at(-1).duration")

        assert httpx.get(health).json()["peers"] == 1
        page.get_by_text("글로 답하기", exact=True).click()
        wait_for(lambda: httpx.get(health).json()["peers"] == 0, within_s=30, what="the connection is let go")
        page.get_by_text("말로 답하기", exact=True).click()
        expect(page.get_by_text("준비되면 시작해 주세요.")).to_be_visible()
        before = room.question()
        room.button("건너뛰기").click()
        page.get_by_role("dialog").get_by_role("button", name="건너뛰기").click()
        room.wait_for_next(before)
