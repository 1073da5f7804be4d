"""Long news in short messages: what there is room for is told, and how much more there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.administration.proposals import shortened

BLOCKS = st.lists(st.lists(st.text("abc <>", min_size=1, max_size=60), min_size=1, max_size=8).map("\n".join))


def test_what_fits_is_told_whole() -> None:
    assert shortened(["one", "two"], 100, "en") == ["one", "two"]


def test_what_does_not_fit_is_counted() -> None:
    blocks = [f"block {n} " + "x" * 40 for n in range(9)]
    assert shortened(blocks, 150, "en") == [*blocks[:2], "<i>…and 7 more</i>"]
    assert shortened(blocks, 150, "uk")[-1] == "<i>…і ще 7</i>"


def test_a_block_that_is_too_long_by_itself_still_shows_its_beginning() -> None:
    block = "\n".join(f"line {n}" for n in range(100))
    assert shortened([block], 80, "en") == ["line 0\nline 1\nline 2\nline 3\nline 4\n…", "<i>…and 1 more</i>"]


@given(BLOCKS, st.integers(100, 500))
def test_whatever_is_told_keeps_within_its_room(blocks: list[str], room: int) -> None:
    assert len("\n\n".join(shortened(blocks, room, "en"))) <= room
