"""The room by voice, checking what was heard, and the device check."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.pages.contract import assert_is_schema
from tests.pages.page_server import Answers, Reply
from tests.pages.people import identifier, refusal, signed_in
from tests.pages.room_states import INTERVIEW, PATH, room
from tests.pages.state import State, word

QUESTION = identifier(52)
TRANSCRIPT = f"GET {PATH}/questions/{QUESTION}/transcript"
LINK = (Path(__file__).parent / "voice_link.js").read_text("utf-8")
AGREED = {"recording": True, "transcription": True, "scoring": True, "emotion": True}


def _voice(language: str, transcript: dict[str, Any] | None = None, **changes: Any) -> Answers:
    answers = room(language, **{"consents": AGREED, **changes})
    ticket = {"ticket": "ticket", "offer_url": "/media/offer", "expires_in": 60, "ice_servers": []}
    return (
        answers
        | {
            f"POST {PATH}/media-ticket": Reply(201, ticket),
            "POST /media/offer": Reply(200, {"type": "answer", "sdp": ""}),
            f"GET {PATH}/voice-baseline": refusal(404, "NOT_FOUND"),
        }
        | ({TRANSCRIPT: transcript} if transcript else {})
    )


def _words(text: str, doubtful: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {
            "text": part,
            "start_ms": number * 400,
            "end_ms": number * 400 + 350,
            "probability": 0.3 if part in doubtful else 0.95,
            "is_doubtful": part in doubtful,
        }
        for number, part in enumerate(text.split())
    ]


def transcript(language: str, **changes: Any) -> dict[str, Any]:
    """What was heard of an answer, with two doubtful words."""
    text = word(
        language,
        "느린 요청의 로그를 모아 보니 같은 상품을 여러 번 조회했습니다. 그래서 레디스 캐시를 두었습니다.",
        "I collected the logs of slow requests and saw many equal lookups. So I added a ready's cache.",
    )
    doubtful = word(language, "레디스", "ready's").split()
    return {
        "state": "ready",
        "take": 1,
        "text": text,
        "segments": [
            {
                "epoch": 1,
                "sequence": 1,
                "state": "done",
                "start_ms": 0,
                "end_ms": 9000,
                "text": text,
                "words": _words(text, tuple(doubtful)),
            }
        ],
        "missing": [],
        "is_too_poor": False,
        "poor_reason": None,
        "end_reason": "button",
        "error_code": None,
        **changes,
    }


def _turn_on(page: Page, language: str) -> None:
    page.get_by_role("button", name=word(language, "마이크 켜기", "Turn on microphone")).click()


def _talk(page: Page, language: str) -> None:
    _turn_on(page, language)
    page.get_by_text(word(language, "준비되면 시작해 주세요", "Ready when you are")).wait_for()
    page.get_by_role("button", name=word(language, "말하기 시작", "Start speaking")).click()
    page.get_by_role("button", name=word(language, "다 말했어요", "I'm done")).wait_for()
    heard = transcript(language, state="listening", end_reason=None)
    assert_is_schema("Transcript", heard)
    page.route("**/transcript", lambda route: route.fulfill(json=heard))
    # Until the page looks at the transcript again.
    page.clock.fast_forward(4000)
    page.get_by_role("log").get_by_text(word(language, "느린 요청의", "I collected")).wait_for()


def _hear(*messages: str) -> Callable[[Page, str], None]:
    def act(page: Page, language: str) -> None:
        _talk(page, language)
        for message in messages:
            page.evaluate(f"__link.hear({message})")

    return act


def _think(page: Page, language: str) -> None:
    _talk(page, language)
    page.get_by_role("button", name=word(language, "잠깐 생각할게요", "A moment to think (30 s)")).click()


def _lose(page: Page, language: str) -> None:
    _talk(page, language)
    page.evaluate("RTCPeerConnection.prototype.setRemoteDescription = () => new Promise(() => {}); __link.lose()")


def _live(language: str) -> Answers:
    nothing_yet = {"state": "listening", "take": None, "text": "", "segments": [], "end_reason": None}
    return _voice(language, transcript(language, **nothing_yet))


def _no_way(language: str) -> Answers:
    return _voice(language) | {f"POST {PATH}/media-ticket": refusal(422, "SDP_INVALID")}


def _checked(name: str, texts: tuple[str, str], **changes: Any) -> State:
    """A transcript that waits to be checked when the room is entered."""
    return State(name, PATH, lambda language: _voice(language, transcript(language, **changes)), texts, before=LINK)


def _devices(settings: str) -> str:
    return f"window.__devices = {settings};\n{LINK}"


def _check_devices(page: Page, language: str) -> None:
    page.get_by_role("button", name=word(language, "카메라와 마이크 켜기", "Turn on camera and microphone")).click()


def _check_voice(page: Page, language: str) -> None:
    _check_devices(page, language)
    page.get_by_text(word(language, "목소리가 잘 들려요", "We hear you.")).wait_for()


def _test_connection(page: Page, language: str) -> None:
    _check_voice(page, language)
    page.get_by_role("button", name=word(language, "연결 점검하기", "Test connection")).click()
    page.wait_for_function("() => window.__link?.channel.readyState === 'open'")
    # Four questions and answers, one a second.
    page.clock.run_for(4000)


STATES = [
    State("room-voice-start", PATH, _voice, ("마이크 켜기", "Turn on microphone"), before=LINK),
    State("room-voice-ready", PATH, _voice, ("준비되면 시작해 주세요", "Ready when you are"), _turn_on, LINK),
    State(
        "room-listening",
        PATH,
        _live,
        ("목소리가 잘 들려요", "we hear you"),
        _hear("{type: 'speaking', is_speaking: true, is_backchannel: false}"),
        LINK,
    ),
    State(
        "room-silent",
        PATH,
        _live,
        ("말씀이 멈췄어요", "You are silent"),
        _hear("{type: 'pause', silence_ms: 4000}"),
        LINK,
    ),
    State("room-voice-thinking", PATH, _live, ("천천히 생각하세요", "Take your time. We wait."), _think, LINK),
    State(
        "room-voice-reconnecting",
        PATH,
        _live,
        ("다시 연결하고 있어요", "Reconnecting"),
        _lose,
        LINK,
    ),
    State(
        "room-ladder",
        PATH,
        _live,
        ("가끔 한 장씩만", "Only single pictures are sent"),
        _hear("{type: 'notice', code: 'video_key_frames'}"),
        LINK,
    ),
    State("room-no-link", PATH, _no_way, ("답변 녹음하기", "Record answer"), _turn_on, LINK),
    State(
        "room-no-microphone",
        PATH,
        _voice,
        ("마이크를 찾지 못했어요", "No microphone was found"),
        _turn_on,
        _devices("{camera: 'NotFoundError', microphone: 'NotFoundError'}"),
    ),
    _checked("check-ready", ("이렇게 말씀하신 게 맞나요?", "Is this what you said?")),
    _checked("check-empty", ("들린 말이 없어요", "No words were heard"), state="empty", text="", segments=[]),
    _checked(
        "check-too-poor",
        ("공정하게 평가하기 어려워요", "too uncertain to be judged"),
        is_too_poor=True,
        poor_reason="unclear",
    ),
    _checked(
        "check-missing",
        ("부분이 빠졌어요", "of your answer is missing"),
        state="partial",
        missing=[{"epoch": 1, "sequence": 2}],
    ),
    State("devices", "/device-check", signed_in, ("스피커", "Speaker")),
    State(
        "devices-camera-refused",
        f"/device-check?interview={INTERVIEW}",
        _voice,
        ("허용되지 않았어요", "it was not allowed"),
        _check_voice,
        _devices("{camera: 'NotAllowedError', microphone: 'on'}"),
    ),
    State(
        "devices-no-microphone",
        f"/device-check?interview={INTERVIEW}",
        _voice,
        ("마이크를 찾지 못했어요", "No microphone was found"),
        _check_devices,
        _devices("{camera: 'NotFoundError', microphone: 'NotFoundError'}"),
    ),
    State(
        "devices-weak-network",
        f"/device-check?interview={INTERVIEW}",
        _voice,
        ("느려요", "It works with delay"),
        _test_connection,
        _devices("{camera: 'on', microphone: 'on', delayMs: 420}"),
    ),
]
