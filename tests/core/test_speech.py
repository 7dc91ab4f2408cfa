"""What a take is made of, and when it counts as complete."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from interview_core.db.speech import end_take, load_take, newest_take, start_take
from interview_core.db.tables import EndReason, SegmentState, SpeechSegment, SpokenAnswer
from interview_core.speech import SegmentId, TranscriptState, gather_take
from tests.factories import end_answer, hear_segment, make_interview, make_user, open_question

QUESTION, OTHER = uuid4(), uuid4()
NOW = datetime.now(UTC)


def segment(sequence: int, *, epoch: int = 1, question_id=QUESTION, state=SegmentState.DONE, text="말", take=1):
    return SpeechSegment(
        interview_id=uuid4(), epoch=epoch, sequence=sequence, question_id=question_id, take=take, state=state, text=text
    )


def ended(last_sequence: int | None, *, epoch: int = 1) -> SpokenAnswer:
    return SpokenAnswer(question_id=QUESTION, take=1, epoch=epoch, last_sequence=last_sequence, ended_at=NOW)


@pytest.mark.parametrize(
    ("spoken", "segments", "state", "missing"),
    [
        (None, [], TranscriptState.NONE, []),
        (None, [segment(0)], TranscriptState.LISTENING, []),
        (SpokenAnswer(question_id=QUESTION, take=1, epoch=1), [], TranscriptState.LISTENING, []),
        (SpokenAnswer(question_id=QUESTION, take=1, epoch=1, recording="a/b"), [], TranscriptState.PENDING, []),
        (ended(1), [segment(1), segment(0)], TranscriptState.READY, []),
        (ended(1), [segment(0), segment(1, state=SegmentState.PENDING)], TranscriptState.PENDING, []),
        (ended(None), [], TranscriptState.EMPTY, []),
        (ended(0), [segment(0, text="")], TranscriptState.EMPTY, []),
        (ended(2), [segment(0), segment(2)], TranscriptState.PARTIAL, [SegmentId(1, 1)]),
        (ended(1), [segment(0), segment(1, state=SegmentState.FAILED)], TranscriptState.PARTIAL, [SegmentId(1, 1)]),
        (ended(0), [], TranscriptState.FAILED, [SegmentId(1, 0)]),
        # What was said to an earlier question in the same connection is no hole.
        (ended(3), [segment(0, question_id=OTHER), segment(1, question_id=OTHER), segment(3)], TranscriptState.PARTIAL,
         [SegmentId(1, 2)]),
        (ended(3), [segment(1, question_id=OTHER), segment(2), segment(3), segment(4, question_id=OTHER)],
         TranscriptState.READY, []),
        # The connection was lost in the middle of the answer.
        (ended(0, epoch=2), [segment(0), segment(1), segment(0, epoch=2)], TranscriptState.READY, []),
    ],
)  # fmt: skip
def test_a_take_says_whether_all_of_it_is_written_down(spoken, segments, state, missing):
    take = gather_take(spoken, segments, QUESTION, 1)

    assert (take.state, take.missing) == (state, missing)


def test_text_comes_in_the_order_in_which_it_was_said_across_connections():
    rows = [
        segment(0, epoch=2, text="셋"),
        segment(1, text="둘"),
        segment(0, text="하나"),
        segment(5, take=2, text="새"),
    ]

    assert gather_take(ended(0, epoch=2), rows, QUESTION, 1).text == "하나 둘 셋"


def test_a_new_take_is_the_one_that_counts(session):
    interview = make_interview(session, make_user(session))
    question_id = open_question(session, interview)
    assert newest_take(session, question_id) is None

    hear_segment(session, interview, 0)
    end_answer(session, interview, 0)
    hear_segment(session, interview, 1, take=2)

    assert newest_take(session, question_id) == 2
    assert [row.sequence for row in load_take(session, question_id, 2).segments] == [1]


def test_an_answer_goes_on_after_a_lost_connection_and_late_news_of_the_old_one_change_nothing(session):
    interview = make_interview(session, make_user(session))
    question_id = open_question(session, interview)
    hear_segment(session, interview, 0, epoch=1)
    end_take(session, interview.id, question_id, 1, 1, last_sequence=0, reason=EndReason.LOST)
    hear_segment(session, interview, 0, epoch=2)
    assert load_take(session, question_id, 1).state is TranscriptState.LISTENING

    end_take(session, interview.id, question_id, 1, 1, last_sequence=0, reason=EndReason.LOST)
    start_take(session, interview.id, question_id, 1, 1)
    session.commit()
    assert load_take(session, question_id, 1).state is TranscriptState.LISTENING

    end_answer(session, interview, 0, epoch=2)
    take = load_take(session, question_id, 1)
    assert (take.state, take.spoken.end_reason) == (TranscriptState.PENDING, EndReason.BUTTON)
    assert len(take.segments) == 2
