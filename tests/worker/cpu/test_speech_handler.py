"""What was said is written down in order, announced, and kept no longer than its candidate allows."""

import pytest
from sqlmodel import text

from interview_core.contract.broker import BrokerUnavailable
from interview_core.contract.payloads import Payload, ReadAhead, TranscribeSegment
from interview_core.contract.tasks import TRANSCRIBE_SEGMENT, PerishableTask
from interview_core.db.speech import load_take
from interview_core.db.tables import Consent, ConsentPurpose, Interview, Job, JobState, SegmentState, SpeechSegment
from interview_core.errors import NotFound
from interview_core.speech import SegmentId, TranscriptState
from interview_worker.cpu.resources import CpuResources
from interview_worker.cpu.speech import transcribe_segment
from interview_worker.engines.speech_recognition import RecogniserFailed, RecogniserUnavailable, Word
from tests.factories import end_answer, hear_segment, make_interview, make_user, open_question
from tests.samples.speak import KOREAN, Samples, encode, silence, speak
from tests.worker.cpu.speech_rig import run_task, told

SPOKEN = (ConsentPurpose.TRANSCRIPTION, ConsentPurpose.SCORING)


@pytest.fixture(scope="module")
def speech() -> Samples:
    return speak(KOREAN)


@pytest.fixture
def resources(speech_resources) -> CpuResources:
    return speech_resources


@pytest.fixture
def interview(session) -> Interview:
    return make_interview(session, make_user(session), consents=SPOKEN)


def run(session, resources, segment: SpeechSegment) -> Job:
    """Do the segment's job as a worker does."""
    payload = TranscribeSegment(interview_id=segment.interview_id, epoch=segment.epoch, sequence=segment.sequence)
    return run_task(session, resources, TRANSCRIBE_SEGMENT, transcribe_segment, payload)


def test_a_segment_is_written_down_on_the_clock_of_its_connection(resources, session, interview, speech):
    segment = hear_segment(session, interview, start_ms=40_000, end_ms=46_000)
    resources.storage.put(segment.audio, encode(speech))

    assert run(session, resources, segment).state is JobState.DONE

    row = session.get_one(SpeechSegment, (interview.id, 1, 0))
    assert (row.state, row.text) == (SegmentState.DONE, "저는 캐시를")
    assert row.delivery["speech_ms"] > 4000
    assert [(word["start_ms"], word["end_ms"]) for word in row.words] == [(40_100, 40_400), (40_500, 40_900)]
    assert [word["probability"] for word in row.words] == [0.95, 0.4]
    assert row.recognised_by == {"engine": "faster-whisper", "model": "fake-whisper"}
    assert resources.recogniser.heard == [(len(speech), "ko")]
    kind, data = told(resources, interview.id)[0]
    assert (kind, data["sequence"], data["text"]) == ("transcript.segment", 0, "저는 캐시를")


