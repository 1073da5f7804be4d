"""The card of a hot lead: everything a manager needs, for each viewer, and safe from hostile names."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.emulator.html_mode import parse_html
from bot.hand_off.buttons import Menu, card_buttons
from bot.hand_off.card import (
    NAME_LENGTH,
    Dossier,
    card_text,
    isolated,
)
from bot.stages.reasons import LOST_REASONS, lost_text
from bot.telegram.callback_data import decode
from bot.telegram.requests import TapButton
from bot.telegram.taps import CardAction, CardTapped
from bot.texts import LANGUAGES
from dialogs.answers import Answer, Choice, Contact, Decision, Number, Written
from dialogs.session import Session
from qualification.handoff import HandOff, Outcome, Phase
from qualification.loading import load
from qualification.score import Band, Entry, Origin, Score
from qualification.stages import Stage
from storage.notes import Note
from storage.records import (
    Lead,
    Prospect,
    StoredContact,
    StoredHandOff,
    StoredSession,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OLENA, PETRO = 1001, 1002
QUIZ = load(
    """
quiz: sample
languages: [en, uk, ru]
title: {en: Office furniture, uk: Офісні меблі, ru: Офисная мебель}
controller: {name: Acme, contact: a@acme.example}
timezone: Europe/Kyiv
steps:
  - id: role
    ask: {en: Who is it for?, uk: Для кого?, ru: Для кого?}
    label: {en: For, uk: Для, ru: Для}
    choices: [{id: company, text: {en: A company, uk: Компанії, ru: Компании}, points: 20}]
  - {id: places, ask: Places?, number: {}, points: [{add: 10}]}
  - {id: wish, ask: What else?, text: {max: 3000}}
  - {id: agree, consent: contact, text: May we?}
  - {id: phone, contact: phone, ask: Phone?}
  - {id: bye, end: Bye}
scoring:
  bands: {hot: 20, warm: 10}
  rules: [{id: urgent, when: {role: company}, points: 15, because: {en: In a hurry, uk: Поспішає, ru: Спешит}}]
sequences:
  warm-up:
    - {after: 1d, text: Look, button: {text: Catalogue & prices, link: "https://acme.example/c"}}
