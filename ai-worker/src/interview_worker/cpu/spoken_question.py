"""Questions as sound, made before anybody asks for it."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from interview_core.contract.payloads import SynthesizeQuestion
from interview_core.contract.tasks import SYNTHESIZE_QUESTION
from interview_core.db.tables import Interview, Language, Question, SpokenQuestion
from interview_core.speech import QUESTIONS_FOLDER
from interview_core.streams import EventKind, Stream
from interview_worker.binding import JobRun, handles
from interview_worker.cpu.resources import CpuResources
from interview_worker.engines.speech_synthesis import SpeechSynthesis

_EXTENSIONS = {"audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/wav": "wav", "audio/ogg": "ogg"}


@dataclass(frozen=True)
class _Wanted:
    question_id: UUID
    interview_id: UUID
    text: str
    language: Language


@handles(SYNTHESIZE_QUESTION)
def synthesize_question(payload: SynthesizeQuestion, job: JobRun, resources: CpuResources) -> None:
    """Store the spoken question; where nothing can speak here, the browser does, or the question is read."""
    with resources.session() as session:
        wanted = _find(session, payload.question_id)
        known = session.get(SpokenQuestion, payload.question_id)
    if wanted is None or (known is not None and _is_current(known, wanted, resources)):
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
        if _find(session, wanted.question_id) is None:
            return
        row = insert(SpokenQuestion).values(question_id=wanted.question_id, interview_id=wanted.interview_id, **fields)
        session.execute(row.on_conflict_do_update(index_elements=["question_id"], set_=fields))
    told = {"question_id": str(wanted.question_id), "engine": engine.engine}
    resources.events.append(Stream.INTERVIEW, wanted.interview_id, EventKind.SPEECH_READY, told)


def _find(session: Session, question_id: UUID) -> _Wanted | None:
    question = session.get(Question, question_id)
    interview = session.get(Interview, question.interview_id) if question else None
    if question is None or interview is None:
        return None
    return _Wanted(question.id, interview.id, question.text, interview.language)


def _is_current(known: SpokenQuestion, wanted: _Wanted, resources: CpuResources) -> bool:
    """Tell whether what is stored is this text, spoken by one of today's engines and voices."""
    return any(_hash(engine, wanted) in known.audio for engine in resources.speech.engines)


def _hash(engine: SpeechSynthesis, wanted: _Wanted) -> str:
    parts = (engine.engine, engine.voice(wanted.language), wanted.language.value, wanted.text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
