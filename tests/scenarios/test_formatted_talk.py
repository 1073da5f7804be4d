"""What a manager formats reaches the prospect so; what a prospect formats reaches staff as plain letters."""

from __future__ import annotations

import pytest

from bot.demo.emulator import FormattedText, typed
from bot.demo.emulator.entities import Entity
from tests.scenarios import kept
from tests.scenarios.over_http import Guest, House
from tests.scenarios.stories import HOT_LEAD

CARD = "Hot lead ·"
OFFER = (
    "<b>Chairs</b> for <i>you</i>, <s>old</s> <tg-spoiler>price</tg-spoiler>:\n• <u>grey</u>\n• <code>B-2</code>\n"
    "<blockquote>Made <b>here</b></blockquote>\n"
    '<a href="https://acme.example/c?a=1&amp;b=2">See them</a> &lt;b&gt;'
)
LETTERS = "Chairs for you, old price:\n• grey\n• B-2\nMade here\nSee them <b>"
MISLEADING = '<b>Look</b>: <a href="https://evil.example/">https://daylight.example</a>'
TOO_RICH = FormattedText(
    "w" * 100, tuple(Entity("text_link", place, 1, url=f"https://a.example/{'x' * 1000}") for place in range(100))
)


@pytest.fixture
async def talking(anna: Guest, max_: Guest, vera: Guest, ada: Guest) -> None:
    await anna.goes_through(HOT_LEAD)
    await max_.taps("✋ Take")
    await max_.replies(CARD, "Hello Anna")
    for guest in (anna, max_, vera, ada):
        guest.skims()


async def _replies(manager: Guest, markup: str) -> None:
    await manager.replies_with(CARD, markup, lambda phone, to: phone.says(typed(markup), reply_to=to))


async def _edits(writer: Guest, words: str, text: FormattedText) -> None:
    number = writer.message(words, own=True)
    await writer.does(f"edits «{words}»: {text.text}", lambda phone: phone.edits(number, text))


async def _history(house: House, anna: Guest) -> list[str]:
    """Return what is kept of the talk, as the export shows it; without its first message."""
    prospect = await kept.prospect_of(house, anna)
    async with house.view() as unit:
        return [each.text for each in await unit.talk.of(prospect.id)][1:]


@pytest.mark.usefixtures("talking")
async def test_what_a_manager_formats_arrives_so_and_is_kept_as_its_letters(
    house: House, anna: Guest, max_: Guest
) -> None:
    await _replies(max_, OFFER)
    anna.sees_formatted(f"💬 <b>Max</b>\n{OFFER}")
    await max_.replies_with(
        CARD, "a photo", lambda phone, to: phone.sends_photo(caption=typed("<b>Grey</b> ones"), reply_to=to)
    )
    line = anna.sees_formatted("💬 <b>Max</b>\n<b>Grey</b> ones")
    assert line.picture is not None
    assert await _history(house, anna) == [LETTERS, "📎 Grey ones"]


@pytest.mark.usefixtures("talking")
async def test_an_edit_of_a_manager_is_mirrored_as_it_is_formatted_now(
    house: House, anna: Guest, max_: Guest
) -> None:
    await _replies(max_, "The price is <b>1000</b>")
    anna.sees_formatted("The price is <b>1000</b>")
    await _edits(max_, "The price", typed("The price is <s>1000</s> <b>900</b>"))
    assert anna.sees_change("1000 900").html == "💬 <b>Max</b>\nThe price is <s>1000</s> <b>900</b>"
    await max_.replies_with(CARD, "a photo", lambda phone, to: phone.sends_photo(caption="Grey", reply_to=to))
    anna.sees("Grey")
    await _edits(max_, "Grey", typed("<i>Blue</i>"))
    assert anna.sees_change("Blue").html == "💬 <b>Max</b>\n<i>Blue</i>"
    assert await _history(house, anna) == ["The price is 1000 900", "📎 Blue"]


@pytest.mark.usefixtures("talking")
async def test_what_is_bold_across_the_cut_of_a_long_text_is_bold_on_both_sides_of_it(
    house: House, anna: Guest, max_: Guest
) -> None:
    text = f"{'w' * 4000}<b>{'b' * 96}</b>"
    await _replies(max_, text)
    first, second = anna.sees_formatted("www<b>bbb"), anna.sees_formatted("💬 <b>Max</b>\n<b>bbb")
    assert first.html.count("b" * 20 + "</b>") == second.html.count("b</b>") == 1
    assert "".join(line.text.partition("\n")[2] for line in (first, second)) == typed(text).text
    await _edits(max_, "www", typed("In <b>short</b>: yes"))
    assert anna.sees_change("In short").html == "💬 <b>Max</b>\nIn <b>short</b>: yes"
    anna.sees_change("💬 Max\n…")
    assert await _history(house, anna) == ["In short: yes", "…"]


@pytest.mark.usefixtures("talking")
async def test_more_formatting_than_telegram_takes_is_said_to_the_manager_and_nothing_is_sent(
    house: House, anna: Guest, max_: Guest
) -> None:
    await max_.replies_with(CARD, "a hundred long links", lambda phone, to: phone.says(TOO_RICH, reply_to=to))
    max_.sees_under("www", "Not sent", "more formatting in it, or longer links", "send it again")
    await max_.replies_with(
        CARD, "a photo with them", lambda phone, to: phone.sends_photo(caption=TOO_RICH, reply_to=to)
    )
    max_.sees_under("www", "Not sent", "more formatting in it, or longer links", "send it again")
    await _replies(max_, "Look")
    anna.sees("💬 Max\nLook")
    await _edits(max_, "Look", TOO_RICH)
    max_.sees_under("www", "Not sent", "more formatting in it, or longer links", "send it again")
    anna.sees_nothing()
    assert await _history(house, anna) == ["Look"]


@pytest.mark.usefixtures("talking")
async def test_a_link_of_a_stranger_with_a_misleading_label_never_reaches_staff(
    house: House, anna: Guest, max_: Guest
) -> None:
    plain = "💬 <b>Anna</b> · #1\nLook: https://daylight.example"
    await anna.writes(MISLEADING)
    assert max_.sees("Look").html == plain
    await _edits(anna, "Look", typed(f"{MISLEADING} &lt;b&gt;"))
    assert max_.sees_change("Look").html == f"{plain} &lt;b&gt;"
    await anna.does("sends a photo", lambda phone: phone.sends_photo(caption=typed(MISLEADING)))
    assert max_.sees("Look").html == plain
    await _edits(anna, "Look", typed(f"{MISLEADING}!"))
    assert max_.sees_change("Look").html == f"{plain}!"
    await anna.does("writes a hundred long links", lambda phone: phone.says(TOO_RICH))
    assert max_.sees("www").html.endswith(f"\n{'w' * 100}")
    assert "evil.example" not in "".join(line.html for line in max_.chat.lines)
    anna.sees_nothing()