""",
    "sample.yaml",
)
ANSWERS: dict[str, Answer] = {
    "role": Choice(choice="company"),
    "places": Number(number=12),
    "wish": Written(text="Soon <b>please</b>"),
    "agree": Decision(given=True),
    "phone": Contact(contact="phone", value="+380671234567", verified=True),
}
REASONS = (
    Entry(Origin.ANSWER, "role", 20, NOON, "company"),
    Entry(Origin.ANSWER, "places", 10, NOON, "12"),
    Entry(Origin.RULE, "urgent", 15, NOON),
    Entry(Origin.LINK, "other_link", 10, NOON, "warm-up/message-1"),
    Entry(Origin.SILENCE, "silence", -25, NOON, "5"),
)
OFFERED = HandOff(Phase.OFFERED, NOON, due_at=NOON + 5 * MINUTE)
TAKEN = HandOff(Phase.TAKEN, NOON, taken_by=OLENA, taken_at=NOON + 2 * MINUTE)
CONTACTED = replace(TAKEN, phase=Phase.CONTACTED, contacted_at=NOON + 7 * MINUTE)


def a_dossier(state: HandOff = OFFERED, name: str = "Anna", **changes: object) -> Dossier:
    session = Session(quiz="sample", revision=1, language="uk", started_at=NOON, answers=ANSWERS)
    whole = Dossier(
        hand_off=StoredHandOff(9, 7, "sales", state),
        lead=Lead(7, 3, "sample", 4, Stage.MQL, Band.HOT, NOON, None),
        prospect=Prospect(3, 5, name, "anna_k", "uk", None, None, None, None, NOON, None),
        session=StoredSession(4, 3, "ads_oct", None, session),
        quiz=QUIZ,
        contacts=[StoredContact("phone", "+380671234567", verified=True), StoredContact("email", "a@b.c", False)],
        score=Score(45, -15, Band.HOT, REASONS),
        names={OLENA: "Olena"},
        now=NOON + MINUTE,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # a test changes one part at a time


def test_a_card_says_who_why_how_to_reach_them_and_until_when() -> None:
    assert card_text(a_dossier(), OLENA, "en") == (
        "🔥 <b>Hot lead · 30 points</b> · #7\n"
        "<b>Anna</b> @anna_k\n"
        "📱 <code>+380671234567</code> · <i>confirmed by Telegram</i>\n"
        "✉️ <code>a@b.c</code> · <i>not confirmed</i>\n"
        "Office furniture · from ads_oct\n"
        "\n"
        "<b>Why 30</b>\n"
        "• For: A company <b>+20</b>\n"
        "• Places?: 12 <b>+10</b>\n"
        "• What else?: Soon &lt;b&gt;please&lt;/b&gt;\n"
        "• In a hurry <b>+15</b>\n"
        "• tapped “Catalogue &amp; prices” <b>+10</b>\n"
        "• 5 messages without a reaction <b>-25</b>\n"
        "\n"
        "⏱ To be taken by 14:05 (within 4 minutes)"
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["30 points", "Office furniture", "A company", "In a hurry", "4 minutes"]),
        ("uk", ["30 балів", "Офісні меблі", "Компанії", "Поспішає", "4 хвилини"]),
        ("ru", ["30 баллов", "Офисная мебель", "Компании", "Спешит", "4 минуты"]),
    ],
)
def test_a_manager_reads_the_card_in_their_own_language(language: str, words: list[str]) -> None:
    text = card_text(a_dossier(), OLENA, language)
    assert [word for word in words if word not in text] == []


def _closed(outcome: Outcome, why: str | None = None) -> HandOff:
    return replace(CONTACTED, phase=Phase.CLOSED, closed_at=NOON, outcome=outcome, lost_reason=why)


@pytest.mark.parametrize(
    ("state", "to_the_owner", "to_another"),
    [
        (replace(OFFERED, round=1), "⏰ <b>Nobody has taken it yet.</b> Waiting for 1 minute", None),
        (TAKEN, "✅ <b>Yours.</b> Taken after 2 minutes", "✅ Taken by <b>Olena</b> after 2 minutes"),
        (CONTACTED, "📞 Contacted after 7 minutes", None),
        (_closed(Outcome.WON), "🏆 <b>Won</b>", None),
        (_closed(Outcome.LOST, "price"), "✖️ <b>Lost:</b> Too expensive", None),
        (_closed(Outcome.LOST, "their own words"), "✖️ <b>Lost:</b> their own words", None),
        (_closed(Outcome.LOST), "✖️ <b>Lost:</b> —", None),
        (_closed(Outcome.NOT_NOW), "⏳ <b>Not now.</b> There is no consent for follow-ups", None),
    ],
)
def test_a_card_says_how_things_stand(state: HandOff, to_the_owner: str, to_another: str | None) -> None:
    dossier = a_dossier(state)
    last = card_text(dossier, OLENA, "en").rpartition("\n\n")[2]
    others = card_text(dossier, PETRO, "en").rpartition("\n\n")[2]
    assert to_the_owner in last
    assert (to_another or to_the_owner) in others


def test_not_now_with_follow_ups_says_so() -> None:
    text = card_text(a_dossier(_closed(Outcome.NOT_NOW), followed_up=True), OLENA, "en")
    assert text.endswith("⏳ <b>Not now:</b> back to follow-ups")


def test_a_manager_who_never_wrote_is_called_by_number() -> None:
    assert "Taken by <b>1001</b>" in card_text(a_dossier(TAKEN, names={}), PETRO, "en")


# Buttons -------------------------------------------------------------------------------------------------


def _actions(dossier: Dossier, viewer: int, menu: Menu = Menu.MAIN) -> list[list[tuple[CardAction, str]]]:
    rows = []
    for row in card_buttons(dossier, viewer, "en", menu):
        taps = [decode(button.data) for button in row if isinstance(button, TapButton)]
        assert all(isinstance(tap, CardTapped) and tap.hand_off == 9 for tap in taps)
        rows.append([(tap.action, tap.choice) for tap in taps if isinstance(tap, CardTapped)])
    return rows


TAKE, CONTACT, ENDS, MORE = (
    [(CardAction.TAKE, "")],
    [(CardAction.CONTACTED, "")],
    [(CardAction.WON, ""), (CardAction.NOT_NOW, ""), (CardAction.LOST, "")],
    [(CardAction.MORE, "")],
)


@pytest.mark.parametrize(
    ("state", "owner", "other"),
    [
        (OFFERED, [TAKE], [TAKE]),
        (TAKEN, [CONTACT, ENDS, MORE], []),
        (CONTACTED, [ENDS, MORE], []),
        (_closed(Outcome.WON), [], []),
    ],
    ids=["offered", "taken", "contacted", "closed"],
)
def test_each_viewer_has_the_buttons_that_work_for_them(
    state: HandOff, owner: list[list[tuple[CardAction, str]]], other: list[list[tuple[CardAction, str]]]
) -> None:
    dossier = a_dossier(state)
    assert (_actions(dossier, OLENA), _actions(dossier, PETRO)) == (owner, other)


def test_a_lost_lead_has_a_reason_from_a_list_or_a_way_back() -> None:
    rows = _actions(a_dossier(TAKEN), OLENA, Menu.LOST)
    assert rows == [*([(CardAction.LOST, reason)] for reason in LOST_REASONS), [(CardAction.BACK, "")]]
    assert _actions(a_dossier(TAKEN), PETRO, Menu.LOST) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", LOST_REASONS)
def test_every_reason_has_its_words(reason: str, language: str) -> None:
    assert lost_text(QUIZ, reason, language) not in {reason, "—"}


# Hostile names, long answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<b>Anna", "&lt;b&gt;Anna"),
        ("</b></code><a href='tg://user?id=1'>", "&lt;/b&gt;&lt;/code&gt;&lt;a href='tg://user?id=1'&gt;"),
        ("Anna\n\n✅ <b>Yours.</b>", "Anna ✅ &lt;b&gt;Yours.&lt;/b&gt;"),
        ("Anna\u202e\u2066gnp.exe", "Annagnp.exe"),
        ("a" * 500, "a" * (NAME_LENGTH - 1) + "…"),
        ("{points} %s \\1", "{points} %s \\1"),
        ("  Anna   Maria ", "Anna Maria"),
    ],
)
def test_a_hostile_name_stays_within_its_place(name: str, shown: str) -> None:
    lines = card_text(a_dossier(name=name), OLENA, "en").split("\n")
    assert lines[1] == f"<b>{shown}</b> @anna_k"


def _with_wishes(texts: int, length: int) -> Dossier:
    steps = "".join(f"  - {{id: w{number}, ask: '{'Q' * 200}', text: {{}}}}\n" for number in range(texts))
    quiz = QUIZ.model_copy(
        update={"steps": (*QUIZ.steps[:-1], *load_steps(steps), QUIZ.steps[-1])},
    )
    quiz.__dict__.pop("by_id", None)
    answers = {**ANSWERS, **{f"w{number}": Written(text="й" * length) for number in range(texts)}}
    whole = a_dossier()
    session = whole.session.session.model_copy(update={"answers": answers})
    return replace(whole, quiz=quiz, session=replace(whole.session, session=session))


def load_steps(steps: str) -> tuple[object, ...]:
    head = "quiz: x\nlanguages: [en]\ntitle: X\ncontroller: {name: A, contact: a}\nsteps:\n"
    rest = (
        "  - {id: agree, consent: contact, text: May we?}\n  - {id: phone, contact: phone, ask: P?}\n"
        "  - {id: bye, end: B}\nscoring: {bands: {hot: 0, warm: -1}}\n"
    )
    return load(f"{head}{steps}{rest}", "x.yaml").steps[:-3]


def test_a_long_answer_is_cut_and_the_card_fits() -> None:
    text = card_text(_with_wishes(1, 3000), OLENA, "en")
    assert f"{'й' * 299}…" in text
    assert len(parse_html(text)[0]) <= 4096


def test_too_many_long_answers_leave_the_contact_and_the_state_on_the_card() -> None:
    text = card_text(_with_wishes(12, 3000), OLENA, "en")
    assert len(parse_html(text)[0].encode("utf-16-le")) // 2 <= 4096
    assert "+380671234567" in text
    assert "To be taken by 14:05" in text


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_whatever_a_name_is_telegram_takes_the_card(name: str, language: str) -> None:
    text = card_text(a_dossier(name=name), OLENA, language)
    parse_html(text)
    assert len(re.findall(r"\n", text)) == len(re.findall(r"\n", card_text(a_dossier(), OLENA, language)))


@given(st.text())
def test_somebodys_own_words_become_one_short_line(text: str) -> None:
    flat = isolated(text)
    assert len(flat) <= NAME_LENGTH
    assert not set(flat) & set("\n\r\t\u202e\u2066\u200f")


# Where they come from ------------------------------------------------------------------------------------


def the_origin(source: str | None, referrer: str | None = None) -> str:
    dossier = a_dossier()
    text = card_text(
        replace(dossier, session=replace(dossier.session, source=source), referrer=referrer), OLENA, "en"
    )
    return next(line for line in text.splitlines() if line.startswith("Office furniture"))


@pytest.mark.parametrize(
    ("source", "referrer", "shown"),
    [
        (None, None, "Office furniture"),
        ("Autumn fair", None, "Office furniture · from Autumn fair"),
        ("Autumn <fair>", None, "Office furniture · from Autumn &lt;fair&gt;"),
        ("unknown", None, "Office furniture · from an unknown link"),
        ("referral", "Boris", "Office furniture · recommended by Boris"),
        ("referral", None, "Office furniture · from a recommendation"),
        ("ads_oct", "B\u202eoris", "Office furniture · from ads_oct · recommended by Boris"),
    ],
)
def test_a_card_names_the_campaign_and_who_recommended_us(
    source: str | None, referrer: str | None, shown: str
) -> None:
    assert the_origin(source, referrer) == shown


# Everything that a card can say, for names that nobody expects ---------------------------------------------------

HOSTILE = {
    "markup": "<3</a>",
    "direction": "\u202eanna\u2066\u200f",
    "long": "Nabuchodonosor " * 14,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 20,
    "one word": "x" * 200,
    "braces": "{name} {0} %s",
    "nothing": " ",
}
FULL = replace(
    CONTACTED,
    talking_since=NOON + 7 * MINUTE,
    call_at=NOON + 600 * MINUTE,
    offered_to=None,
    amount="1",
    currency="EUR",
)
NOTES = (Note(OLENA, "Call <b>after</b> lunch\n\n✅ Yours", NOON), Note(PETRO, "\u202e{name}" + "z" * 500, NOON))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "state",
    [
        OFFERED,
        replace(OFFERED, offered_to=OLENA),
        replace(OFFERED, offered_to=PETRO, round=3),
        FULL,
        _closed(Outcome.UNFIT),
        _closed(Outcome.FROZEN),
        replace(_closed(Outcome.WON), amount="1200.5", currency="UAH"),
    ],
    ids=["offered", "passed to me", "passed on", "busy", "unfit", "frozen", "won"],
)
def test_a_card_reads_well_on_a_phone_whatever_people_are_called(state: HandOff, name: str, language: str) -> None:
    dossier = a_dossier(state, name, names={OLENA: name, PETRO: name}, notes=NOTES, referrer=name)
    for viewer in (OLENA, PETRO):
        text, entities = parse_html(card_text(dossier, viewer, language))
        assert len(text.encode("utf-16-le")) // 2 <= 4096
        assert max(map(len, text.splitlines())) <= 340  # no line is a wall of text
        assert not set(text) & set("\u202e\u2066\u200f")
        assert {entity.type for entity in entities} <= {"bold", "italic", "code"}  # no link slipped in
        assert text.count("\n\n\n") == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("menu", Menu)
def test_every_button_fits_on_a_phone_and_comes_back_as_it_went(menu: Menu, language: str) -> None:
    dossier = a_dossier(FULL, walking=True)
    people = [(str(2**52), isolated(name)) for name in HOSTILE.values()]
    rows = card_buttons(dossier, OLENA, language, menu, people)
    assert rows
    for row in rows:
        assert len(row) <= 3
        for button in row:
            assert isinstance(button, TapButton)
            assert len(button.text) <= (NAME_LENGTH if len(row) == 1 else 18)
            assert len(button.data.encode()) <= 64
            assert isinstance(decode(button.data), CardTapped)


def test_notes_stand_on_the_card_as_short_lines() -> None:
    blocks = card_text(a_dossier(TAKEN, notes=NOTES), OLENA, "en").split("\n\n")
    first, second = blocks[2].splitlines()
    assert first == "📝 <b>Olena:</b> Call &lt;b&gt;after&lt;/b&gt; lunch ✅ Yours"
    assert second.startswith("📝 <b>1002:</b> {name}zzz")
    assert second.endswith("…")


def test_a_lead_can_be_lost_for_the_admins_own_reasons() -> None:
    reasons = [{"id": "season", "text": {"en": "Wrong <season>", "uk": "Не сезон", "ru": "Не сезон"}}]
    routing = QUIZ.routing.model_validate({"lost_reasons": reasons})
    dossier = a_dossier(TAKEN, quiz=QUIZ.model_copy(update={"routing": routing}))
    assert _actions(dossier, OLENA, Menu.LOST) == [[(CardAction.LOST, "season")], [(CardAction.BACK, "")]]
    lost = replace(dossier, hand_off=replace(dossier.hand_off, state=_closed(Outcome.LOST, "season")))
    assert card_text(lost, OLENA, "en").endswith("✖️ <b>Lost:</b> Wrong &lt;season&gt;")
    before = replace(lost, hand_off=replace(lost.hand_off, state=_closed(Outcome.LOST, "price")))
    assert card_text(before, OLENA, "en").endswith("✖️ <b>Lost:</b> Too expensive")


def test_the_head_can_pass_on_what_another_manager_has() -> None:
    dossier = a_dossier(TAKEN, heads=frozenset({PETRO}))
    assert _actions(dossier, PETRO) == [[(CardAction.REASSIGN, "")]]
    assert _actions(dossier, PETRO, Menu.MORE) == []
