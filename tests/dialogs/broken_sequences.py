"""Slips in sequences: steps that do nothing, ways that lead nowhere, conditions about nothing."""

from __future__ import annotations

from tests.dialogs.slips import Slip, a_slip

TIP = (
    "{after: 1d, hours: 10-19, text: {uk: Як обрати виш?, en: How to choose?}, "
    'button: {text: {uk: Читати, en: Read}, link: "https://osvita.example/read"}}'
)
MORE = "{after: 1d, text: Ще}"
ASK = "question: {id: soon, ask: Коли?, choices: [{id: now, text: Зараз}, {id: later, text: Потім}]}"
BEGUN = "    - " + TIP
STEP = "38: error: step `warm-up/message-2`: "


def _more(step: str, *told: str) -> Slip:
    """Add a step at the end of the sequence."""
    return a_slip(BEGUN, f"{BEGUN}\n    - {step}", *told)


def _whole(words: str, *told: str) -> Slip:
    """Write the sequence as one with words of its own, and a second step."""
    return a_slip(BEGUN, f"    {words}\n    messages:\n      - {TIP}\n      - {MORE}", *told)


SEQUENCE_SLIPS = {
    "a step that sends nothing": _more(
        "{after: 1d}",
        "38: error: this step of the sequence sends nothing. Add `text`, `question` or `go`.",
    ),
    "a step that sends two things": _more(
        f"{{after: 1d, text: Ще, {ASK}}}",
        "38: error: a step of a sequence has one of `text` and `question`, not several. Make two steps.",
    ),
    "a follow-up with two files": _more(
        "{after: 1d, text: Ще, image: a.jpg, document: b.pdf}",
        "38: error: a message carries one of `image` and `document`, not several. Make two steps.",
    ),
    "a picture without words": _more(
        "{after: 1d, go: warm-up, image: a.jpg}",
        "38: error: `image` needs a `text`. Put it into a message.",
    ),
    "a button twice": _more(
        "{after: 1d, text: Ще, button: {text: А, link: 'https://a.example'}, "
        "buttons: [{text: Б, link: 'https://a.example'}]}",
        "38: error: `button` and `buttons` are one list. Write `buttons`.",
    ),
    "two buttons of one name": _more(
        "{after: 1d, text: Ще, buttons: [{id: a, text: А, link: 'https://a.example'}, "
        "{id: a, text: Б, link: 'https://b.example'}]}",
        f"{STEP}the id `a` is taken above. Give each its own id.",
    ),
    "an unsafe link below a follow-up": _more(
        "{after: 1d, text: Ще, button: {text: А, link: 'http://a.example'}}",
        "38: error: `http://a.example` is no safe address. A link starts with https:// and names a site.",
    ),
    "thanks for nothing": _more(
        "{after: 1d, text: Ще, thanks: Дякуємо}",
        "38: error: `thanks` answers a `question`. Add one, or leave it out.",
    ),
    "two steps of one name": _more(
        "{id: message-1, after: 1d, text: Ще}",
        "38: error: step `warm-up/message-1`: the id `message-1` is taken above. Give each its own id.",
    ),
    "a caption that is too long": _more(
        f"{{after: 1d, text: {'Ще ' * 400}, image: a.jpg}}",
        f"{STEP}the text has 1199 letters; Telegram takes at most 1024. Shorten it, or split it into two steps.",
    ),
    "a follow-up that is too long": _more(
        f"{{after: 1d, text: {'Ще ' * 1400}}}",
        f"{STEP}the text has 4199 letters; Telegram takes at most 4096. Shorten it, or split it into two steps.",
    ),
    "a misspelt variable in a follow-up": _more(
        "{after: 1d, text: 'Вітаємо, {firstname}!'}",
        f"{STEP}`{{firstname}}` is no variable. Did you mean `first_name`?",
    ),
    "a follow-up with a translation left out": _more(
        "{after: 1d, text: {uk: Ще}}",
        "38: warning: step `warm-up/message-2`: no text in en. People who speak it will read uk.",
    ),
    "a way to a sequence that is not there": _more(
        "{after: 1d, go: warm-upp}",
        f"{STEP}there is no sequence `warm-upp` to go on with. Did you mean `warm-up`?",
    ),
    "an answer that leads to a sequence that is not there": _more(
        f"{{after: 1d, {ASK.replace('{id: later,', '{id: later, go: warm,')}}}",
        f"{STEP}there is no sequence `warm` to go on with. Did you mean `warm-up`?",
    ),
    "a sequence that leads to itself": _more(
        "{after: 1d, go: warm-up}",
        f"{STEP}`warm-up` leads to itself. Leave it out: the next step comes anyway.",
    ),
    "a circle of sequences without a message": a_slip(
        BEGUN,
        "    - {after: 0m, go: others}\n  others:\n    - {after: 0m, go: warm-up}",
        "37: error: step `warm-up/message-1`: `warm-up` → `others` → `warm-up` is a circle without a message. "
        "Send something, or wait, in between.",
    ),
    "steps behind a way out": a_slip(
        BEGUN,
        f"    - {{after: 0m, go: others}}\n    - {MORE}\n  others:\n    - {MORE}",
        "38: warning: step `warm-up/message-2`: nothing after it is sent: `message-1` always leads to `others`. "
        "Give it a `when`, or let it be the last.",
    ),
    "a follow-up's condition about a question that is not there": _more(
        "{after: 1d, text: Ще, when: {contry: poland}}",
        f"{STEP}there is no question `contry`. Did you mean `country`?",
    ),
    "a follow-up's condition about a choice that is not there": _more(
        "{after: 1d, text: Ще, when: {country: polnd}}",
        f"{STEP}`country` has no choice `polnd`. Did you mean `poland`?",
    ),
    "a band that does not exist": _more(
        "{after: 1d, text: Ще, when: {band: [warm, hto]}}",
        f"{STEP}`band` has no choice `hto`. Did you mean `hot`?",
    ),
    "a stage that does not exist": _more(
        "{after: 1d, text: Ще, when: {not: {stage: custmer}}}",
        f"{STEP}`stage` has no choice `custmer`. Did you mean `customer`?",
    ),
    "activity that is tested with a word": _more(
        "{after: 1d, text: Ще, when: {activity: high}}",
        f"{STEP}`activity` is answered with a number. Write a range, such as {{min: 20}}.",
    ),
    "a link that was never sent": _more(
        "{after: 1d, text: Ще, when: {opened: mesage-1}}",
        f"{STEP}`opened` has no choice `mesage-1`. Did you mean `message-1`?",
    ),
    "a question that a sequence cannot ask": _more(
        "{after: 1d, question: {id: tel, ask: Телефон?, contact: phone}}",
        "38: error: a sequence cannot ask this. Write `ask` and one of `choices`, `several`, `number`, `rating`, "
        "`text`, `name`, `date`, `file`.",
    ),
    "a question of a sequence with a step's name": _more(
        f"{{after: 1d, {ASK.replace('id: soon', 'id: dream')}}}",
        f"{STEP}the id `dream` is taken by a step of the quiz. Give each question its own id.",
    ),
    "two questions of sequences with one name": _more(
        f"{{after: 1d, {ASK}}}\n    - {{after: 1d, {ASK.replace('Коли?', 'Ще ні?')}}}",
        "38: error: step `warm-up/message-2`: another question of the sequences has the id `soon`. "
        "Give each question its own id.",
    ),
    "a condition inside a question": _more(
        f"{{after: 1d, {ASK.replace('ask:', 'when: {country: poland}, ask:')}}}",
        f"{STEP}`when` has no effect inside `question`. Write it beside `after`.",
    ),
    "a picture of a choice in a sequence": _more(
        f"{{after: 1d, {ASK.replace('{id: now,', '{id: now, image: a.jpg,')}}}",
        f"{STEP}the picture `a.jpg` is not shown in a sequence. "
        "Send it in a message of its own, before the question.",
    ),
    "hours that are no hours": _more(
        "{after: 1d, text: Ще, hours: 22-6}",
        "38: error: `22-6` are no hours of a day. Write 10-19.",
    ),
    "a day of the week that does not exist": _whole(
        "weekdays: [mon, tus]",
        "37: error: `weekdays` cannot be `tus`. Did you mean `tue`?",
    ),
    "a day that does not exist": _whole(
        "holidays: [12-25, 02-30]",
        "37: error: `02-30` is no holiday. Write 12-25 for every year, or 2026-12-25 for one.",
    ),
    "something that stops nothing": _whole(
        "stop_on: [reply, taps]",
        "37: error: `stop_on` cannot be `taps`. Did you mean `tap`?",
    ),
    "a goal about nothing": _whole(
        "goals: [{id: there, when: {stag: customer}}]",
        "37: error: there is no question `stag`. Did you mean `stage`?",
    ),
    "two goals of one name": _whole(
        "goals: [{id: there, when: {stage: customer}}, {id: there, when: {band: hot}}]",
        "37: error: there are two goals `there`. Give each its own id.",
    ),
    "a silence that is never so long": _whole(
        "silence: {ask_to_stop: {after: 5}}",
        "37: warning: the sequence is over before 5 messages are without a reaction. Let `after` be smaller.",
    ),
    "a misspelt word of a sequence": _whole(
        "stop: [reply]",
        "37: error: `stop` is not a word that can stand here. Did you mean `stop_on`?",
    ),
}
