"""When delivery is in trouble, and when it is well again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.insight.alarms import is_failing, is_well
from storage.statistics import DeliveryHealth
from tests.bot.insight.samples import NOW

EARLIER = NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("sent", "refused", "stuck", "failing"),
    [
        (0, 0, 0, False),
        (99, 4, 0, False),
        (0, 4, 0, False),  # four may be people who left
        (0, 5, 0, True),
        (5, 5, 0, False),  # as many got through
        (5, 6, 0, True),
        (99, 0, 1, True),  # one that is tried again and again
    ],
)
def test_when_messages_do_not_get_through(sent: int, refused: int, stuck: int, *, failing: bool) -> None:
    health = DeliveryHealth(sent, refused, stuck, NOW, None)
    assert is_failing(health) is failing
    assert is_well(health) is not failing


def test_all_is_well_once_a_message_got_through_after_the_last_that_did_not() -> None:
    assert not is_well(DeliveryHealth(1, 1, 0, EARLIER, NOW))
    assert is_well(DeliveryHealth(1, 1, 0, NOW, EARLIER))
    assert not is_well(DeliveryHealth(0, 1, 0, None, EARLIER))
    assert is_well(DeliveryHealth(0, 0, 0, None, None))
