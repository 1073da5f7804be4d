"""The server of the benchmarks is as strict as it says: a share of a lax limit would prove nothing."""

from __future__ import annotations

from benchmarks.strict import Gate


def test_a_second_holds_the_limit_and_the_first_message_too_many_closes_it_for_a_second() -> None:
    gate = Gate(limit=3)
    assert [gate.passes(at) for at in (0.0, 0.5, 0.9)] == [0, 0, 0]
    assert gate.passes(0.99) == 1
    assert gate.passes(1.6) == 1  # there would be room, but it is closed
    assert gate.passes(2.0) == 0


def test_the_second_is_any_second_not_the_clocks() -> None:
    gate = Gate(limit=2)
    assert [gate.passes(at) for at in (0.9, 0.95)] == [0, 0]
    assert gate.passes(1.8) == 1
