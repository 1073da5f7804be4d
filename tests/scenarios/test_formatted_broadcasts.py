"""Broadcasts that an admin formats as they would any message: everybody gets them so."""

from __future__ import annotations

from bot.demo.emulator import FormattedText, typed
from bot.demo.emulator.entities import Entity
from tests.scenarios import kept
from tests.scenarios.crowd import STOP, begins, clara, crowd, reads_report, sends
from tests.scenarios.over_http import Guest, House

__all__ = ["clara", "crowd"]

SPRING = (
    "🌷 Hi <b>{first_name}</b>!\n• <i>new</i> <u>chairs</u>\n• <s>old</s> prices, <tg-spoiler>-20%</tg-spoiler>\n"
    '<a href="https://acme.example/spring?a=1&amp;b=2">See them all</a>, code <code>SPRING</code>'
)


def spring(name: str) -> str:
    return SPRING.replace("{first_name}", name)


async def test_what_an_admin_formats_is_shown_so_and_everybody_gets_it_so(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    await ada.says("/broadcast")
    ada.sees("A new broadcast")
    await ada.writes(SPRING)
    ada.sees_formatted(f"<blockquote>{SPRING}</blockquote>", "<b>3 people</b>")
    await ada.taps("👀 Send me a test")
    ada.sees_formatted(spring("Ada"), buttons=[STOP])
    ada.is_told("The test is in the chat")
    await sends(ada)
    for guest, name in zip(crowd, ("Anna", "Boris", "Клара"), strict=True):
        guest.sees_formatted(spring(name))
    await reads_report(house, ada)


async def test_a_formatted_caption_stays_so_below_its_picture(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    await begins(ada)
    caption = 'New: <b>chairs</b>, see <a href="https://acme.example/c">them</a>'
    await ada.does("sends a photo", lambda phone: phone.sends_photo(caption=typed(caption)))
    ada.sees_formatted(caption)
    await sends(ada)
    for guest in crowd:
        line = guest.sees_formatted(caption)
        assert line.picture is not None
    await reads_report(house, ada)


async def test_tags_that_are_typed_as_letters_stay_letters(house: House, crowd: list[Guest], ada: Guest) -> None:
    await begins(ada)
    literal = "<b>not bold</b> & <a href='x'>"
    await ada.says(literal)
    ada.sees(literal)
    await sends(ada)
    for guest in crowd:
        guest.sees(literal)
        assert guest.person.messages[-1].entities == ()
    await reads_report(house, ada)


async def test_a_name_with_tags_in_it_formats_nothing_in_a_formatted_text(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    crowd[0].person.account.first_name = "<i>Eve</b>"
    await crowd[0].says("/id")  # the next update tells the bot the new name
    crowd[0].skims()
    await begins(ada)
    await ada.writes("Hi <b>{first_name}</b>, hi")
    ada.skims()
    await sends(ada)
    crowd[0].sees_formatted("Hi <b>&lt;i&gt;Eve&lt;/b&gt;</b>, hi")
    for guest in crowd[1:]:
        guest.skims()
    await reads_report(house, ada)


async def test_a_text_of_4096_letters_goes_through_whatever_its_formatting(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    await begins(ada)
    link = '<a href="https://acme.example/spring">{}</a>'
    longest = "".join(f"<b>{'w' * 20}</b>{link.format('я' * 20)}" for _ in range(50)) + "z" * 2096
    await ada.writes(longest)
    ada.sees_formatted("<b>www", "3 people")
    await sends(ada)
    for guest in crowd:
        line = guest.sees_formatted(longest)
        assert len(line.text) == 4096
    await reads_report(house, ada)
    await begins(ada)
    await ada.writes(f"<b>{'w' * 4050} {{first_name}}</b>")
    ada.sees("19 characters too long")
    await ada.says("/cancel")
    ada.skims()


async def test_more_formatting_than_telegram_takes_is_not_taken(house: House, ada: Guest) -> None:
    await begins(ada)
    links = FormattedText(
        "w" * 100,
        tuple(Entity("text_link", place, 1, url=f"https://a.example/{'x' * 1000}") for place in range(100)),
    )
    await ada.does("writes a hundred long links", lambda phone: phone.says(links))
    ada.sees("There is more formatting in it, or longer links")
    await ada.says("/cancel")
    ada.sees("nothing was changed")
    assert await kept.rows(house, "SELECT id FROM broadcasts") == []


async def test_a_quote_is_shown_as_one_and_not_lost_in_another(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    await begins(ada)
    quoted = "Boris says:\n<blockquote expandable>The <b>best</b> chairs</blockquote>\nCome!"
    await ada.writes(quoted)
    ada.sees_formatted(quoted)
    await sends(ada)
    for guest in crowd:
        guest.sees_formatted(quoted)
    await reads_report(house, ada)


async def test_a_text_in_another_language_has_formatting_of_its_own(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    *others, clara = crowd
    await begins(ada)
    await ada.says("Spring is here")
    ada.skims()
    await ada.taps("🌐 Another language")
    ada.skims()
    await ada.taps("Українська")
    ada.skims()
    await ada.writes("<b>Весна</b> прийшла")
    ada.sees("Spring is here", "Українська")
    await ada.taps("👀 Send me a test")
    ada.sees_formatted("<b>Весна</b> прийшла")
    ada.sees_formatted("Spring is here")
    ada.skims()
    await sends(ada)
    clara.sees_formatted("<b>Весна</b> прийшла")
    for guest in others:
        guest.sees("Spring is here")
    await reads_report(house, ada)


async def test_entities_that_no_honest_client_sends_break_nothing(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    await begins(ada)
    odd = (
        Entity("bold", 0, 4),
        Entity("italic", 2, 4),
        Entity("underline", -7, 2),
        Entity("code", 5, 10**9),
        Entity("bold", 9**20, 1),
        Entity("text_link", 0, 1),
        *(Entity("spoiler", 1, 1 + number % 5) for number in range(2000)),
    )
    await ada.does("writes with odd formatting", lambda phone: phone.says(FormattedText("🔥abcd", odd)))
    ada.sees("🔥abcd")
    await sends(ada)
    for guest in crowd:
        guest.sees("🔥abcd")
    await reads_report(house, ada)


async def test_a_draft_from_before_formatting_was_kept_goes_out_as_it_was_written(
    house: House, crowd: list[Guest], ada: Guest
) -> None:
    old = '{"texts":{"":"Hi <{first_name}>","uk":"Вітаю"},"attachment":null,"link":null}'
    async with house.work() as work:
        number = await work.unit.broadcasts.draft(old, ada.person.id, None, "whole", work.now)
    await ada.says("/broadcasts")
    ada.sees(f"Broadcast {number} · draft", "Hi <{first_name}>")
    await ada.taps("№1 · Hi <{first_name}>")
    ada.sees("Hi <{first_name}>")
    await sends(ada)
    for guest, text in zip(crowd, ("Hi <Anna>", "Hi <Boris>", "Вітаю"), strict=True):
        guest.sees(text)
    await reads_report(house, ada)
