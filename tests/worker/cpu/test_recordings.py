"""Uploaded recordings: every kind that browsers make becomes segments, and what cannot be used says why."""

from uuid import uuid4

import numpy as np
import pytest
from sqlmodel import select

from interview_core.contract.payloads import EraseAudio, ImportRecording, MeasureBaseline, TranscribeSegment
from interview_core.contract.tasks import ERASE_AUDIO, IMPORT_RECORDING, MEASURE_BASELINE, TRANSCRIBE_SEGMENT
from interview_core.db.speech import erase_audio_later, load_take, start_take
from interview_core.db.tables import (
    BaselineState,
    Consent,
    ConsentPurpose,
    EndReason,
    Interview,
    JobState,
    SpeechSegment,
    SpokenAnswer,
    VoiceBaseline,
)
from interview_core.errors import NotFound
from interview_core.jobs import enqueue
from interview_core.speech import MAX_SEGMENT_MS, TranscriptState, uncut_key
from interview_worker.cpu.cutting import cut
from interview_worker.cpu.erasure import erase_audio
from interview_worker.cpu.recording import import_recording, measure_baseline
from interview_worker.cpu.recording_reader import ChildRecordingReader
from interview_worker.cpu.speech import transcribe_segment
from interview_worker.engines.audio import AudioTooLong, AudioUnreadable, AudioWithoutSound, decode_audio
from interview_worker.engines.speech_recognition import RecogniserUnavailable
from interview_worker.engines.voice_activity import Span
from tests.factories import hear_segment, make_interview, make_user, open_question
from tests.samples.speak import KOREAN, RATE, Samples, encode, silence, speak
from tests.worker.cpu.speech_rig import run_task, told

SPOKEN = (ConsentPurpose.TRANSCRIPTION, ConsentPurpose.SCORING)


@pytest.fixture(scope="module")
def speech() -> Samples:
    return speak(KOREAN)


@pytest.fixture
def interview(session) -> Interview:
    return make_interview(session, make_user(session), consents=SPOKEN)


def upload(session, resources, interview: Interview, content: bytes) -> SpokenAnswer:
    """Store a recording of an answer as the API does."""
    question_id, key = open_question(session, interview), f"recordings/{interview.id}/{uuid4()}.webm"
    resources.storage.put(key, content)
    start_take(session, interview.id, question_id, 1, 1, recording=key)
    enqueue(session, IMPORT_RECORDING, ImportRecording(question_id=question_id, take=1), subject_id=interview.id)
    session.commit()
    return session.get_one(SpokenAnswer, (question_id, 1))


def do_import(session, resources, spoken: SpokenAnswer):
    payload = ImportRecording(question_id=spoken.question_id, take=spoken.take)
    return run_task(session, resources, IMPORT_RECORDING, import_recording, payload)


def matroska_chunks(content: bytes) -> list[bytes]:
    """Cut a WebM as MediaRecorder hands it over: the head only in the first piece."""
    middle = len(content) // 2
    return [content[:middle], content[middle:]]


@pytest.mark.parametrize("kind", ["webm", "wav", "mp4", "flac"])
def test_each_kind_of_recording_gives_the_same_speech(kind, speech):
    content = encode(speech, kind, rate=48_000 if kind in ("webm", "mp4") else RATE)

    found = decode_audio(content, max_s=60)

    assert len(found) == pytest.approx(len(speech), abs=RATE * 0.05)
    best = max(np.corrcoef(found[shift : shift + 90_000], speech[:90_000])[0, 1] for shift in range(0, 1200, 8))
    assert best > 0.9


def test_an_uploaded_answer_becomes_segments_that_end_with_it(session, speech_resources, interview, speech):
    long = np.concatenate([speech] * 8)
    spoken = upload(session, speech_resources, interview, encode(long, "webm", rate=48_000))

    assert do_import(session, speech_resources, spoken).state is JobState.DONE

    rows = session.exec(select(SpeechSegment).order_by(SpeechSegment.sequence)).all()
    assert [row.sequence for row in rows] == list(range(len(rows)))
    assert len(rows) == 2
    assert all(row.end_ms - row.start_ms <= MAX_SEGMENT_MS for row in rows)
    assert rows[0].end_ms <= rows[1].start_ms
    take = load_take(session, spoken.question_id, 1)
    assert (take.state, take.spoken.end_reason) == (TranscriptState.PENDING, EndReason.UPLOAD)
    for row in rows:
        samples = decode_audio(speech_resources.storage.read(row.audio), max_s=30)
        assert len(samples) == pytest.approx((row.end_ms - row.start_ms) * 16, abs=32)
        payload = TranscribeSegment(interview_id=interview.id, epoch=1, sequence=row.sequence)
        run_task(session, speech_resources, TRANSCRIBE_SEGMENT, transcribe_segment, payload)
    assert load_take(session, spoken.question_id, 1).state is TranscriptState.READY
    assert told(speech_resources, interview.id)[-1][0] == "transcript.ready"


