"""Slips in the scoring, the routing and the follow-ups; and those that are warnings only."""

from __future__ import annotations

from tests.dialogs.slips import LETTERS, a_slip

SCORING_SLIPS = {
    # Scoring, routing, follow-ups
    "hot below warm": a_slip(
        "{hot: 50, warm: 30}",
        "{hot: 30, warm: 50}",
        "28: error: hot begins at 30 and warm at 50. Hot must begin above warm.",
    ),
    "a rule about a question that is not there": a_slip(
        "{country: poland, age",
        "{contry: poland, age",
        "30: error: there is no question `contry`. Did you mean `country`?",
    ),
    "a rule about a choice that is not there": a_slip(
        "{country: poland, age",
        "{country: польща, age",
        "30: error: `country` has no choice `польща`. There is: `germany`, `nowhere`, `poland`.",
    ),
    "a rule that tests a number with a word": a_slip(
        "age: {max: 17}}",
        "age: молодий}",
        "30: error: `age` is answered with a number. Write a range, such as {min: 20}.",
    ),
    "a rule about free words": a_slip(
        "{country: poland, age: {max: 17}}",
        "{dream: лікар}",
        "30: error: `dream` is answered in free words, which cannot be tested. "
        "Test a question with choices or a number.",
    ),
    "a rule about a message": a_slip(
        "{country: poland, age: {max: 17}}",
        "{hello: yes}",
        "30: error: `hello` asks nothing, so it has no answer. "
        "There is: `age`, `agree`, `country`, `dream`, `letters`, `phone`.",
    ),
    "a rule that tests a consent with another word": a_slip(
        "country: poland,", "agree: так,", "30: error: a consent is `yes` or `no`, not `так`."
    ),
    "escalation before the team's time is over": a_slip(
        "escalate_after: 15m",
        "escalate_after: 1m",
        "33: error: escalation after 1m comes before the team's 5m are over. "
        "Let `escalate_after` be longer than `take_within`.",
    ),
    "follow-ups without their consent": a_slip(
        LETTERS,
        "",
        "35: error: follow-ups need their own consent, and no step asks for it. "
        "Add a step with `consent: follow_ups`.",
    ),
    "a sequence that is not there": a_slip(
        "sequence: warm-up",
        "sequence: warmup",
        "34: error: there is no sequence `warmup`. Did you mean `warm-up`?",
        "36: warning: nothing leads to the sequence `warm-up`. Name it in `routing`.",
    ),
    "two reasons of one id": a_slip(
        "  warm: {sequence: warm-up}\n",
        "  warm: {sequence: warm-up}\n  lost_reasons:\n    - {id: price, text: {uk: Дорого, en: Price}}\n"
        "    - {id: price, text: {uk: Ціна, en: Money}}\n",
        "37: error: the reason `price` stands there twice. Give each its own id.",
    ),
    "a reason that the system has itself": a_slip(
        "  warm: {sequence: warm-up}\n",
        "  warm: {sequence: warm-up}\n  lost_reasons:\n    - {id: withdrawn, text: {uk: Ні, en: No}}\n",
        "36: error: the reason `withdrawn` is the system's own. Give each its own id.",
    ),
    "nobody can become hot": a_slip(
        "bands: {hot: 50, warm: 30}\n",
        "bands: {hot: 90, warm: 30}\n",
        "28: warning: nobody can become hot by answers: best score 55, hot from 90. "
        "Lower `hot` to 55, or give more points.",
    ),
    # Warnings
    "a button that phones cut off": a_slip(
        "До Польщі",
        "До Польщі — там навчаються мої друзі дитинства",
        "12: warning: step `country`: the button has 46 letters; a phone shows about 40. Shorten it.",
    ),
    "a translation left out": a_slip(
        ", en: Your phone?}",
        "}",
        "24: warning: step `phone`: no text in en. People who speak it will read uk.",
    ),
    "a sequence that nobody enters": a_slip(
        "  warm: {sequence: warm-up}\n",
        "",
        "35: warning: nothing leads to the sequence `warm-up`. Name it in `routing`.",
    ),
    "a link that gives no points": a_slip(
        'read"}',
        'read", kind: catalog}',
        "37: warning: a tap on a `catalog` gives no points. There is: `other_link`.",
    ),
}
