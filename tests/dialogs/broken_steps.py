"""Slips in the steps themselves: bounds that nobody meets, days that are not there, parts that have no effect."""

from __future__ import annotations

from tests.dialogs.slips import Slip, a_slip

DREAM = "    text: {max: 200}\n"
HELLO = "{id: hello, say:"
REGION = "region: UA\n"
TWO = "choices: [{id: a, text: А}, {id: b, text: Б}]"


def _asked(instead: str, *told: str) -> Slip:
    """The question of step `dream`, in line 21, is of another kind."""
    return a_slip(DREAM, f"    {instead}\n", *(f"{line}: {rest}" for line, rest in (_placed(one) for one in told)))


def _placed(told: str) -> tuple[str, str]:
    line, severity, rest = told.split(" ", 2)
    return line, f"{severity}: step `dream`: {rest}"


STEP_SLIPS = {
    # Several choices
    "a jump from one of several choices": _asked(
        "several: {}\n    choices: [{id: a, text: А, go: bye}, {id: b, text: Б}]",
        "22 error `go` cannot stand at a choice where several are ticked. Write `go` at the question itself.",
    ),
    "more ticks than choices": _asked(
        f"several: {{min: 3}}\n    {TWO}",
        "19 error of 2 choices nobody can tick at least 3 and at most 2. Mend `min` and `max`.",
    ),
    "at least more than at most": _asked(
        f"several: {{min: 2, max: 1}}\n    {TWO}",
        "19 error of 2 choices nobody can tick at least 2 and at most 1. Mend `min` and `max`.",
    ),
    "several of one": _asked(
        "several: {}\n    choices: [{id: a, text: А}]", "22 error `choices` has only 1. It takes at least 2."
    ),
    "one picture": a_slip(
        "{id: poland, points: 30,",
        "{id: poland, image: a.jpg, points: 30,",
        "11: error: step `country`: only one choice has a picture; an album takes two to ten. "
        "Give pictures to the others too, or to none.",
    ),
    # Days and times
    "times without a distance": _asked(
        "date: {times: 10-18, every: 0m}", "21 error the times are only 0m apart. Write at least 5m."
    ),
    "more times than buttons": _asked(
        "date: {times: 0-24, every: 5m}",
        "21 error a day has 288 times; a message takes 90 buttons. Let them be further apart.",
    ),
    "one time a day": _asked(
        "date: {times: 10-12, every: 3h}",
        "21 warning from 10 to 12 there is only one time. Write a shorter `every`, or more hours.",
    ),
    "a distance without times": _asked(
        "date: {every: 30m}", "21 warning `every` does nothing without `times`. Add `times: 10-18`."
    ),
    "times the wrong way round": _asked(
        "date: {times: 18-10}", "21 error `18-10` are no hours of a day. Write 10-19."
    ),
    "distances the wrong way round": _asked(
        "date: {from: 30d, to: 7d}", "21 error no day is from 30d to 7d. Swap `from` and `to`."
    ),
    "dates the wrong way round": _asked(
        "date: {from: 2026-12-31, to: 2026-12-01}",
        "21 error no day is from 2026-12-31 to 2026-12-01. Swap `from` and `to`.",
    ),
    "dates without the weekday": _asked(
        "date: {from: 2026-12-01, to: 2026-12-03, weekdays: [sat, sun]}",
        "21 error no day is from 2026-12-01 to 2026-12-03 that is sat or sun. Widen the range, or add weekdays.",
    ),
    "a short range without the weekday": _asked(
        "date: {to: 3d, weekdays: [mon]}",
        "21 error on some days there is none from today to 3d that is mon. "
        "Let `to` be a week or more after `from`.",
    ),
    "times of today only": _asked(
        "date: {to: today, times: 10-18}",
        "21 error in the evening no time of the last day is left. Let `to` be a later day.",
    ),
    "a weekday misspelt": _asked(
        "date: {weekdays: [mon, fry]}", "21 error `weekdays` cannot be `fry`. Did you mean `fri`?"
    ),
    "no weekday": _asked("date: {weekdays: []}", "21 error `weekdays` is empty. Add at least one."),
    "a day in words": _asked(
        "date: {from: завтра}",
        "21 error `завтра` is no day. Write `today`, a distance such as 30d, or a date such as 2026-12-31.",
    ),
    "a day too far": _asked(
        "date: {to: 9999-12-31}", "21 error `9999-12-31` is too far away. Write a year from 1900 to 2199."
    ),
    # Texts, ratings, files
    "a pattern that cannot be read": _asked(
        "text: {pattern: '[0-9'}",
        "21 error `[0-9` is no pattern: unclosed character class. Write a regular expression such as [0-9]{6}.",
    ),
    "a pattern without a hint": _asked(
        "text: {pattern: '[0-9]+'}",
        "21 warning the pattern has no hint. Add `hint:` with an example, so that people know what is expected.",
    ),
    "lengths the wrong way round": _asked(
        "text: {min: 20, max: 10}", "21 error no text has from 20 to 10 letters. Swap `min` and `max`."
    ),
    "eleven stars": _asked("rating: {max: 11}", "21 error `max` is `11`. It must be at most 10."),
    "a file type misspelt": _asked(
        "file: {types: [phto]}", "21 error `types` cannot be `phto`. Did you mean `photo`?"
    ),
    "a file larger than a bot can fetch": _asked(
        "file: {max_mb: 50}", "21 error `max_mb` is `50`. It must be at most 20."
    ),
    "a name of another kind": _asked(
        "name: last", "21 error `name` cannot be `last`. It is one of `first` or `full`."
    ),
    "a kind of question misspelt": _asked(
        "raiting: {}", "19 error `ask` needs to know what is answered. Did you mean `rating`?"
    ),
    "a question called back to mind at once": _asked(
        "text: {}\n    nudge_after: 10s", "22 error the question is asked again after 10s. Wait at least 5m."
    ),
    # Messages, contacts, consents
    "two files in one message": a_slip(
        HELLO,
        "{id: hello, image: a.jpg, video: b.mp4, say:",
        "8: error: step `hello`: a message carries one of `image` and `video`, not several. Make two steps.",
    ),
    "an album of one": a_slip(
        HELLO,
        "{id: hello, album: [a.jpg], say:",
        "8: error: step `hello`: `album` has only 1. It takes at least 2.",
    ),
    "an album of eleven": a_slip(
        HELLO,
        "{id: hello, album: [a, b, c, d, e, f, g, h, i, j, k], say:",
        "8: error: step `hello`: `album` has 11. It takes at most 10.",
    ),
    "a code to a phone": a_slip(
        "{id: phone, contact: phone,",
        "{id: phone, contact: phone, confirm: true,",
        "24: error: step `phone`: a phone needs no `confirm`. "
        "Leave it out: Telegram tells whether it is the sender's own.",
    ),
    "a consent that may be skipped": a_slip(
        "consent: contact,",
        "consent: contact, optional: true,",
        "23: error: step `agree`: `optional` cannot stand beside `consent`. It belongs to another part.",
    ),
    "a consent for a minute": a_slip(
        "consent: contact,",
        "consent: contact, expires: 1m,",
        "23: error: step `agree`: the consent ends after 1m. Wait at least 10m.",
    ),
    # Silence and keeping
    "a nudge at once": a_slip(
        REGION,
        f"{REGION}silence: {{nudge_after: 0m}}\n",
        "7: error: an open question is called back to mind after 0m. Wait at least 5m.",
    ),
    "a chat given up at once": a_slip(
        REGION,
        f"{REGION}silence: {{abandon_after: 5m}}\n",
        "7: error: a chat is given up after 5m. Wait at least 1h.",
    ),
    "nudges without end": a_slip(
        REGION, f"{REGION}silence: {{nudges: 9}}\n", "7: error: `nudges` is `9`. It must be at most 3."
    ),
    "a nudge in one language": a_slip(
        REGION,
        f"{REGION}silence: {{say: {{uk: Агов}}}}\n",
        "7: warning: no text in en. People who speak it will read uk.",
    ),
    "people erased under the admin's hands": a_slip(
        REGION, f"{REGION}retention: {{others: 1m}}\n", "7: error: people are erased after 1m. Wait at least 1d."
    ),
}
