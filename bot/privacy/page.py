"""The page of an export: everything held about a person, readable, in one file that loads nothing."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator

from bot.privacy.knowing import Known
from bot.privacy.receipt import how
from bot.texts import moment, plain
from dialogs.answers import Contact, Decision
from dialogs.rendering import answer_text, question_name
from storage.records import StoredConsent

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2733; --soft: #66788a; --line: #dfe5ea; --paper: #fff; --bed: #f2f5f8 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ecf1; --soft: #93a3b3; --line: #2c3844; --paper: #182129; --bed: #10171d }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--bed); color: var(--ink); font: 16px/1.55 system-ui, sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1rem 4rem }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem }
h2 { font-size: 1.1rem; margin: 0 0 .9rem }
h3 { font-size: 1rem; margin: 1.4rem 0 .5rem }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 14px; padding: 1.3rem 1.4rem;
  margin-top: 1.2rem }
dl { display: grid; grid-template-columns: minmax(9rem, 2fr) 3fr; gap: .45rem 1rem; margin: 0 }
dt { color: var(--soft) }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap }
p, small { color: var(--soft) }
blockquote { margin: .7rem 0 0; padding: .7rem 1rem; border-left: 3px solid #3390ec; background: var(--bed);
  border-radius: 0 8px 8px 0; white-space: pre-wrap; overflow-wrap: anywhere }
article + article { border-top: 1px solid var(--line); margin-top: 1.2rem; padding-top: 1.2rem }
code { font-size: .85em; overflow-wrap: anywhere }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .6rem } }
@media print { body { background: none } section { break-inside: avoid } }
"""

Pair = tuple[str, object]


def page(told: Known) -> str:
    """Return the page."""
    language = told.language
    title = plain(language, "export.title")
    made = plain(language, "export.made", moment=moment(language, told.now, told.timezone))
    sections = "\n".join(
        f"<section><h2>{_safe(heading)}</h2>{body}</section>" for heading, body in _sections(told) if body
    )
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_safe(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{_safe(title)}</h1>\n<p>{_safe(made)}</p>\n{sections}\n</main>\n</body>\n</html>\n"
    )


def _sections(told: Known) -> Iterator[tuple[str, str]]:
    language = told.language
    yield plain(language, "export.person"), _pairs(_person(told))
    yield plain(language, "export.controller"), _pairs(_controller(told))
    yield plain(language, "export.contacts"), _pairs(_contacts(told))
    yield plain(language, "export.consents"), "".join(_consent(told, each) for each in told.consents)
    yield plain(language, "export.answers"), "".join(_walks(told))
    yield plain(language, "export.talk"), _pairs(_talk(told))
    notes = ((moment(language, note.at, told.timezone), note.text) for note in told.notes)
    yield plain(language, "export.notes"), _pairs(notes)
    yield plain(language, "export.files"), _pairs((file.name, f"{file.size:,} B") for file in told.files)


def _person(told: Known) -> Iterator[Pair]:
    language, prospect = told.language, told.prospect
    yield plain(language, "export.name_in_telegram"), prospect.first_name
    if prospect.username:
        yield plain(language, "export.username"), f"@{prospect.username}"
    yield "Telegram ID", prospect.telegram_id
    yield plain(language, "export.first_seen"), moment(language, prospect.first_seen_at, told.timezone)
    if told.sources:
        yield plain(language, "export.source"), ", ".join(told.sources)
    if prospect.keep_until is not None:
        yield plain(language, "export.kept_until"), moment(language, prospect.keep_until, told.timezone)


def _controller(told: Known) -> Iterator[Pair]:
    if told.quiz is None:
        return
    controller = told.quiz.controller
    yield plain(told.language, "export.controller_name"), controller.name
    yield plain(told.language, "export.controller_contact"), controller.contact
    if controller.policy:
        yield plain(told.language, "export.policy"), controller.policy


def _contacts(told: Known) -> Iterator[Pair]:
    for contact in told.contacts:
        checked = plain(told.language, "privacy.verified" if contact.verified else "privacy.unverified")
        yield checked, contact.value


def _talk(told: Known) -> Iterator[Pair]:
    """Who wrote what; of our team nobody is named."""
    for passed in told.talk:
        who = plain(told.language, "export.us" if passed.from_manager else "export.you")
        yield f"{moment(told.language, passed.at, told.timezone)} · {who}", passed.text


def _consent(told: Known, consent: StoredConsent) -> str:
    event, language = consent.event, told.language
    pairs: list[Pair] = [
        (plain(language, "export.decision"), plain(language, f"receipt.{event.event}")),
        (plain(language, "export.when"), moment(language, event.at, told.timezone)),
        (plain(language, "export.how"), how(language, consent)),
    ]
    if event.expires_at is not None:
        pairs.append((plain(language, "export.until"), moment(language, event.expires_at, told.timezone)))
    if event.controller:
        pairs.append((plain(language, "export.controller"), event.controller))
    pairs.append((plain(language, "export.record"), event.record))
    heading = plain(language, f"privacy.purpose.{event.purpose}")
    heading = heading[:1].upper() + heading[1:]
    text = f"<blockquote>{_safe(event.text)}</blockquote>"
    return f"<article><h3>{_safe(heading)}</h3>{_pairs(pairs)}{text}</article>"


def _walks(told: Known) -> Iterator[str]:
    for stored, quiz in told.walks:
        session, language = stored.session, quiz.language_for(told.language)
        given = [
            (question_name(quiz, step, language), answer_text(quiz, step, answer, language))
            for step, answer in session.answers.items()
            if not isinstance(answer, Decision | Contact)
        ]
        heading = _safe(quiz.read(quiz.title, language))
        begun = _safe(moment(told.language, session.started_at, quiz.timezone))
        yield f"<article><h3>{heading}</h3><small>{begun}</small>{_pairs(given)}</article>"


def _pairs(pairs: Iterable[Pair]) -> str:
    rows = "".join(f"<dt>{_safe(name)}</dt><dd>{_safe(value)}</dd>" for name, value in pairs)
    return f"<dl>{rows}</dl>" if rows else ""


def _safe(value: object) -> str:
    """Return somebody's words as text of the page: none of them can become markup."""
    return html.escape(str(value))
