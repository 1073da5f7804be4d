"""What stands in a button's data: it comes back as it went, and it always fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stages.reasons import LOST_REASONS
from bot.telegram.broadcast_taps import BroadcastAction, BroadcastTapped, NoNewsTapped
from bot.telegram.callback_data import decode, encode
from bot.telegram.taps import (
    AdminAction,
    AdminTapped,
    AnswerTapped,
    CardAction,
    CardTapped,
    LanguageTapped,
    LibraryAction,
    LibraryTapped,
    LinkAction,
    LinkTapped,
    MergeAction,
    MergeTapped,
    OpenTapped,
    PlaceTapped,
    PrivacyAction,
    PrivacyTapped,
    Tap,
    TrackedTapped,
    TryTapped,
    UnsubscribeTapped,
)
from dialogs.values import ID_LENGTH

MOST_BYTES = 64
"""Source: Bot API, InlineKeyboardButton.callback_data."""
NUMBERS = st.integers(1, 2**48 - 1)
IDS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,23}", fullmatch=True)
REVISIONS = st.integers(0, 2**32 - 1)
LONGEST = "z" * ID_LENGTH
SHORT = st.from_regex(r"[a-z]{0,8}\.[0-9a-f]{12}", fullmatch=True)

TAPS: st.SearchStrategy[Tap] = st.one_of(
    st.builds(AnswerTapped, NUMBERS, IDS, IDS),
    st.builds(CardTapped, NUMBERS, st.sampled_from(CardAction), st.sampled_from(["", *LOST_REASONS])),
    st.builds(MergeTapped, NUMBERS, st.sampled_from(MergeAction)),
    st.builds(PlaceTapped, NUMBERS),
    st.builds(TrackedTapped, NUMBERS),
    st.builds(OpenTapped, NUMBERS),
    st.builds(LibraryTapped, st.sampled_from(LibraryAction), st.one_of(st.just(""), IDS)),
    st.builds(UnsubscribeTapped, NUMBERS),
    st.builds(LanguageTapped, st.sampled_from(["en", "uk", "ru", "deu"])),
    st.builds(LinkTapped, st.sampled_from(LinkAction), NUMBERS, st.one_of(st.just(""), IDS)),
    st.just(TryTapped()),
    st.builds(BroadcastTapped, st.sampled_from(BroadcastAction), NUMBERS, SHORT),
    st.builds(NoNewsTapped, NUMBERS),
    st.builds(AdminTapped, st.sampled_from(AdminAction), IDS, REVISIONS, REVISIONS),
    st.builds(PrivacyTapped, st.sampled_from(PrivacyAction), st.sampled_from(["", "follow_ups", "6f0d2a4b1c3d5"])),
)


@given(TAPS)
def test_a_tap_comes_back_as_it_went_and_fits_into_a_button(tap: Tap) -> None:
    data = encode(tap)
    assert decode(data) == tap
    assert 1 <= len(data.encode()) <= MOST_BYTES


@pytest.mark.parametrize(
    "tap",
    [
        AnswerTapped(2**48 - 1, LONGEST, LONGEST),
        CardTapped(2**63 - 1, CardAction.CONTACTED, "competitor"),
        TrackedTapped(2**63 - 1),
        UnsubscribeTapped(2**63 - 1),
        LinkTapped(LinkAction.LANGUAGE, 2**63 - 1, LONGEST),
        AdminTapped(AdminAction.ROLL_BACK, LONGEST, 2**32 - 1, 2**32 - 1),
    ],
    ids=["answer", "card", "tracked", "unsubscribe", "link", "admin"],
)
def test_the_longest_taps_fit(tap: Tap) -> None:
    assert len(encode(tap).encode()) <= MOST_BYTES


@pytest.mark.parametrize(
    "data",
    [
        "",
        "x",
        "q",
        "q:1:a",
        "q:1:a:b:c",
        "q:zz:a:b",
        "q::a:b",
        "h:1:steal:",
        "h:1:take",
        "u:",
        "u:x",
        "t:1",
        "k:steal:1:",
        "k:qr:1",
        "a:publish:q:1",
        "a:steal:q:1:1",
        "a:publish:q:x:1",
        "a:publish:q:-1:1",
        "🔥",
    ],
)
def test_data_that_is_not_ours_means_nothing(data: str) -> None:
    assert decode(data) is None


@given(st.text(max_size=64))
def test_whatever_a_button_sends_back_decoding_never_fails(data: str) -> None:
    assert decode(data) is None or isinstance(decode(data), Tap)


@pytest.mark.parametrize("data", [f"m:{'f' * 40}", f"h:{'f' * 40}:take:", "u:-5", "u:1_0", "u: 5"])
def test_a_number_that_no_row_can_have_means_nothing(data: str) -> None:
    assert decode(data) is None
