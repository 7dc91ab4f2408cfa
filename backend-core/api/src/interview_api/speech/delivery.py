"""Coaching on how an interview's answers were given."""

from collections.abc import Iterator
from uuid import UUID

from sqlmodel import Session, col, select

from interview_api.interviews.service import get_interview
from interview_api.speech import schemas
from interview_api.speech.coaching import Speech, coach, join
from interview_api.speech.pictures import gather_frames
from interview_api.speech.uploads import view_baseline
from interview_core.db.interviews import current_consents
from interview_core.db.speech import load_take, newest_take
from interview_core.db.tables import ConsentPurpose, FrameAnalysis, Interview, Purpose, Question, VoiceBaseline


def read_delivery(session: Session, user_id: UUID, interview_id: UUID, *, is_emotion_enabled: bool) -> schemas.Delivery:
    """Return the coaching on the newest takes, on all of them together, and on what the camera showed.

    Raises:
        NotFound: the interview.
    """
    interview = get_interview(session, user_id, interview_id)
    baseline = session.get(VoiceBaseline, interview_id)
    measured = baseline.delivery if baseline else None
    spoken = list(_spoken(session, interview))
    whole = join((speech for _, _, speech in spoken), interview.language.value)
    picture, no_picture = _picture(session, interview, is_emotion_enabled=is_emotion_enabled)
    return schemas.Delivery(
        baseline=view_baseline(baseline) if baseline else None,
        overall=coach(whole, measured) if spoken else None,
        answers=[
            schemas.AnswerDelivery(
                question_id=question.id, position=question.position, take=take, spoken=coach(speech, measured)
            )
            for question, take, speech in spoken
        ],
        picture=picture,
        no_picture=no_picture,
    )


def _spoken(session: Session, interview: Interview) -> Iterator[tuple[Question, int, Speech]]:
    questions = session.exec(
        select(Question).where(Question.interview_id == interview.id).order_by(col(Question.position))
    ).all()
    for question in questions:
        take = newest_take(session, question.id)
        if take is not None:
            found = load_take(session, question.id, take)
            yield question, take, Speech(found.segments, interview.language.value)


def _picture(
    session: Session, interview: Interview, *, is_emotion_enabled: bool
) -> tuple[schemas.PictureDelivery | None, schemas.NoPicture | None]:
    is_allowed = (
        is_emotion_enabled
        and interview.purpose is Purpose.PRACTICE
        and current_consents(session, interview.id)[ConsentPurpose.EMOTION]
    )
    if not is_allowed:
        return None, schemas.NoPicture.NOT_ALLOWED
    frames = session.exec(
        select(FrameAnalysis)
        .where(FrameAnalysis.interview_id == interview.id)
        .order_by(col(FrameAnalysis.epoch), col(FrameAnalysis.frame_ms))
    ).all()
    return (gather_frames(frames), None) if frames else (None, schemas.NoPicture.NO_FRAMES)
