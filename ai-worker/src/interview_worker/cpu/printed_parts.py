"""The parts of a printed report that are lists: reviews, what to practise, claims, the role's requirements."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Part = dict[str, Any]
Quote = Callable[[Mapping[str, Any]], Part]

_VERDICTS = ("contradicted", "supported", "unclear", "not_judged", "never_probed")


def printed_parts(report: Mapping[str, Any], words: Mapping[str, Any], quote: Quote) -> Iterator[Part]:
    """Yield the parts that there is something to say in."""
    if reviews := report.get("reviews"):
        yield _part(words, "reviews", [item for review in reviews for item in _review(review, words)])
    if report["practice"]:
        yield _part(words, "practice", [_practice(item, words) for item in report["practice"]])
    if report["claims"]:
        # What is contradicted matters most, and what nobody asked about least.
        claims = sorted(report["claims"], key=lambda claim: _VERDICTS.index(claim["verdict"]))
        yield _part(words, "claims", [_claim(claim, words, quote) for claim in claims])
    if report["role_match"]:
        match = report["role_match"]
        items = [_requirement(item, words, quote) for item in match["requirements"]]
        yield _part(words, "role_match", items, found=match["found_count"], checked=match["checked_count"])


def _part(words: Mapping[str, Any], name: str, items: Sequence[Part], **facts: int) -> Part:
    return {"title": words[name]["title"], "lead": words[name]["lead"].format(**facts), "items": items}


def _item(text: str, *, state: str | None = None, note: str | None = None, quotes: Sequence[Part] = ()) -> Part:
    return {"text": text, "state": state, "note": note, "quotes": list(quotes)}


def _review(review: Mapping[str, Any], words: Mapping[str, Any]) -> Iterator[Part]:
    texts, answer = words["reviews"], review["answer"]
    yield _item(review["text"], state=texts["states"][review["state"]])
    if answer:
        withdrawn = [texts["withdrawn"].format(**item) for item in answer["withdrawn_scores"]]
        yield _item(answer["text"], state=texts["outcomes"][answer["outcome"]], note=" · ".join(withdrawn) or None)


def _practice(item: Mapping[str, Any], words: Mapping[str, Any]) -> Part:
    kind = item["kind"]
    text = words["star_parts"].get(item["text"], item["text"]) if kind == "star_part" else item["text"]
    return _item(text, state=words["practice"]["kinds"][kind])


def _claim(claim: Mapping[str, Any], words: Mapping[str, Any], quote: Quote) -> Part:
    quotes = [quote(claim["evidence"])] if claim["evidence"] else []
    return _item(claim["text"], state=words["claims"]["verdicts"][claim["verdict"]], note=claim["about"], quotes=quotes)


def _requirement(item: Mapping[str, Any], words: Mapping[str, Any], quote: Quote) -> Part:
    state = words["role_match"]["statuses"][item["status"]]
    missing = ", ".join(term["name"] for term in item["terms"] if not term["is_found"])
    note = words["role_match"]["missing"].format(names=missing) if missing and item["status"] != "not_found" else None
    found = [evidence for term in item["terms"] for evidence in term["evidence"][:1]]
    return _item(item["text"], state=state, note=note, quotes=[_found(one, words, quote) for one in found])


def _found(evidence: Mapping[str, Any], words: Mapping[str, Any], quote: Quote) -> Part:
    if evidence["source"] == "answer":
        return quote(evidence)
    return {"quote": evidence["quote"], "place": words["role_match"]["resume"], "answer": None}
