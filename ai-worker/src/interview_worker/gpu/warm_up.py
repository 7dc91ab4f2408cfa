"""Reads what rules go by before the first candidate waits for it: word lists, technologies, the question bank."""

from interview_core.skills import find_skills
from interview_worker.gpu.answer_signals import find_signals
from interview_worker.question_bank.nearness import near_by_words


def prepare() -> None:
    """Fill the caches. Otherwise the first answer would fill them, in the middle of a transaction."""
    find_skills("Redis", is_list=False)
    for language, answer in (("ko", "여러 가지로 개선했습니다."), ("en", "We improved several things.")):
        near_by_words(answer, language, 1)
        find_signals(answer, language, claims=[answer], profile={}, earlier_answers=[answer])
