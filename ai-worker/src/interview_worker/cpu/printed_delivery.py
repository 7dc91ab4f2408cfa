"""The coaching on delivery as it is printed: apart from scores, and without what was said about expressions."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from interview_worker.cpu.printed_charts import duration

Part = dict[str, Any]
Words = Mapping[str, Any]


def printed_delivery(delivery: Mapping[str, Any] | None, words: Words, language: str) -> Part | None:
    """Return the part; None: the export is from before it held any coaching."""
    if delivery is None:
        return None
    own = words["delivery"]
    overall = delivery["overall"]
    return {
        "title": own["title"],
        "badge": own["badge"],
        "lead": own["lead"],
        "absent": [*_absent(delivery, own)],
        "columns": own["columns"],
        "rows": [*(_spoken(overall, words, language) if overall else ()), *_seen(delivery["picture"], own)],
        "answers": _answers(delivery, words, language),
        "remarks": [own["fillers_note"]] if overall and overall["fillers"] else [],
        "left_out": own["left_out"],
    }


def _absent(delivery: Mapping[str, Any], own: Words) -> Iterator[str]:
    """Yield why a part has no figures."""
    if not delivery["overall"]:
        yield own["none"]
    elif not delivery["baseline"]:
        yield own["no_baseline"]
    if not delivery["picture"]:
        yield own["no_picture"][delivery["no_picture"] or "not_allowed"]


def _spoken(spoken: Mapping[str, Any], words: Words, language: str) -> Iterator[Part]:
    own = words["delivery"]
    units = own["units"]
    yield _measure("rate", spoken["rate"], units["rate"][language], own, digits=0)
    yield _row("pauses", own, _pauses(spoken["pauses"], own))
    yield _row("fillers", own, _fillers(spoken["fillers"], own), remark=_filler_words(spoken["fillers"]))
    yield _measure("pitch", spoken["pitch_range"], units["pitch"], own, digits=1)
    yield _measure("loudness", spoken["loudness_range"], units["loudness"], own, digits=1)


def _row(name: str, own: Words, value: str, *, baseline: str = "–", remark: str = "") -> Part:
    return {"name": own["names"][name], "value": value, "baseline": baseline, "remark": remark}


def _measure(name: str, measure: Mapping[str, Any], unit: str, own: Words, *, digits: int) -> Part:
    def say(value: float | None) -> str | None:
        return None if value is None else unit.format(value=f"{value:.{digits}f}")

    comparison, reason = measure["comparison"], measure["reason"]
    remark = own["comparisons"][comparison] if comparison else own["reasons"][reason] if reason else ""
    return _row(
        name, own, say(measure["value"]) or own["no_data"], baseline=say(measure["baseline"]) or "–", remark=remark
    )


def _pauses(pauses: Mapping[str, Any] | None, own: Words) -> str:
    if not pauses:
        return str(own["no_data"])
    longest = f"{pauses['longest_ms'] / 1000:.1f}"
    return str(own["pauses"].format(count=pauses["long_count"], longest=longest))


def _fillers(fillers: Mapping[str, Any] | None, own: Words) -> str:
    if not fillers:
        return str(own["no_data"])
    if not fillers["count"]:
        return str(own["no_fillers"])
    return str(own["fillers"].format(count=fillers["count"], per_100=f"{fillers['per_100_words']:.1f}"))


def _filler_words(fillers: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{item['text']} {item['count']}" for item in fillers["words"]) if fillers else ""


def _seen(picture: Mapping[str, Any] | None, own: Words) -> Iterator[Part]:
    if not picture:
        return
    face = own["face"].format(frames=picture["frames"], share=_percent(picture["face_share"]))
    facing = picture["facing_share"]
    value = own["no_data"] if facing is None else own["facing"].format(share=_percent(facing))
    yield _row("facing", own, value, remark=face)
    lighting = picture["lighting"]
    yield _row(
        "lighting",
        own,
        own["lighting"][lighting] if lighting else own["no_data"],
        remark=own["lighting_hints"].get(lighting, ""),
    )


def _percent(share: float) -> int:
    return round(share * 100)


def _answers(delivery: Mapping[str, Any], words: Words, language: str) -> Part | None:
    """Return a row for each spoken answer, with its rate as a bar beside the speaker's own."""
    if not delivery["answers"]:
        return None
    own = words["delivery"]
    rates = [item["spoken"]["rate"] for item in delivery["answers"]]
    baselines = [rate["baseline"] for rate in rates if rate["baseline"]]
    known = [rate["value"] for rate in rates if rate["value"]]
    # Room beyond the fastest, so that no bar looks as if it were cut.
    full = 1.1 * max([*known, *baselines], default=1)
    return {
        "title": own["answers"],
        "lead": own["answers_lead"].format(unit=own["rate_names"][language]) if known else None,
        "columns": own["answer_columns"],
        "baseline": round(100 * baselines[0] / full, 2) if baselines and known else None,
        "rows": [_answer(item, full, words) for item in delivery["answers"]],
    }


def _answer(item: Mapping[str, Any], full: float, words: Words) -> Part:
    own, spoken = words["delivery"], item["spoken"]
    rate, fillers = spoken["rate"], spoken["fillers"]
    value = rate["value"]
    return {
        "number": item["position"],
        "name": words["answer"].format(number=item["position"]),
        "spoken": duration(timedelta(milliseconds=spoken["speech_ms"]), words),
        "rate": f"{value:.0f}" if value else None,
        "absent": None if value else " · ".join((own["no_data"], own["reasons"][rate["reason"]])),
        "bar": round(100 * value / full, 2) if value else None,
        "pauses": str(spoken["pauses"]["long_count"]) if spoken["pauses"] else own["no_data"],
        "fillers": str(fillers["count"]) if fillers else own["no_data"],
    }
