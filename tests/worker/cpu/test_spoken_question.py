"""Questions as sound: made once, by the first engine that can, and never in anybody's way."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlmodel import select, text

from interview_core.contract.payloads import SynthesizeQuestion
from interview_core.contract.tasks import SYNTHESIZE_QUESTION
from interview_core.db.interviews import ask_question, lock_interview
from interview_core.db.questions import Place, make_question, plan_of
from interview_core.db.spoken_questions import drop_prepared
from interview_core.db.tables import (
    Interview,
    Job,
    JobState,
    Language,
    PreparedQuestion,
    Question,
    SpokenQuestion,
)
from interview_core.jobs import enqueue
from interview_worker.cpu.spoken_question import synthesize_question
from interview_worker.engines.audio import decode_audio
from interview_worker.engines.speech_synthesis import (
    EspeakSpeech,
    OpenAiSpeech,
    SpeechChain,
    SpeechSynthesisFailed,
    find_espeak,
)
from tests.factories import answer_question, make_interview, make_user
from tests.samples.speak import RATE, encode, speak
from tests.worker.cpu.speech_rig import run_task, told

VOICES = {Language.KOREAN: "한나", Language.ENGLISH: "anna"}


class SpeechServer:
    """Speaks as OpenAI's server does, or answers what it is told to."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.status, self.media_type = 200, "audio/wav"
        self.audio = encode(speak("안녕하세요"), "wav")
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                server.asked.append({**body, "path": self.path, "key": self.headers.get("authorization", "")})
                self.send_response(server.status)
                self.send_header("content-type", server.media_type)
                self.end_headers()
                self.wfile.write(server.audio)

            def log_message(self, *_: object) -> None:
                """Tests are quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        self.engine = OpenAiSpeech(
            f"http://127.0.0.1:{self._http.server_port}/v1", "tts-1", VOICES, api_key="canary-key", limit_s=5
        )

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    server = SpeechServer()
    yield server
    server.close()


@pytest.fixture
def espeak() -> EspeakSpeech:
    program = find_espeak()
    assert program, "espeak-ng is part of the set-up for tests"
    return EspeakSpeech(program)


@pytest.fixture
def interview(session) -> Interview:
    return make_interview(session, make_user(session))


def say(session, resources, interview: Interview) -> SpokenQuestion | None:
    question = session.exec(select(Question)).one()
    payload = SynthesizeQuestion(question_id=question.id)
    enqueue(session, SYNTHESIZE_QUESTION, payload, subject_id=interview.id)
    session.commit()
    job = run_task(session, resources, SYNTHESIZE_QUESTION, synthesize_question, payload)
    assert job.state is JobState.DONE
    return session.get(SpokenQuestion, question.id)


@pytest.mark.parametrize(("language", "text"), [(Language.KOREAN, "자기소개를 해 주세요."), (Language.ENGLISH, "Why?")])
def test_espeak_speaks_both_languages(espeak, language, text):
    spoken = espeak.speak(text, language)

    assert spoken.media_type == "audio/mpeg"
    assert 0.2 < len(decode_audio(spoken.audio, max_s=30)) / RATE < 10


def test_a_question_that_looks_like_an_option_is_only_spoken(espeak):
    assert espeak.speak("--help -w /tmp/stolen.wav", Language.ENGLISH).audio


def test_a_question_is_spoken_by_the_configured_server_and_announced(session, speech_resources, interview, server):
    speech_resources.speech = SpeechChain([server.engine])

    row = say(session, speech_resources, interview)

    question = session.exec(select(Question)).one()
    asked = server.asked[0]
    assert (asked["path"], asked["input"], asked["voice"]) == ("/v1/audio/speech", question.text, "한나")
    assert asked["key"] == "Bearer canary-key"
    assert (row.engine, row.voice, row.media_type) == ("openai_compatible", "tts-1/한나", "audio/wav")
    assert speech_resources.storage.read(row.audio) == server.audio
    kind, data = told(speech_resources, interview.id)[-1]
    assert (kind, data) == ("speech.ready", {"question_id": str(question.id), "engine": "openai_compatible"})


def test_the_same_question_is_spoken_once_and_again_with_another_voice(session, speech_resources, interview, server):
    speech_resources.speech = SpeechChain([server.engine])
    first = say(session, speech_resources, interview).audio
    say(session, speech_resources, interview)
    assert len(server.asked) == 1

    server.engine._voices = {**VOICES, Language.KOREAN: "새봄"}
    assert say(session, speech_resources, interview).audio != first
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("status", "media_type", "audio"),
    [(500, "text/plain", b"no"), (200, "application/json", b"{}"), (200, "audio/mpeg", b"")],
)
def test_when_the_server_fails_espeak_speaks(
    status, media_type, audio, session, speech_resources, interview, server, espeak
):
    server.status, server.media_type, server.audio = status, media_type, audio
    speech_resources.speech = SpeechChain([server.engine, espeak])

    assert say(session, speech_resources, interview).engine == "espeak-ng"


def test_a_server_that_is_away_is_an_error_that_is_tried_again(server):
    server.close()
    with pytest.raises(SpeechSynthesisFailed):
        SpeechChain([server.engine]).speak("안녕하세요", Language.KOREAN)


def test_where_nothing_can_speak_the_job_is_done_and_there_is_no_sound(session, speech_resources, interview):
    assert say(session, speech_resources, interview) is None


AHEAD = "주문 캐시가 어긋났을 때는 어떻게 알아차리셨나요?"


@pytest.fixture
def prepared(session, interview) -> PreparedQuestion:
    """The next topic's question, which nobody has asked yet; the worker is asked to speak it."""
    row = PreparedQuestion(interview_id=interview.id, slot=1, after_position=1, content={"text": AHEAD})
    session.add(row)
    ask_for(session, interview, row.question_id)
    return row


