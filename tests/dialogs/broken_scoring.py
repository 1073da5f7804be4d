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
    "a head who is asked before the first manager's time is over": a_slip(
        "escalate_after: 15m",
        "escalate_after: 15m, head_after: 1m",
        "33: error: the head is asked after 1m, before the first manager's 5m are over. "
        "Let `head_after` be longer than `next_after`.",
    ),
    "skills that nobody looks at": a_slip(
        "escalate_after: 15m",
        "escalate_after: 15m, skills: [kitchens]",
        "33: error: `skills` are named, and nobody is chosen by them. Add `match: [skills]`.",
    ),
    "managers chosen by skills that are not named": a_slip(
        "escalate_after: 15m",
        "escalate_after: 15m, match: [skills]",
        "33: error: managers are chosen by skills, and none is named. Name them: `skills: [kitchens]`.",
    ),
    "an assignment that there is not": a_slip(
        "escalate_after: 15m",
        "escalate_after: 15m, assign: round-robin",
        "33: error: `assign` cannot be `round-robin`. Did you mean `round_robin`?",
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
        "36: warning: nothing leads to the sequence `warm-up`. "
        "Name it in `routing`, or in a `go` of another sequence.",
    ),
    "nobody can become hot": a_slip(
        "bands: {hot: 50, warm: 30}\n",
        "bands: {hot: 90, warm: 30}\n",
        "28: warning: nobody can become hot by answers: best score 55, hot from 90. "
        "Lower `hot` to 55, or give more points.",
    ),
    "a group with a question that is not there": a_slip(
        "  rules:\n",
        "  groups: [{id: both, questions: [country, agee], points_up_to: 40}]\n  rules:\n",
        "29: error: there is no question `agee`. Did you mean `age`?",
    ),
    "a day's cap for a kind that is not there": a_slip(
        "{other_link: 10,",
        "{other_link: 10, points_a_day: {other_lnk: 10},",
        "31: error: there is no kind of activity `other_lnk`. Did you mean `other_link`?",
    ),
    "a product that is not there": a_slip(
        "{id: poland, points: 30,",
        "{id: poland, points: 30, products: {visas: 5},",
        "12: error: step `country`: there is no product `visas`.",
    ),
    "no bands and no grid": a_slip(
        "  bands: {hot: 50, warm: 30}\n",
        "",
        "27: error: nothing says who is hot. Add `bands: {hot: …, warm: …}`, or a `grid`.",
    ),
    "coming back before the day is over": a_slip(
        "{other_link: 10,",
        "{other_link: 10, comeback: {after: 2h, points: 5},",
        "31: error: after 2h nobody was gone. A silence that counts lasts a day or longer: write 1d or more.",
    ),
    "a grid without a line": a_slip(
        "  bands: {hot: 50, warm: 30}\n",
        "  grid:\n    fit: {low: 0, high: 20}\n    activity: {idle: 0, busy: 9}\n    cells: {low: [cold, warm]}\n",
        "31: error: no bands for `high`. Give each level of fit a line in `cells`.",
    ),
    "levels out of order": a_slip(
        "  bands: {hot: 50, warm: 30}\n",
        "  grid:\n    fit: {low: 30, high: 20}\n"
        "    cells: {low: [cold, warm, hot, hot], high: [hot, hot, hot, hot]}\n",
        "29: error: `high` begins at 20, and `low` before it at 30. "
        "Sort the levels from the lowest to the highest.",
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
        "35: warning: nothing leads to the sequence `warm-up`. "
        "Name it in `routing`, or in a `go` of another sequence.",
    ),
    "a link that gives no points": a_slip(
        'read"}',
        'read", kind: catalog}',
        "37: warning: step `warm-up/message-1`: a tap on a `catalog` gives no points. There is: `other_link`.",
    ),
}
