"""Who goes on in a step: which prompts are read of those that wait, and who writes beside them."""

from collections.abc import Sequence

from interview_worker.engines.language_model import Priority
from interview_worker.engines.llama_runtime import Context, Feed
from interview_worker.engines.packing import Pace, slice_length
from interview_worker.engines.runs import Place
from interview_worker.engines.slots import SlotTable

Plan = list[tuple[Place, Feed]]
"""What a pass decodes, and whose it is."""


class StepPlanner:
    """Plans a step's two passes, one through prompts and one of what is written."""

    def __init__(self, context: Context, table: SlotTable) -> None:
        self._context = context
        self._table = table
        self._pace = Pace(context.step_tokens)

    def reads_first(self, places: Sequence[Place]) -> bool:
        """Tell whether a prompt is more urgent than all that is written: it need not wait for a pass of the others."""
        reading, writing = _by_rank(places, is_writing=False), _by_rank(places, is_writing=True)
        return bool(reading and writing) and reading[0].run.priority < writing[0].run.priority

    def reading(self, places: Sequence[Place]) -> Plan:
        """Return what is read of prompts: of the most urgent one as much as the pace allows, else several whole ones.

        They are read apart from what is written: in one pass llama.cpp would take no more of them than one token.
        """
        plan: Plan = []
        longest = 0
        for place in _by_rank(places, is_writing=False):
            if self._waits_for_head(place, plan):
                continue
            longest = max(longest, place.left_to_read)
            if not plan:
                plan.append((place, place.next_feed(slice_length(longest, self._pace.tokens))))
            elif longest * (len(plan) + 1) <= min(self._context.good_pass, self._pace.tokens):
                plan.append((place, place.next_feed(longest)))
            else:
                break
        return plan

    def writing(self, places: Sequence[Place]) -> Plan:
        """Return what those read who write: mostly the one token that they wrote last.

        While a live question's prompt is read, in however many slices, only live questions are written.
        """
        is_live_read = any(_is_live(place) for place in places if not place.is_writing)
        plan: Plan = []
        room = self._context.step_tokens
        for place in _by_rank(places, is_writing=True):
            if room > 0 and (_is_live(place) or not is_live_read):
                plan.append((place, place.next_feed(room)))
                room -= len(plan[-1][1].tokens)
        return plan

    def learn(self, *, read: int, took_s: float) -> None:
        """Take account of how long a pass through prompts took."""
        self._pace.learn(read=read, took_s=took_s)

    def _waits_for_head(self, place: Place, plan: Plan) -> bool:
        """Tell whether another run is just reading the same head; it is read once and then copied."""
        if not place.lacks_head or self._table.adopt_head(place.slot, place.run.head):
            return False
        return any(other.lacks_head and other.run.head == place.run.head for other, _ in plan)


def _by_rank(places: Sequence[Place], *, is_writing: bool) -> list[Place]:
    chosen = [place for place in places if place.is_writing is is_writing]
    return sorted(chosen, key=lambda place: place.run.generation.rank)


def _is_live(place: Place) -> bool:
    return place.run.priority is Priority.LIVE_QUESTION
