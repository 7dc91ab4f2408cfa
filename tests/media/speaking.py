"""Looks at what is stored of spoken answers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session, select

from interview_core.db.tables import SpeechSegment, SpokenAnswer
from interview_core.storage import Storage
from tests.media.browsers import until
from tests.media.talking import Microphone
from tests.samples.speak import read_wav


def segments(sessions: sessionmaker[Session]) -> list[SpeechSegment]:
    with sessions() as session:
        return list(session.exec(select(SpeechSegment).order_by(SpeechSegment.epoch, SpeechSegment.sequence)).all())


def spoken(sessions: sessionmaker[Session]) -> list[SpokenAnswer]:
    with sessions() as session:
        return list(session.exec(select(SpokenAnswer).order_by(SpokenAnswer.take)).all())


def kept_s(sessions: sessionmaker[Session], storage: Storage) -> float:
    """Seconds of voice that are stored."""
    return sum(voiced_s(read_wav(storage.read(row.audio))) for row in segments(sessions))


def voiced_s(samples: NDArray[Any]) -> float:
    """Seconds that are no silence."""
    frames = samples[: len(samples) // 320 * 320].reshape(-1, 320).astype(float)
    return float((np.sqrt((frames**2).mean(axis=1)) > 200).sum() * 0.02)


async def played(microphone: Microphone) -> None:
    await until(lambda: microphone.is_done, within_s=90)
