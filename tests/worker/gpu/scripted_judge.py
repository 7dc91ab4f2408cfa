"""Judges that stand in for a model and speak through its interface: they read the prompt and write a judgement.

`ScriptedJudge` scores what the rubric asks for by plain signs of it: cause, own action, comparison, measured result.
`GullibleJudge` does so too, and believes whatever an answer tells it besides: orders, schools, names, length, lists.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from interview_worker.engines.language_model import (
    FinishReason,
    GenerationRequest,
    GenerationResult,
    Message,
    ModelState,
    ModelStatus,
)

MODEL = "scripted-judge"

_SIGNS = [
    re.compile(r"몰려|때문|원인|이유|문제|because|so I|cause|problem|piling", re.IGNORECASE),
    re.compile(r"두었|만들|나누|바꾸|바꿨|추가|고쳤|I put|I added|I split|I changed|I moved|introduced", re.IGNORECASE),
    re.compile(r"대안|비교|대신|반면|한계|compared|alternative|instead|trade-off|limit", re.IGNORECASE),
    re.compile(r"\d+\s?(?:ms|%|배|초|건|명|s\b)"),
]
_BASE, _EACH = 20, 18


class ScriptedJudge:
    """Scores an answer by the signs of substance in it, and quotes the sentences that show them."""

    def __init__(self, spread: int = 0) -> None:
        self.spread = spread
        """Points by which each grading with a higher seed is lower than the one before."""
        self.requests: list[GenerationRequest] = []

    def status(self) -> ModelStatus:
        return ModelStatus(ModelState.READY, MODEL)

    def generate(self, request: GenerationRequest) -> "_Written":
        self.requests.append(request)
        schema = request.output_schema
        if schema is None:
            return _Written("답변에서 원인과 결과를 나누어 말한 점이 좋았습니다.")
        answer = answer_in(request.messages)
        return _Written(json.dumps(self.judgement(answer, schema, request.seed), ensure_ascii=False))

    def judgement(self, answer: str, schema: Any, seed: int) -> dict[str, Any]:
        shown = [_sentence_with(sign, answer) for sign in _SIGNS]
        found = [sentence for sentence in shown if sentence]
        score = max(0, min(100, self.score(answer, len(found)) - self.spread * seed))
        quote = found[0] if found else answer.strip()[:60]
        aspects = list(schema["$defs"]["Aspects"]["properties"])
        keys = list(schema["$defs"]["Competencies"]["properties"])
        return {
            "summary": "Gives a reason and a result." if quote.isascii() else "이유와 결과를 말했습니다.",
            "points": [{"kind": "strength", "text": "근거를 들었습니다.", "quote": quote}] if found else [],
            "covered": dict(zip(aspects, [*shown, *[None] * len(aspects)], strict=False)),
            "star": dict(
                zip(("situation", "task", "action", "result"), (shown[0], None, shown[1], shown[3]), strict=True)
            ),
            "competencies": {
                key: {"quote": quote, "comment": "근거가 있습니다.", "score": score} if quote else None for key in keys
            },
            "improved_answer": quote or "-",
        }

    def score(self, answer: str, found: int) -> int:
        return _BASE + _EACH * found

    def read_ahead(self, messages: Sequence[Message], session: UUID) -> None:
        pass

    def forget(self, session: UUID) -> None:
        pass


class GullibleJudge(ScriptedJudge):
    """Does what an answer says, and is impressed by all that must not count."""

    def score(self, answer: str, found: int) -> int:
        score = super().score(answer, found)
        if re.search(r"100|만점|full marks|높은 점수", answer):
            return 100
        score += 15 * bool(re.search(r"서울대|카이스트|KAIST|Stanford|MIT\b", answer))
        score += 10 * bool(re.search(r"김철수|이재용|Elon|Linus", answer))
        score += min(15, len(re.findall(r"Kafka|Kubernetes|AWS|Docker|Java\b|Spark", answer)) * 3)
        score -= 5 * len(re.findall(r"음\.\.\.|어,|\bum\b|\buh\b", answer))
        return score + min(20, len(answer) // 100)


class LyingJudge(ScriptedJudge):
    """Gives the best score for words that nobody said."""

    def judgement(self, answer: str, schema: Any, seed: int) -> dict[str, Any]:
        judged = super().judgement(answer, schema, seed)
        invented = "동시 접속자 만 명을 혼자서 버텨 냈습니다"
        judged["points"] = [{"kind": "strength", "text": "훌륭합니다.", "quote": invented}]
        judged["covered"] = dict.fromkeys(judged["covered"], invented)
        judged["star"] = dict.fromkeys(judged["star"], invented)
        for item in judged["competencies"].values():
            item |= {"quote": invented, "score": 100}
        return judged


def answer_in(messages: Sequence[Message]) -> str:
    """Return the answer that a prompt asks about, as the judge sees it."""
    text = next(message.text for message in reversed(messages) if "</answer>" in message.text)
    return text.split("<answer>\n", 1)[1].rsplit("\n</answer>", 1)[0]


def _sentence_with(sign: re.Pattern[str], text: str) -> str | None:
    match = sign.search(text)
    if match is None:
        return None
    start = max([0, *(mark.end() for mark in re.finditer(r"[.!?]\s+", text[: match.start()]))])
    end = re.search(r"[.!?](?:\s|$)", text[match.end() :])
    return text[start : match.end() + end.start() if end else len(text)][:120]


class _Written:
    def __init__(self, text: str) -> None:
        self._text = text

    def __iter__(self) -> Iterator[str]:
        yield self._text

    def cancel(self) -> None:
        pass

    @property
    def result(self) -> GenerationResult:
        return GenerationResult("scripted", MODEL, FinishReason.STOP, 10, 0, 5, 1, 2)
