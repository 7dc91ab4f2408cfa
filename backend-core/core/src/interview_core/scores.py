"""How scores are added up; whoever shows a sum makes it here."""

from collections.abc import Sequence


def weighted_mean(parts: Sequence[tuple[float, float]]) -> float | None:
    """Return the mean of values by their weights, to one decimal; None of no values."""
    weight = sum(weight for _, weight in parts)
    return round(sum(value * weight for value, weight in parts) / weight, 1) if weight else None
