"""How prompts share a pass through the weights: which are read together, and that filler leaves nothing behind."""

from pathlib import Path
from uuid import uuid4

import pytest

from interview_worker.engines.llama_runtime import Feed, Outcome
from interview_worker.engines.packing import GOOD_PASS, WIDTH, padded_lengths, slice_length
from tests.samples.make_gguf import write_gguf
from tests.worker.gpu.batching_rig import make_rig, request, talk


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_gguf(tmp_path_factory.mktemp("noisy") / "noisy.gguf")


@pytest.mark.parametrize(
    ("slots", "lengths", "padded"),
    [
        pytest.param([0, 1], [24, 29], [32, 32], id="neighbours become equally long, and fill whole widths"),
        pytest.param([0, 1], [24, 25], [25, 25], id="two tokens beyond whole widths are no reason for fourteen more"),
        pytest.param([0, 2], [24, 29], [24, 32], id="others cannot share a pass"),
        pytest.param([3], [60], [64], id="a width that is nearly full is filled"),
        pytest.param([3], [66], [66], id="one that is nearly empty is not"),
        pytest.param([0, 1, 2, 3], [1, 1, 5, 1], [1, 1, 5, 1], id="what is written is not filled up"),
        pytest.param([0, 1], [10, 200], [10, 200], id="more filler than text does not pay"),
    ],
)
def test_prompts_are_filled_up_where_that_saves_passes(slots: list[int], lengths: list[int], padded: list[int]) -> None:
    assert padded_lengths(slots, lengths) == padded


def test_a_prompt_is_cut_into_whole_widths_and_its_end_is_read_as_it_is() -> None:
    assert slice_length(200, 512) == 200
    assert slice_length(400, 150) == 2 * GOOD_PASS
    assert slice_length(400, 50) == 3 * WIDTH
    assert slice_length(400, 7) == 7


def test_filler_changes_nothing_that_is_read_or_kept(noisy: Path) -> None:
    tokens = list(range(300, 329))
    opinions = []
    for lengths in ([29], [29, 24]):
        with make_rig(noisy, slots=2) as rig:
            feeds = [Feed(slot, 0, tokens[:length], wants_next=True) for slot, length in enumerate(lengths)]
            assert rig.context._lengths(feeds) == [32] * len(feeds)
            assert rig.context.decode(feeds)[0] is Outcome.DONE
            outcome, rows = rig.context.decode([Feed(0, 29, [400], wants_next=True)])
            assert outcome is Outcome.DONE
            with rig.context.sampler(temperature=0, seed=0) as sampler:
                opinions.append(sampler._logits(rows[0]).copy())
            sizes = [rig.context.save(slot).nbytes for slot in range(len(lengths))]
    with make_rig(noisy, slots=2) as rig:
        # One token at a time there is nothing to fill up.
        for position, token in enumerate([*tokens, 400]):
            _, rows = rig.context.decode([Feed(0, position, [token], wants_next=True)])
        with rig.context.sampler(temperature=0, seed=0) as sampler:
            opinions.append(sampler._logits(rows[0]).copy())
        assert sizes[0] == rig.context.save(0).nbytes
        assert sizes[1] < sizes[0]
    assert opinions[0] == pytest.approx(opinions[2], abs=0.05)
    assert opinions[1] == pytest.approx(opinions[2], abs=0.05)


def test_a_full_slot_has_no_room_for_filler(noisy: Path) -> None:
    with make_rig(noisy, slots=1, tokens_per_slot=256) as rig:
        read = Feed(0, 0, [300] * 230, wants_next=False)
        assert rig.context.decode([read])[0] is Outcome.DONE
        last = Feed(0, 230, [301] * 26, wants_next=True)
        assert rig.context._lengths([last]) == [26]
        assert rig.context.decode([last])[0] is Outcome.DONE


def test_rows_belong_to_the_feeds_they_were_asked_for_whatever_the_order_of_slots(noisy: Path) -> None:
    with make_rig(noisy, slots=4) as rig:
        feeds = {slot: Feed(slot, 0, [300 + 20 * slot] * 3, wants_next=True) for slot in range(4)}
        opinions: dict[int, list[object]] = {slot: [] for slot in feeds}
        for order in ([0, 1, 2, 3], [2, 0, 3, 1]):
            rig.context.clear()
            _, rows = rig.context.decode([feeds[slot] for slot in order])
            with rig.context.sampler(temperature=0, seed=0) as sampler:
                for slot, row in zip(order, rows, strict=True):
                    opinions[slot].append(sampler._logits(row).tolist())
        assert all(first == second for first, second in opinions.values())
        assert len({str(first) for first, _ in opinions.values()}) == len(feeds)


def test_of_many_short_prompts_the_first_are_read_in_the_first_passes(noisy: Path) -> None:
    with make_rig(noisy, slots=8) as rig:
        passes = rig.record_passes()
        generations = [
            rig.submit(request(talk("네", system=" ".join("가나다라마")), session=uuid4())) for _ in range(8)
        ]
        rig.batcher.turn()
        begun = [not generation._pieces.empty() for generation in generations]
        rig.run()
    assert begun == sorted(begun, reverse=True)
    assert 0 < sum(begun) < len(begun)
    read = [[feed for feed in feeds if len(feed.tokens) > 1] for feeds in passes]
    assert all(sum(len(feed.tokens) for feed in feeds) <= GOOD_PASS for feeds in read)
    assert max(map(len, read)) > 1


def test_those_who_write_are_not_kept_waiting_by_a_long_prompt(noisy: Path) -> None:
    with make_rig(noisy, slots=2) as rig:
        writing = rig.submit(request(talk("네"), max_tokens=300, session=uuid4()))
        while writing._pieces.empty():
            rig.batcher.turn()
        rig.submit(request(talk("길게 말하겠습니다. " * 60), max_tokens=1, session=uuid4()))
        passes, before = rig.record_passes(), rig.batcher.figures.tokens_written
        rig.batcher.turn()
        assert rig.batcher.figures.tokens_written > before
        assert [len(feeds) for feeds in passes] == [1, 1]
        assert [len(feeds[0].tokens) > 1 for feeds in passes] == [False, True]
