"""Questions as sound, made before anybody asks for it."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, select

from interview_core.contract.payloads import SynthesizeQuestion
from interview_core.contract.tasks import SYNTHESIZE_QUESTION
from interview_core.db.interviews import lock_interview
from interview_core.db.tables import Interview, Language, PreparedQuestion, Question, SpokenQuestion
from interview_core.speech import QUESTIONS_FOLDER
from interview_core.streams import EventKind, Stream
from interview_worker.binding import JobRun, handles
from interview_worker.cpu.resources import CpuResources
from interview_worker.engines.speech_synthesis import SpeechSynthesis

_STEP_ASIDE_S = 2
_EXTENSIONS = {"audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/wav": "wav", "audio/ogg": "ogg"}


@dataclass(frozen=True)
class _Wanted:
    question_id: UUID
    interview_id: UUID
    text: str
    language: Language
    is_asked: bool
    """Or it is only prepared, and nobody may be told of it."""


@handles(SYNTHESIZE_QUESTION)
def synthesize_question(payload: SynthesizeQuestion, job: JobRun, resources: CpuResources) -> None:
    """Store the spoken question; where nothing can speak here, the browser does, or the question is read.

    Who prepares lets those go first whose candidate hears the question now.
    """
    with resources.session() as session:
        wanted = _find(session, payload.question_id)
        known = session.get(SpokenQuestion, payload.question_id)
        is_early = wanted is not None and not wanted.is_asked and _is_somebody_waiting(session)
    if wanted is None or (known is not None and _is_current(known, wanted, resources)):
        return
    if is_early:
        job.postpone(_STEP_ASIDE_S)
        return
    said = resources.speech.speak(wanted.text, wanted.language)
    if said is None:
        return
    engine, sound = said
    extension = _EXTENSIONS.get(sound.media_type, "bin")
    key = f"{QUESTIONS_FOLDER}/{wanted.interview_id}/{_hash(engine, wanted)}.{extension}"
    resources.storage.put(key, sound.audio)
    fields = {
        "audio": key,
        "media_type": sound.media_type,
        "engine": engine.engine,
        "voice": engine.voice(wanted.language),
    }
    with job.complete() as session:
        # Asking waits for this lock: it finds the sound, or this finds the question asked and tells of the sound.
        lock_interview(session, wanted.interview_id)
        found = _find(session, wanted.question_id)
        if found is None:
            return
        row = insert(SpokenQuestion).values(question_id=wanted.question_id, interview_id=wanted.interview_id, **fields)
        session.execute(row.on_conflict_do_update(index_elements=["question_id"], set_=fields))
    if found.is_asked:
        told = {"question_id": str(wanted.question_id), "engine": engine.engine}
        resources.events.append(Stream.INTERVIEW, wanted.interview_id, EventKind.SPEECH_READY, told)


def _find(session: Session, question_id: UUID) -> _Wanted | None:
    """Return the question that was asked, or is prepared, under the id."""
    question = session.get(Question, question_id)
    prepared = session.exec(select(PreparedQuestion).where(PreparedQuestion.question_id == question_id)).one_or_none()
    found = question or prepared
    interview = session.get(Interview, found.interview_id) if found else None
    if found is None or interview is None:
        return None
    words = found.text if isinstance(found, Question) else found.content["text"]
    return _Wanted(question_id, interview.id, words, interview.language, is_asked=question is not None)


def _is_somebody_waiting(session: Session) -> bool:
    """Tell whether a question that was asked waits to be spoken."""
    waiting = session.execute(
        text(
            "SELECT 1 FROM job JOIN question ON question.id = (job.payload ->> 'question_id')::uuid"
            " WHERE job.task = :task AND job.state = 'queued' AND job.run_after <= clock_timestamp() LIMIT 1"
        ),
        {"task": SYNTHESIZE_QUESTION.name},
    )
    return waiting.first() is not None


def _is_current(known: SpokenQuestion, wanted: _Wanted, resources: CpuResources) -> bool:
    """Tell whether what is stored is this text, spoken by one of today's engines and voices."""
    return any(_hash(engine, wanted) in known.audio for engine in resources.speech.engines)


def _hash(engine: SpeechSynthesis, wanted: _Wanted) -> str:
    parts = (engine.engine, engine.voice(wanted.language), wanted.language.value, wanted.text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