def ask_for(session, interview, question_id) -> None:
    enqueue(session, SYNTHESIZE_QUESTION, SynthesizeQuestion(question_id=question_id), subject_id=interview.id)
    session.commit()


def speak_ahead(session, resources, prepared) -> Job:
    payload = SynthesizeQuestion(question_id=prepared.question_id)
    return run_task(session, resources, SYNTHESIZE_QUESTION, synthesize_question, payload)


def ask(session, interview, prepared) -> None:
    """Ask the prepared question as the worker does once the answer has come."""
    answer_question(session, interview, "캐시를 두었습니다.")
    locked = lock_interview(session, interview.id)
    question = make_question(locked, Place(2, 1, plan_of(locked)[1]), text=AHEAD, covers=[], answered_by={})
    question.id = prepared.question_id
    assert ask_question(session, locked, question, is_prepared=True)
    session.commit()


class Meanwhile:
    """An engine that speaks as another does, after something has happened."""

    def __init__(self, engine, happening) -> None:
        self._engine, self._happening = engine, happening
        self.engine, self.voice = engine.engine, engine.voice

    def speak(self, text, language):
        spoken = self._engine.speak(text, language)
        self._happening()
        return spoken


def test_a_prepared_question_is_spoken_and_nobody_is_told(session, speech_resources, interview, prepared, espeak):
    speech_resources.speech = SpeechChain([espeak])

    assert speak_ahead(session, speech_resources, prepared).state is JobState.DONE

    row = session.get_one(SpokenQuestion, prepared.question_id)
    assert (row.interview_id, row.engine) == (interview.id, "espeak-ng")
    assert 0.2 < len(decode_audio(speech_resources.storage.read(row.audio), max_s=30)) / RATE < 20
    assert told(speech_resources, interview.id) == []


def test_a_question_that_is_asked_while_it_is_spoken_is_announced(
    session, speech_resources, interview, prepared, espeak
):
    speech_resources.speech = SpeechChain([Meanwhile(espeak, lambda: ask(session, interview, prepared))])

    speak_ahead(session, speech_resources, prepared)

    kind, data = told(speech_resources, interview.id)[-1]
    assert (kind, data["question_id"]) == ("speech.ready", str(prepared.question_id))


def test_a_prepared_question_that_is_dropped_while_it_is_spoken_leaves_no_row(
    session, speech_resources, interview, prepared, espeak
):
    def drop() -> None:
        drop_prepared(session, interview.id)
        session.commit()

    speech_resources.speech = SpeechChain([Meanwhile(espeak, drop)])

    assert speak_ahead(session, speech_resources, prepared).state is JobState.DONE
    assert session.exec(select(SpokenQuestion)).all() == []


def test_who_prepares_lets_those_go_first_who_wait_to_hear_a_question(
    session, speech_resources, interview, prepared, espeak
):
    speech_resources.speech = SpeechChain([espeak])
    ask_for(session, interview, session.exec(select(Question.id)).one())

    postponed = speak_ahead(session, speech_resources, prepared)

    assert (postponed.state, postponed.attempt) == (JobState.QUEUED, 0)
    assert session.get(SpokenQuestion, prepared.question_id) is None

    assert say(session, speech_resources, interview) is not None
    session.execute(text("UPDATE job SET state = 'done' WHERE id != :id"), {"id": postponed.id})
    session.execute(text("UPDATE job SET run_after = now()"))
    session.commit()
    assert speak_ahead(session, speech_resources, prepared).state is JobState.DONE
    assert session.get(SpokenQuestion, prepared.question_id) is not None