@pytest.mark.parametrize("seconds", [0.02, 4])
def test_a_recording_in_which_nobody_speaks_is_an_empty_answer(seconds, session, speech_resources, interview):
    spoken = upload(session, speech_resources, interview, encode(silence(seconds), "wav"))

    do_import(session, speech_resources, spoken)

    assert load_take(session, spoken.question_id, 1).state is TranscriptState.EMPTY
    assert told(speech_resources, interview.id)[-1][0] == "transcript.ready"


def video_only() -> bytes:
    import io

    import av

    target = io.BytesIO()
    with av.open(target, "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def last_chunk() -> bytes:
    return matroska_chunks(encode(speak(KOREAN), "webm", rate=48_000))[1]


REFUSED = {
    "two hours": (lambda: encode(silence(7200), "flac"), AudioTooLong),
    "no sound": (video_only, AudioWithoutSound),
    "only the last chunk": (last_chunk, AudioUnreadable),
    "0 s": (lambda: encode(silence(0), "wav"), AudioUnreadable),
    "nothing": (lambda: b"", AudioUnreadable),
    "a text": (lambda: "이력서".encode() * 100, AudioUnreadable),
    "a cut-off header": (lambda: encode(silence(1), "webm", rate=48_000)[:40], AudioUnreadable),
}


@pytest.mark.parametrize(("make", "refusal"), REFUSED.values(), ids=REFUSED)
def test_a_recording_that_cannot_be_used_says_why(make, refusal, session, speech_resources, interview):
    spoken = upload(session, speech_resources, interview, make())

    job = do_import(session, speech_resources, spoken)

    assert (job.state, job.error_code) == (JobState.DEAD, refusal.code)
    take = load_take(session, spoken.question_id, 1)
    assert (take.state, take.spoken.error_code) == (TranscriptState.FAILED, refusal.code)
    kind, data = told(speech_resources, interview.id)[-1]
    assert (kind, data["error_code"]) == ("transcript.failed", refusal.code)


def test_a_file_that_takes_too_long_to_decode_is_given_up(speech):
    with pytest.raises(AudioUnreadable):
        ChildRecordingReader(wall_limit_s=0.01).read(encode(speech))


def test_a_recording_that_breaks_off_keeps_what_was_heard(speech):
    content = encode(speech, "webm", rate=48_000)

    found = ChildRecordingReader().read(content[: len(content) // 2])

    assert 1 < len(found) / RATE < len(speech) / RATE


def test_damaged_recordings_are_read_or_refused_and_nothing_else():
    content = encode(speak("네, 알겠습니다.")[: RATE * 2], "webm", rate=48_000)
    random = np.random.default_rng(3)
    for _ in range(60):
        damaged = bytearray(content)
        for place in random.integers(0, len(content), 12):
            damaged[place] = random.integers(0, 256)
        try:
            decode_audio(bytes(damaged), max_s=60)
        except (AudioUnreadable, AudioWithoutSound, AudioTooLong):
            continue


def test_speech_without_a_pause_is_cut_where_it_is_quietest():
    noise = np.random.default_rng(0).normal(0, 3000, RATE * 60).astype(np.int16)
    noise[RATE * 25 : RATE * 25 + RATE // 10] = 0

    found = cut(noise, [Span(0, 60_000)])

    assert abs(found[0].end_ms - 25_050) < 60
    assert all(span.duration_ms <= MAX_SEGMENT_MS for span in found)
    assert [span.start_ms for span in found[1:]] == [span.end_ms for span in found[:-1]]


def test_long_silence_is_left_out_and_short_pauses_are_not_cut():
    sound = silence(60)
    found = cut(sound, [Span(1000, 3000), Span(4000, 6000), Span(30_000, 32_000)])

    assert [(span.start_ms, span.end_ms) for span in found] == [(800, 6200), (29_800, 32_200)]


def check_voice(session, resources, interview: Interview, content: bytes) -> VoiceBaseline:
    key = f"recordings/{interview.id}/{uuid4()}.webm"
    resources.storage.put(key, content)
    session.add(VoiceBaseline(interview_id=interview.id, recording=key))
    enqueue(session, MEASURE_BASELINE, MeasureBaseline(interview_id=interview.id), subject_id=interview.id)
    session.commit()
    payload = MeasureBaseline(interview_id=interview.id)
    run_task(session, resources, MEASURE_BASELINE, measure_baseline, payload)
    return session.get_one(VoiceBaseline, interview.id)


def test_the_device_check_measures_the_voice_and_counts_what_was_said(session, speech_resources, interview, speech):
    baseline = check_voice(session, speech_resources, interview, encode(speech, "webm", rate=48_000))

    assert baseline.state is BaselineState.DONE
    assert baseline.delivery["units"] == 5  # 저는 캐시를
    assert baseline.delivery["pitch_range_st"] > 1
    assert "저는" not in str(baseline.delivery)
    assert told(speech_resources, interview.id)[-1] == ("baseline.ready", {"state": "done"})


def test_without_a_recogniser_the_baseline_has_no_speaking_rate(session, speech_resources, interview, speech):
    speech_resources.recogniser.error = RecogniserUnavailable("no weights")

    baseline = check_voice(session, speech_resources, interview, encode(speech, "webm", rate=48_000))

    assert (baseline.state, baseline.delivery["units"]) == (BaselineState.DONE, None)


def test_a_silent_device_check_says_so(session, speech_resources, interview):
    baseline = check_voice(session, speech_resources, interview, encode(silence(3), "webm", rate=48_000))

    assert (baseline.state, baseline.error_code, baseline.delivery) == (BaselineState.FAILED, "NO_SPEECH", None)


def erase(session, resources, interview_id) -> None:
    erase_audio_later(session, interview_id)
    session.commit()
    run_task(session, resources, ERASE_AUDIO, erase_audio, EraseAudio(interview_id=interview_id))


def is_stored(resources, key: str) -> bool:
    try:
        return bool(resources.storage.read(key))
    except NotFound:
        return False


@pytest.mark.parametrize("is_granted", [True, False])
def test_what_a_killed_server_had_not_cut_goes_with_the_consent_to_listen(
    session, speech_resources, interview, is_granted
):
    key = uncut_key(interview.id, 1)
    speech_resources.storage.put(key, b"the beginning of a segment")
    consent = {"user_id": interview.user_id, "interview_id": interview.id, "text_version": "2026-11"}
    session.add(Consent(purpose=ConsentPurpose.TRANSCRIPTION, is_granted=is_granted, **consent))

    erase(session, speech_resources, interview.id)

    assert is_stored(speech_resources, key) is is_granted


def test_without_consent_to_recording_files_go_and_what_still_waits_stays(session, speech_resources, interview, speech):
    spoken = upload(session, speech_resources, interview, encode(speech, "webm", rate=48_000))
    recording = spoken.recording
    do_import(session, speech_resources, spoken)
    segment = session.exec(select(SpeechSegment)).one().audio

    erase(session, speech_resources, interview.id)

    assert not is_stored(speech_resources, recording)
    assert is_stored(speech_resources, segment)
    assert session.get_one(SpokenAnswer, (spoken.question_id, 1)).recording is None


def test_with_consent_to_recording_files_stay(session, speech_resources, speech):
    interview = make_interview(session, make_user(session), consents=(*SPOKEN, ConsentPurpose.RECORDING))
    spoken = upload(session, speech_resources, interview, encode(speech, "webm", rate=48_000))
    do_import(session, speech_resources, spoken)

    erase(session, speech_resources, interview.id)

    assert is_stored(speech_resources, spoken.recording)


def test_without_consent_to_transcription_nothing_stays(session, speech_resources, speech):
    interview = make_interview(session, make_user(session), consents=(ConsentPurpose.RECORDING,))
    key = hear_segment(session, interview).audio
    speech_resources.storage.put(key, encode(speech))

    erase(session, speech_resources, interview.id)

    assert not is_stored(speech_resources, key)


def test_of_a_deleted_interview_every_file_goes(session, speech_resources, interview, speech):
    segment = hear_segment(session, interview)
    keys = [segment.audio, f"recordings/{interview.id}/a.webm", f"spoken/{interview.id}/b.mp3"]
    for key in keys:
        speech_resources.storage.put(key, b"sound")
    other = f"speech/{uuid4()}/1/000000.flac"
    speech_resources.storage.put(other, b"sound")
    interview_id = interview.id
    session.delete(session.get_one(Interview, interview_id))
    session.commit()

    erase(session, speech_resources, interview_id)

    assert [is_stored(speech_resources, key) for key in keys] == [False] * 3
    assert is_stored(speech_resources, other)
