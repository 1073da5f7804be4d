"""UTM marks as admins type and paste them, and names of campaigns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.entry.campaigns import LONGEST_NAME, campaign_name
from bot.entry.utm import LONGEST_MARK, read_utm
from storage.links import Utm

STORY = Utm(source="insta", medium="story")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("utm_source=insta&utm_medium=story", STORY),
        ("?utm_medium=story&utm_source=insta", STORY),
        ("https://acme.example/a?id=5&utm_source=insta&utm_medium=story#top", STORY),
        ("UTM_SOURCE=insta utm_medium=story", STORY),
        ("here: utm_source=insta\nutm_medium=story", STORY),
        ("utm_source=insta&utm_medium=story&utm_id=7&utm_term=", STORY),
        ("utm_source=insta&utm_medium=story&utm_source=other", STORY),
        ("utm_source=%D0%BE%D1%81%D1%96%D0%BD%D1%8C+2026", Utm(source="осінь 2026")),
        ("utm_campaign=c&utm_content=b&utm_term=t", Utm(campaign="c", content="b", term="t")),
        (f"utm_source={'x' * LONGEST_MARK}", Utm(source="x" * LONGEST_MARK)),
    ],
)
def test_marks_are_read_wherever_they_stand(typed: str, read: Utm) -> None:
    assert read_utm(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "no",
        "utm_source",
        "utm_source=",
        "utm_source=%00",
        "source=insta",
        f"utm_term={'x' * (LONGEST_MARK + 1)}",
    ],
)
def test_what_holds_no_usable_marks_is_nothing(typed: str) -> None:
    assert read_utm(typed) is None


@given(st.text())
def test_whatever_is_typed_reading_marks_never_fails(typed: str) -> None:
    for text in (typed, f"utm_source={typed}"):
        read = read_utm(text)
        assert read is None or all(len(mark) <= LONGEST_MARK for mark in read.given.values())


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Autumn fair", "Autumn fair"),
        ("  Autumn \n fair\t", "Autumn fair"),
        ("Ярмарок 🍂 <b>", "Ярмарок 🍂 <b>"),
        ("a\0b\u202ec", "abc"),
        ("👩\u200d👧 mums", "👩\u200d👧 mums"),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
        ("x" * (LONGEST_NAME + 1), None),
        ("", None),
        (" \n", None),
        ("\u202e\0", None),
    ],
)
def test_a_campaigns_name_is_one_line_of_letters_that_can_be_seen(typed: str, name: str | None) -> None:
    assert campaign_name(typed) == name


@given(st.text())
def test_whatever_is_typed_a_name_can_be_stored(typed: str) -> None:
    name = campaign_name(typed)
    assert name is None or (0 < len(name) <= LONGEST_NAME and name.encode())
