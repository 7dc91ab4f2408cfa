"""An interview by voice in a real browser: spoken, cut off, corrected, and read in the report as it was played."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import col, select

from interview_core.db.tables import AnswerSource, FrameAnalysis, SegmentState, SpeechSegment, SpokenAnswer
from tests.e2e.conftest import SCREENSHOTS
from tests.e2e.devices import ALLOWED, REFUSED, write_camera, write_microphone
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


def segments_of(stack: Stack, interview_id: str) -> list[SpeechSegment]:
    with stack.sessions() as session:
        rows = session.exec(
            select(SpeechSegment)
            .where(SpeechSegment.interview_id == UUID(interview_id))
            .order_by(col(SpeechSegment.epoch), col(SpeechSegment.sequence))
        )
        return list(rows)


def test_a_short_interview_is_spoken_cut_off_corrected_and_reported_as_it_was_played(
    voice_stack: Stack, account: Account, enter: Callable[..., Any], tmp_path: Path
) -> None:
    microphone, spoken_s = write_microphone(tmp_path)
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
        room.speak(spoken_s + 2)
        expect(room.corrected).to_be_visible(timeout=120_000)
        page.screenshot(path=SCREENSHOTS / "voice-review.png", full_page=True)
        heard = room.corrected.input_value()
        room.corrected.fill(f"{heard} 그리고 지표를 확인했습니다.")
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

        while not room.is_over:
            room.speak(spoken_s)
            expect(room.corrected).to_be_visible(timeout=120_000)
            room.send()
        page.get_by_role("link", name="리포트 보기").click()
        expect(page.get_by_role("heading", name="말하기 습관")).to_be_visible(timeout=120_000)
        page.screenshot(path=SCREENSHOTS / "voice-report.png", full_page=True)

    check_report(voice_stack, account, room.interview_id, heard, cut, spoken_s)


def check_report(stack: Stack, account: Account, interview_id: str, heard: str, cut: str, spoken_s: float) -> None:
    turns = account.read(f"/interviews/{interview_id}")["turns"]
    assert all(turn["answer"]["source"] == AnswerSource.VOICE for turn in turns)
    corrected = turns[0]["answer"]
    assert corrected["transcript"] == heard
    assert corrected["text"].endswith("지표를 확인했습니다.")
    assert [edit["op"] for edit in corrected["transcript_edits"]] == ["insert"]
    # In order, inside their epoch's clock, each about as long as the sentence that was played.
    segments = segments_of(stack, interview_id)
    assert {row.state for row in segments} == {SegmentState.DONE}
    for one, other in pairwise(segments):
        assert one.epoch < other.epoch or one.end_ms <= other.start_ms
    for row in segments:
        times = [time for word in row.words for time in (word["start_ms"], word["end_ms"])]
        assert times == sorted(times)
        assert all(row.start_ms <= time <= row.end_ms for time in times)
    longest = max(row.end_ms - row.start_ms for row in segments) / 1000
    assert spoken_s * 0.7 <= longest <= spoken_s + 3
    # The answer that was cut off is one take in two epochs.
    question_id = next(UUID(turn["question"]["id"]) for turn in turns if turn["question"]["text"] == cut)
    of_cut = [row for row in segments if row.question_id == question_id]
    assert {row.take for row in of_cut} == {1}
    assert len({row.epoch for row in of_cut}) >= 2
    delivery = account.read(f"/interviews/{interview_id}/delivery")
    assert delivery["is_scored"] is False
    assert {item["position"] for item in delivery["answers"]} == {turn["question"]["position"] for turn in turns}
    assert delivery["picture"] is None
    with stack.sessions() as session:
        ends = session.exec(select(SpokenAnswer).where(SpokenAnswer.interview_id == UUID(interview_id))).all()
    assert {end.end_reason.value for end in ends if end.end_reason} <= {"button", "silence"}


def frames_of(stack: Stack, interview_id: str) -> int:
    with stack.sessions() as session:
        return len(session.exec(select(FrameAnalysis).where(FrameAnalysis.interview_id == UUID(interview_id))).all())


def test_a_refused_camera_leaves_the_voice(
    voice_stack: Stack, account: Account, enter: Callable[..., Any], tmp_path: Path
) -> None:
    microphone, spoken_s = write_microphone(tmp_path)
    with enter(ALLOWED, f"--use-file-for-fake-audio-capture={microphone}", script=NO_CAMERA) as room:
        room.button("마이크 켜기").click()
        expect(room.talk).to_be_enabled()
        expect(room.page.get_by_text("카메라는 꺼져 있어요")).to_be_visible()
        room.speak(spoken_s)
        expect(room.corrected).to_be_visible(timeout=120_000)
        room.send()
    answer = account.read(f"/interviews/{room.interview_id}")["turns"][0]["answer"]
    assert answer["source"] == "voice"
    assert answer["text"]


def test_everything_refused_leaves_text(voice_stack: Stack, account: Account, enter: Callable[..., Any]) -> None:
    with enter(REFUSED, width=390) as room:
        room.button("마이크 켜기").click()
        expect(room.page.get_by_text("마이크를 쓸 수 없어요")).to_be_visible()
        room.page.screenshot(path=SCREENSHOTS / "voice-refused-390.png", full_page=True)
        room.button("글로 답하기").first.click()
        before = room.question()
        room.page.get_by_label("내 답변", exact=True).fill("로그를 보고 느린 조회를 먼저 찾았습니다.")
        room.button("답변 보내기").click()
        room.wait_for_next(before)
    answer = account.read(f"/interviews/{room.interview_id}")["turns"][0]["answer"]
    assert (answer["source"], answer["text"]) == ("text", "로그를 보고 느린 조회를 먼저 찾았습니다.")


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
        for code, words, frames_per_s in LADDER:
            page.evaluate("code => channel.onmessage({data: JSON.stringify({type: 'notice', code})})", code)
            expect(page.get_by_text(words)).to_be_visible()
            page.wait_for_function(SENDS, arg=frames_per_s)
        assert_accessible(page, "voice-ladder-dark")
        room.talk.click()
        expect(page.get_by_role("log").locator("p").first).to_be_visible()
        assert_accessible(page, "voice-listening-dark")
        room.button("다 말했어요").click()
        expect(room.corrected).to_be_visible()
        assert_accessible(page, "voice-review-dark")
        room.button("내가 동의한 것").click()
        expect(page.get_by_text("하나씩 언제든지 동의하거나 거둘 수 있어요.")).to_be_visible()
        assert_accessible(page, "voice-consents-dark")


LADDER = [
    ("video_reduced", "화면을 덜 자주 보내고 있어요", 5),
    ("video_key_frames", "화면을 가끔 한 장씩만 보내고 있어요", 2),
    ("video_off", "화면을 잠시 멈췄어요", 0),
    ("audio_gaps", "소리가 일부 도착하지 않았어요", 0),
    ("server_busy", "서버가 바빠요", 0),
]
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


def test_where_no_live_connection_comes_about_the_answer_is_recorded_and_sent(
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
        assert room.corrected.input_value().strip()
        room.send()
    answer = account.read(f"/interviews/{room.interview_id}")["turns"][0]["answer"]
    assert (answer["source"], bool(answer["text"])) == ("voice", True)


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