class Noting:
    """Stands for the broker, and notes what is dispatched, or is away."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.is_away = is_away
        self.dispatched: list[tuple[str, Payload]] = []

    def dispatch(self, task: PerishableTask, payload: Payload) -> None:
        if self.is_away:
            raise BrokerUnavailable("away")
        self.dispatched.append((task.name, payload))


def test_the_language_model_may_read_what_was_said_while_the_candidate_speaks_on(resources, session, interview, speech):
    resources.broker = Noting()
    segment = hear_segment(session, interview)
    resources.storage.put(segment.audio, encode(speech))
    run(session, resources, segment)
    assert resources.broker.dispatched == [("interview.read_ahead", ReadAhead(interview_id=interview.id, position=2))]

    resources.broker = Noting(is_away=True)
    later = hear_segment(session, interview, 1)
    resources.storage.put(later.audio, encode(speech))
    assert run(session, resources, later).state is JobState.DONE


def test_words_never_leave_their_segment_nor_run_backwards(resources, session, interview, speech):
    resources.recogniser.words = (Word("a", 500, 90_000, 0.9), Word("b", 100, 50, 0.9), Word("c", 99_000, 99_000, 0.9))
    segment = hear_segment(session, interview, start_ms=1000, end_ms=7000)
    resources.storage.put(segment.audio, encode(speech))

    run(session, resources, segment)

    times = [(w["start_ms"], w["end_ms"]) for w in session.get_one(SpeechSegment, (interview.id, 1, 0)).words]
    assert times == [(1500, 7000), (1500, 1500), (7000, 7000)]


def test_silence_is_an_empty_transcript_and_nobody_is_asked_to_hear_words_in_it(resources, session, interview):
    segment = hear_segment(session, interview)
    resources.storage.put(segment.audio, encode(silence(3)))
    end_answer(session, interview, 0)

    run(session, resources, segment)

    assert resources.recogniser.heard == []
    take = load_take(session, open_question(session, interview), 1)
    assert (take.state, take.text, take.segments[0].delivery) == (TranscriptState.EMPTY, "", None)
    assert told(resources, interview.id)[-1][0] == "transcript.ready"


def test_an_answer_is_ready_when_its_last_segment_is_written_down_in_whatever_order(
    resources, session, interview, speech
):
    segments = [hear_segment(session, interview, n, start_ms=n * 6000, end_ms=n * 6000 + 6000) for n in range(3)]
    for segment in segments:
        resources.storage.put(segment.audio, encode(speech))
    end_answer(session, interview, 2)
    question_id = open_question(session, interview)

    for place in (2, 0):
        resources.recogniser.words = (Word(f"part-{place}", 0, 100, 0.9),)
        run(session, resources, segments[place])
        assert load_take(session, question_id, 1).state is TranscriptState.PENDING
    resources.recogniser.words = (Word("part-1", 0, 100, 0.9),)
    run(session, resources, segments[1])

    take = load_take(session, question_id, 1)
    assert (take.state, take.text) == (TranscriptState.READY, "part-0 part-1 part-2")
    assert [kind for kind, _ in told(resources, interview.id)].count("transcript.ready") == 1


def test_without_consent_to_recording_the_audio_goes_with_its_transcription(resources, session, interview, speech):
    segment = hear_segment(session, interview)
    key = segment.audio
    resources.storage.put(key, encode(speech))

    run(session, resources, segment)

    assert session.get_one(SpeechSegment, (interview.id, 1, 0)).audio is None
    with pytest.raises(NotFound):
        resources.storage.read(key)


def test_with_consent_to_recording_the_audio_stays(resources, session, speech):
    interview = make_interview(session, make_user(session), consents=(*SPOKEN, ConsentPurpose.RECORDING))
    segment = hear_segment(session, interview)
    resources.storage.put(segment.audio, encode(speech))

    run(session, resources, segment)

    assert resources.storage.read(session.get_one(SpeechSegment, (interview.id, 1, 0)).audio)


def test_what_consent_is_withdrawn_from_while_it_is_heard_is_not_written_down(resources, session, interview, speech):
    def withdraw() -> None:
        session.add(
            Consent(
                user_id=interview.user_id,
                interview_id=interview.id,
                purpose=ConsentPurpose.TRANSCRIPTION,
                is_granted=False,
                text_version="2026-11",
            )
        )
        session.commit()

    segment = hear_segment(session, interview)
    resources.storage.put(segment.audio, encode(speech))
    resources.recogniser.meanwhile = withdraw

    run(session, resources, segment)

    row = session.get_one(SpeechSegment, (interview.id, 1, 0))
    assert (row.text, row.words) == (None, [])


def test_a_recogniser_that_is_missing_fails_the_segment_at_once_and_names_it(resources, session, interview, speech):
    segment = hear_segment(session, interview)
    resources.storage.put(segment.audio, encode(speech))
    end_answer(session, interview, 0)
    resources.recogniser.error = RecogniserUnavailable("no weights")

    job = run(session, resources, segment)

    assert (job.state, job.error_code) == (JobState.DEAD, "RECOGNISER_UNAVAILABLE")
    take = load_take(session, open_question(session, interview), 1)
    assert (take.state, take.missing) == (TranscriptState.FAILED, [SegmentId(1, 0)])
    kind, data = told(resources, interview.id)[-1]
    assert (kind, data["missing"]) == ("transcript.failed", [{"epoch": 1, "sequence": 0}])


def test_a_recogniser_that_crashes_over_a_segment_is_asked_again_and_then_the_segment_is_named(
    resources, session, interview, speech
):
    segments = [hear_segment(session, interview, n, start_ms=n * 6000, end_ms=n * 6000 + 6000) for n in range(2)]
    for segment in segments:
        resources.storage.put(segment.audio, encode(speech))
    end_answer(session, interview, 1)
    run(session, resources, segments[0])
    resources.recogniser.error = RecogniserFailed("died twice")

    for _ in range(TRANSCRIBE_SEGMENT.max_attempts):
        job = run(session, resources, segments[1])

    assert (job.state, job.attempt) == (JobState.DEAD, TRANSCRIBE_SEGMENT.max_attempts)
    take = load_take(session, open_question(session, interview), 1)
    assert (take.state, take.text, take.missing) == (TranscriptState.PARTIAL, "저는 캐시를", [SegmentId(1, 1)])


@pytest.mark.parametrize("content", [b"", b"not audio", b"fLaC" + bytes(200)])
def test_audio_that_cannot_be_read_is_a_failed_segment_and_no_crash(resources, session, interview, content):
    segment = hear_segment(session, interview)
    resources.storage.put(segment.audio, content)

    assert run(session, resources, segment).error_code == "AUDIO_UNREADABLE"
    assert session.get_one(SpeechSegment, (interview.id, 1, 0)).state is SegmentState.FAILED


def test_the_same_segment_is_added_once_and_written_down_once(resources, session, interview, speech):
    segment = hear_segment(session, interview)
    hear_segment(session, interview)
    resources.storage.put(segment.audio, encode(speech))

    assert session.execute(text("SELECT count(*) FROM job WHERE task = 'speech.transcribe'")).scalar_one() == 1
    run(session, resources, segment)
    run(session, resources, segment)
    assert len(resources.recogniser.heard) == 1
