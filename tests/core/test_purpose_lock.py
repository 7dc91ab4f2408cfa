"""What a camera shows belongs to practice and to those who consented; the database itself refuses all else."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select, text

from interview_core.db.tables import Consent, ConsentPurpose, FrameAnalysis, Interview, Purpose
from tests.factories import emotion_consent, make_interview, make_user

CONSENT = """
    INSERT INTO consent (id, user_id, interview_id, purpose, is_granted, text_version)
    SELECT gen_random_uuid(), user_id, id, 'emotion', true, 'forged' FROM interview WHERE id = :interview_id
"""
FRAME = """
    INSERT INTO frame_analysis (interview_id, epoch, frame_ms, is_face_found, emotion)
    VALUES (:interview_id, 1, 1, true, '{"happy": 1}')
"""
TO_PRACTICE = "UPDATE interview SET purpose = 'practice' WHERE id = :interview_id"
AGREE_AFTER_ALL = "UPDATE consent SET is_granted = true WHERE interview_id = :interview_id"


def refuse(session: Session, statement: str, interview_id: UUID) -> str:
    with pytest.raises(IntegrityError) as refused:
        session.execute(text(statement), {"interview_id": interview_id})
    session.rollback()
    return str(refused.value.orig)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (CONSENT, "for practice only"),
        (AGREE_AFTER_ALL, "for practice only"),
        (FRAME, "for practice only"),
        (TO_PRACTICE, "never changes"),
    ],
    ids=["consent", "changed consent", "frame", "purpose"],
)
def test_no_statement_brings_emotions_into_an_assessment(session: Session, statement: str, reason: str) -> None:
    assessment = make_interview(session, make_user(session), purpose=Purpose.ASSESSMENT, consents=())
    session.add(emotion_consent(assessment, is_granted=False))
    session.commit()

    assert reason in refuse(session, statement, assessment.id)

    assert session.exec(select(FrameAnalysis)).all() == []
    assert session.exec(select(Consent.is_granted)).all() == [False]
    assert session.get_one(Interview, assessment.id).purpose is Purpose.ASSESSMENT


def test_in_practice_the_newest_decision_counts(session: Session) -> None:
    practice = make_interview(session, make_user(session), consents=(ConsentPurpose.SCORING,))
    assert "not consented" in refuse(session, FRAME, practice.id)

    session.add(emotion_consent(practice))
    session.commit()
    session.execute(text(FRAME), {"interview_id": practice.id})
    session.commit()

    session.add(emotion_consent(practice, is_granted=False))
    session.commit()
    assert "not consented" in refuse(session, FRAME.replace("1, 1,", "1, 2,"), practice.id)
