"""The voice's figures: right on sounds whose pitch is known, and the same for any microphone and height of voice."""

import numpy as np
import pytest

from interview_worker.cpu.voice import measure_voice
from interview_worker.engines.pitch import track_pitch
from tests.samples.speak import ENGLISH, KOREAN, RATE, Samples, silence, speak

SPEECH = f"{KOREAN} {KOREAN}"


def tone(hertz: np.ndarray, *, harmonics: int = 8) -> Samples:
    """A voice-like sound that follows the pitch given for each sample."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    sound = sum(np.sin(number * phase) / number for number in range(1, harmonics))
    return np.asarray(sound / np.abs(sound).max() * 12_000, np.int16)


def louder(samples: Samples, gain: float) -> Samples:
    changed = samples.astype(np.float64) * gain
    assert np.abs(changed).max() < 32_768, "a clipped recording is another recording"
    return changed.astype(np.int16)


def higher(text: str, semitones: float) -> Samples:
    """The text in a voice that much higher, at the same speed: spoken slower or faster, and played back at pitch."""
    ratio = 2 ** (semitones / 12)
    spoken = speak(text, words_per_min=round(160 / ratio))
    places = np.arange(0, len(spoken) - 1, ratio)
    return np.interp(places, np.arange(len(spoken)), spoken).astype(np.int16)


@pytest.fixture
def measured(voice_activity):
    return lambda samples: measure_voice(samples, voice_activity.find_speech(samples))


@pytest.mark.parametrize("hertz", [75, 100, 150, 220, 330, 450])
def test_the_pitch_of_a_steady_tone_is_found_within_a_hundredth(hertz):
    found = track_pitch(tone(np.full(RATE * 2, float(hertz))))

    assert np.isnan(found).mean() < 0.02
    assert np.nanmax(np.abs(found / hertz - 1)) < 0.01


def test_a_gliding_pitch_is_followed():
    glide = np.geomspace(100, 300, RATE * 3)
    found = track_pitch(tone(glide))
    expected = glide[:: RATE // 100][: len(found)]
    inner = slice(10, len(expected) - 10)

    errors = np.abs(12 * np.log2(found[: len(expected)][inner] / expected[inner]))
    assert np.nanmedian(errors) < 0.1
    assert (errors > 1).mean() < 0.02


def test_noise_and_silence_have_no_pitch():
    noise = np.random.default_rng(1).normal(0, 3000, RATE * 3).astype(np.int16)

    assert np.isnan(track_pitch(noise)).mean() > 0.95
    assert np.isnan(track_pitch(silence(2))).all()
    assert len(track_pitch(silence(0))) == 1


def test_the_pitch_agrees_with_praat_where_praat_is_installed():
    praat = pytest.importorskip("parselmouth", reason="praat-parselmouth is under the GPL and only compared with")
    samples = speak(KOREAN)
    theirs = praat.Sound(samples / 32768, RATE).to_pitch_ac(time_step=0.01, pitch_floor=65, pitch_ceiling=500)
    ours = track_pitch(samples)
    pairs = [(ours[round(at * 100)], theirs.get_value_at_time(at)) for at in theirs.xs() if round(at * 100) < len(ours)]
    both = np.array([pair for pair in pairs if not np.isnan(pair).any()])

    assert len(both) > 100
    assert np.median(np.abs(12 * np.log2(both[:, 0] / both[:, 1]))) < 0.2


@pytest.mark.parametrize("gain", [0.1, 10])
def test_a_louder_or_softer_microphone_changes_nothing(gain, measured):
    medium = louder(speak(SPEECH), 0.09)

    expected, found = measured(medium), measured(louder(medium, gain))

    assert abs(found["speech_ms"] - expected["speech_ms"]) < 0.03 * expected["speech_ms"]
    assert found["pitch_hz"] == pytest.approx(expected["pitch_hz"], rel=0.01)
    assert found["pitch_range_st"] == pytest.approx(expected["pitch_range_st"], abs=0.3)
    assert found["loudness_range_db"] == pytest.approx(expected["loudness_range_db"], abs=0.7)
    assert found["fade_db"] == pytest.approx(expected["fade_db"], abs=0.5)


@pytest.mark.parametrize("semitones", [-4, 4])
def test_a_higher_or_lower_voice_is_as_lively_as_before(semitones, measured):
    expected, found = measured(higher(SPEECH, 0)), measured(higher(SPEECH, semitones))

    assert 12 * np.log2(found["pitch_hz"] / expected["pitch_hz"]) == pytest.approx(semitones, abs=0.7)
    assert found["pitch_range_st"] == pytest.approx(expected["pitch_range_st"], rel=0.25)
    assert found["loudness_range_db"] == pytest.approx(expected["loudness_range_db"], abs=2)


def test_a_lively_voice_has_a_wider_range_than_a_flat_one(measured):
    steady = tone(np.full(RATE * 3, 150.0))
    lively = tone(150 * 2 ** (np.sin(np.arange(RATE * 3) / RATE * 4) / 3))
    whole = [type("S", (), {"start_ms": 0, "end_ms": 3000, "duration_ms": 3000})]

    assert measure_voice(steady, whole)["pitch_range_st"] < 0.5
    assert measure_voice(lively, whole)["pitch_range_st"] > 5


def test_silence_in_front_and_behind_changes_nothing(measured):
    plain = speak(ENGLISH, "en")
    wrapped = np.concatenate([silence(5), plain, silence(5)])

    expected, found = measured(plain), measured(wrapped)

    assert found["pitch_hz"] == pytest.approx(expected["pitch_hz"], rel=0.02)
    assert found["speech_ms"] == pytest.approx(expected["speech_ms"], rel=0.05)
    assert found["speech"][0][0] >= 4900


@pytest.mark.parametrize("samples", [silence(0), silence(5), speak("네")[:3000]])
def test_silence_and_a_cough_are_no_data(samples, measured):
    assert measured(samples) is None


def test_a_whisper_has_loudness_and_no_pitch():
    noise = np.random.default_rng(1).normal(0, 3000, RATE * 3).astype(np.int16)
    whole = [type("S", (), {"start_ms": 0, "end_ms": 3000, "duration_ms": 3000})]

    found = measure_voice(noise, whole)

    assert (found["pitch_hz"], found["pitch_range_st"]) == (None, None)
    assert found["loudness_range_db"] is not None
