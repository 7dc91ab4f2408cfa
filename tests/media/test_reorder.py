"""Packets in any order, with losses, come out in order, and no more is missing than was lost."""

import random
from collections.abc import Iterable

import pytest

from interview_media.reorder import Packet, ReorderBuffer


def packet(sequence: int) -> Packet:
    return Packet(sequence % 65536, sequence * 960 % (1 << 32), b"x")


def sequences(packets: Iterable[Packet]) -> list[int]:
    return [packet.sequence for packet in packets]


def push_all(buffer: ReorderBuffer, numbers: Iterable[int]) -> list[int]:
    out = [sequence for number in numbers for sequence in sequences(buffer.push(packet(number)))]
    return out + sequences(buffer.flush())


def test_packets_in_order_pass_at_once() -> None:
    buffer = ReorderBuffer()
    assert [sequences(buffer.push(packet(number))) for number in range(5, 9)] == [[5], [6], [7], [8]]


def test_a_packet_that_comes_late_but_in_time_takes_its_place() -> None:
    assert push_all(ReorderBuffer(), [1, 2, 4, 5, 3, 6]) == [1, 2, 3, 4, 5, 6]


def test_a_missing_packet_is_waited_for_by_four_newer_ones_and_then_left_out_alone() -> None:
    buffer = ReorderBuffer()
    assert sequences(buffer.push(packet(1))) == [1]
    assert [sequences(buffer.push(packet(number))) for number in (3, 4, 5)] == [[], [], []]
    assert sequences(buffer.push(packet(6))) == [3, 4, 5, 6]
    assert buffer.lost == 1
    assert (buffer.push(packet(2)), buffer.late) == ([], 1)


def test_the_sequence_wraps() -> None:
    numbers = [65533, 65535, 65534, 65536, 65538, 65537, 65539]
    assert push_all(ReorderBuffer(), numbers) == [65533, 65534, 65535, 0, 1, 2, 3]


def test_a_packet_that_comes_twice_counts_once() -> None:
    buffer = ReorderBuffer()
    assert push_all(buffer, [1, 3, 3, 2, 2, 4]) == [1, 2, 3, 4]
    assert (buffer.doubled, buffer.late) == (1, 1)


def test_one_stray_packet_changes_nothing_and_two_in_a_row_begin_anew() -> None:
    buffer = ReorderBuffer()
    assert push_all(buffer, [100, 101, 30_000, 102]) == [100, 101, 102]
    assert sequences(buffer.push(packet(40_000))) == []
    assert sequences(buffer.push(packet(40_001))) == [40_001]
    assert sequences(buffer.push(packet(40_002))) == [40_002]
    assert sequences(buffer.push(packet(10))) == []
    assert sequences(buffer.push(packet(11))) == [11]


def test_a_long_loss_is_stepped_over_without_walking_through_it() -> None:
    buffer = ReorderBuffer()
    assert push_all(buffer, [1, *range(2900, 2910)]) == [1, *range(2900, 2910)]
    assert buffer.lost == 2898


@pytest.mark.parametrize("loss", [0.0, 0.02, 0.05, 0.1, 0.3])
def test_what_is_missing_is_what_was_lost(loss: float) -> None:
    random_ = random.Random(7)
    sent = [number for number in range(60_000, 80_000) if random_.random() >= loss]
    arriving = sorted(sent, key=lambda number: number + random_.choice((0, 0, 0, 0, 0, 1.5, 2.5)))
    out = push_all(ReorderBuffer(), arriving)
    assert out == [number % 65536 for number in sorted(sent)][: len(out)]
    assert len(out) >= len(sent) * 0.999


def test_any_nonsense_leaves_the_buffer_small_and_the_output_without_doubles() -> None:
    random_ = random.Random(3)
    buffer = ReorderBuffer()
    for _ in range(20_000):
        buffer.push(packet(random_.randrange(65536)))
        assert len(buffer._waiting) < 4
