"""Slips in the YAML, the words, the ids, the values, the way and the texts of a quiz file."""

from __future__ import annotations

from tests.dialogs.broken_scoring import SCORING_SLIPS
from tests.dialogs.broken_sequences import SEQUENCE_SLIPS
from tests.dialogs.broken_steps import STEP_SLIPS
from tests.dialogs.slips import AGREE, GOOD, LETTERS, NUMBER, Slip, a_slip

__all__ = ["GOOD", "SLIPS", "Slip"]

LATIN = "An id has small Latin letters, digits, `-` and `_`: texts for people go into `text`."
BREAKS = "error: the YAML breaks off here:"

SLIPS = {
    # The YAML itself
    "a tab": a_slip(
        "    ask: {uk: Куди",
        "\task: {uk: Куди",
        f"10: {BREAKS} found a tab character that violates indentation. Indent with spaces, not with tabs.",
    ),
    "a colon in a text": a_slip(
        "title: {uk: Навчання за кордоном, en: Study abroad}",
        "title: Навчання: за кордоном",
        f"3: {BREAKS} mapping values are not allowed in this context. "
        "A text with a colon in it needs quotes around it.",
    ),
    "a bracket left open": a_slip(
        "en: Study abroad}",
        "en: Study abroad",
        f"3: {BREAKS} did not find expected ',' or '}}'. "
        "A bracket or a quote is not closed, a comma is missing, or a text with a colon needs quotes.",
    ),
    "curly quotes, as a word processor writes them": a_slip(
        "title: {uk: Навчання за кордоном, en: Study abroad}",
        "title: {uk: “{first_name}, навчання за кордоном”, en: Study abroad}",
        f"3: {BREAKS} did not find expected ',' or '}}'. "
        'A curly quote is a letter like any other: put the text in straight ones, as "this".',
    ),
    "a step one space too far": a_slip(
        "  - {id: phone",
        "   - {id: phone",
        f"24: {BREAKS} did not find expected '-' indicator. "
        "Look at the quotes and the indentation of this line and the one above.",
    ),
    "a name twice": a_slip(
        "region: UA\n",
        "region: UA\nregion: PL\n",
        "7: error: `region` stands here twice (first in line 6). Keep one of the two.",
    ),
    "steps that are no list": a_slip(
        "steps:\n",
        "steps: потім\nstps:\n",
        "7: error: `steps` must be a list. Start each step with `- id: …`.",
        "8: error: `stps` is not a word that can stand here. Did you mean `steps`?",
    ),
    # Words of the format
    "a misspelt word": a_slip(
        "timezone:", "timezon:", "5: error: `timezon` is not a word that can stand here. Did you mean `timezone`?"
    ),
    "a misspelt word in a step": a_slip(
        "    text: {max: 200}\n",
        "    text: {max: 200}\n    lable: Мрія\n",
        "22: error: step `dream`: `lable` is not a word that can stand here. Did you mean `label`?",
    ),
    "a misspelt step": a_slip(
        "hello, say:", "hello, sya:", "8: error: step `hello`: this step does nothing. Did you mean `say`?"
    ),
    "a question without a way to answer": a_slip(
        NUMBER,
        "",
        "15: error: step `age`: `ask` needs to know what is answered. "
        "Add `choices:`, `number: {}`, `rating: {}`, `text: {}`, `name: full`, `date: {}`, `city: true`, "
        "`file: {}` or `contact: phone`.",
    ),
    "a text where a step should be": a_slip(
        "  - {id: hello",
        "  - Привіт\n  - {id: hello",
        "8: error: step `number 1`: this is no step. "
        "A step has an `id` and one of `say`, `ask`, `contact`, `consent`, `end`.",
    ),
    "a step without an id": a_slip(
        "{id: hello, say", "{say", "8: error: step `number 1`: `id` is missing. Add `id:` here."
    ),
    "a part left out": a_slip(
        "controller: {name: Освіта Плюс, contact: privacy@osvita.example}\n",
        "",
        "1: error: `controller` is missing. Add `controller:` here.",
    ),
    "a word instead of parts": a_slip(
        "when: {age: {max: 30}}",
        "when: age < 30",
        "22: error: step `dream`: `when` must have named parts, not `age < 30`. "
        "Write `name: value` lines below it.",
    ),
    "choices that are only words": a_slip(
        "{id: germany, points: 20, go: agree, text: {uk: До Німеччини, en: To Germany}}",
        "Germany",
        "13: error: step `country`: a choice has an id and a text, and `Germany` is only one of them. "
        "Write each as `{id: yes, text: Of course}`.",
    ),
    # Ids
    "an id in Cyrillic": a_slip(
        "{id: germany", "{id: німеччина", f"13: error: step `country`: `німеччина` cannot be an id. {LATIN}"
    ),
    "an id with a capital letter": a_slip(
        "{id: germany", "{id: Germany", f"13: error: step `country`: `Germany` cannot be an id. {LATIN}"
    ),
    "an id that is too long": a_slip(
        "{id: germany",
        "{id: the-federal-republic-of-germany",
        "13: error: step `country`: `the-federal-republic-of-germany` is too long. Use at most 24 letters.",
    ),
    "one id for two steps": a_slip(
        "{id: letters,",
        "{id: phone,",
        "25: error: step `phone`: the id `phone` is taken by a step above. Give each step its own id.",
    ),
    "one id for two choices": a_slip(
        "{id: germany",
        "{id: poland",
        "11: error: step `country`: 2 choices have the id `poland`. Give each choice its own id.",
    ),
    # Values
    "points in words": a_slip(
        "points: 30",
        "points: тридцять",
        "12: error: step `country`: `points` must be a number, not `тридцять`. Write digits without quotes.",
    ),
    "an unknown purpose": a_slip(
        "consent: contact",
        "consent: contacts",
        "23: error: step `agree`: `consent` cannot be `contacts`. Did you mean `contact`?",
    ),
    "a length of time in words": a_slip(
        "take_within: 5m",
        "take_within: 5 хвилин",
        "33: error: `5 хвилин` is no length of time. Write 30s, 5m, 2h, 3d or 1w.",
    ),
    "an unknown time zone": a_slip(
        "Europe/Kyiv", "Київ", "5: error: `Київ` is no time zone. Write one like Europe/Kyiv."
    ),
    "a country in words": a_slip(
        "region: UA",
        "region: Україна",
        "6: error: `Україна` is no country code. Write two capital letters, such as UA.",
    ),
    "an empty text": a_slip(
        "uk: Дякуємо!",
        "uk: ''",
        "26: error: step `bye`: `uk` is empty. Write the text, or leave the line out.",
    ),
    "no text at all": a_slip(
        "  - {id: bye, end: {uk: Дякуємо!, en: Thank you!}}",
        "  - {id: bye, end: }",
        "26: error: step `bye`: this is no text: write one, or one per language.",
    ),
    "silence after nothing": a_slip("after: 5,", "after: 0,", "31: error: `after` is `0`. It must be at least 1."),
    "bounds the wrong way round": a_slip(
        "min: 14, max: 60",
        "min: 60, max: 14",
        "17: error: step `age`: no number is from 60 to 14. Swap `min` and `max`.",
    ),
    "ranges in the wrong order": a_slip(
        "{to: 17, add: 20}, {to: 25",
        "{to: 25, add: 20}, {to: 17",
        "18: error: step `age`: no number is left up to 17. Sort the ranges by `to`, the smallest first.",
    ),
    "an open range before others": a_slip(
        "{to: 17, add: 20}",
        "{add: 20}",
        "18: error: step `age`: no number is left for this range. The range without `to` comes last.",
    ),
    "two questions that ask where people heard of us": a_slip(
        LETTERS,
        "".join(
            f"  - {{id: {name}, ask: Звідки?, choices: [{{id: ads, text: Реклама}}], heard_from: true}}\n"
            for name in ("heard", "again")
        )
        + LETTERS,
        "26: error: step `again`: `heard` asks that already. One question in a quiz can have `heard_from`.",
    ),
    "a number that asks where people heard of us": a_slip(
        "    number: {min: 14",
        "    heard_from: true\n    number: {min: 14",
        "17: error: step `age`: `heard_from` cannot stand beside `number`. It belongs to another part.",
    ),
    # The way through
    "a target that is misspelt": a_slip(
        "go: agree",
        "go: agre",
        "13: error: step `country`: there is no step `agre` to go to. Did you mean `agree`?",
    ),
    "a step that nobody reaches": a_slip(
        LETTERS,
        f"  - {{id: early, end: Кінець}}\n{LETTERS}",
        "26: error: step `letters`: no path leads to this step. Let a `go` lead here, or remove the step.",
    ),
    "no last message": a_slip(
        "  - {id: bye, end:",
        "  - {id: bye, say:",
        "26: error: step `bye`: the chat would stop here without a last message. "
        "Add an `end` step after it, or a `go`.",
    ),
    "messages that go round": a_slip(
        "  - {id: bye, end: {uk: Дякуємо!, en: Thank you!}}\n",
        "  - {id: bye, say: Дякуємо, when: {country: poland}}\n  - {id: more, say: Ще, go: bye}\n",
        "26: error: step `bye`: the messages from here lead back to here. "
        "Let the `go` lead to a question or an end.",
        "27: error: step `more`: the messages from here lead back to here. "
        "Let the `go` lead to a question or an end.",
    ),
    "a contact before any consent": a_slip(
        AGREE,
        "  - {id: agree, say: Гаразд}\n",
        "24: error: step `phone`: asks for a contact, but nothing before it asks for consent. "
        "Add a step with `consent: contact` before it.",
    ),
    "nothing asks for a contact": a_slip(
        "  - {id: phone, contact: phone, ask: {uk: Ваш телефон?, en: Your phone?}}\n",
        "",
        "7: error: nothing asks for a contact, so nobody becomes a lead. Add a step with `contact: phone`.",
    ),
    # Texts
    "a variable that is misspelt": a_slip(
        "Hi {first_name}!",
        "Hi {firstname}!",
        "8: error: step `hello`: `{firstname}` is no variable. Did you mean `first_name`?",
    ),
    "a text that is too long": a_slip(
        "Ким хочете стати?",
        "Ким " * 1100,
        "20: error: step `dream`: the text has 4399 letters; Telegram takes at most 3936. "
        "Shorten it, or split it into two steps.",
    ),
    "a language that the quiz does not speak": a_slip(
        "en: Your phone?",
        "pl: Telefon?",
        "24: error: step `phone`: `pl` is not among the quiz's languages. "
        "Add it to `languages`, or see: There is: `en`, `uk`.",
        "24: warning: step `phone`: no text in en. People who speak it will read uk.",
    ),
    **STEP_SLIPS,
    **SCORING_SLIPS,
    **SEQUENCE_SLIPS,
}
