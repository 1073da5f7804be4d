"""What admins see of the quizzes there are: the list, one quiz, its history, and what was done."""

from __future__ import annotations

from bot.administration.buttons import ROLL_BACK, button, ways
from bot.administration.proposals import (
    MESSAGE_LENGTH,
    Proposal,
    asked_about,
    difference,
    middle_lines,
    shortened,
)
from bot.follow_ups.editing import concerned
from bot.revisions import repeated
from bot.telegram.addresses import chat_address
from bot.telegram.callback_data import encode
from bot.telegram.requests import TapButton
from bot.telegram.taps import AdminAction, AdminTapped
from bot.texts import Html, count, day_and_time, escaped, plain, say
from bot.work import Work
from storage.records import AuditEntry, Revision, RevisionState

HISTORY = 10
"""Revisions that a history shows."""
LAST_ACTIONS = 20


async def quiz_list(work: Work, language: str) -> Proposal:
    """Return the list of quizzes, with a button for each."""
    parts: list[str] = [say(language, "quizzes.title")]
    rows = []
    found = [await work.unit.quizzes.newest(quiz_id) for quiz_id in await work.running()]
    titles = {each: await _title(work, each, language) for each in found if each is not None}
    for newest, title in titles.items():
        parts.append("\n".join([f"<b>{escaped(title)}</b>", *await _state(work, newest, language)]))
        alone = list(titles.values()).count(title) == 1
        label = title if alone else f"{title} · {newest.quiz}"
        rows.append((TapButton(text=label, data=encode(AdminTapped(AdminAction.SHOW, newest.quiz))),))
    parts = shortened(parts, MESSAGE_LENGTH - 300, language)
    return Proposal(Html("\n\n".join([*parts, say(language, "quizzes.send_yaml")])), tuple(rows))


async def one_quiz(work: Work, newest: Revision, language: str) -> Proposal:
    """Return one quiz, with what can be done."""
    paused = await work.unit.quizzes.paused_at(newest.quiz) is not None
    pause = (AdminAction.RESUME, "quizzes.resume") if paused else (AdminAction.PAUSE, "quizzes.pause")

    def does(action: AdminAction, key: str, revision: int = 0) -> TapButton:
        return button(language, action, key, newest.quiz, revision)

    head = f"<b>{escaped(await _title(work, newest, language))}</b>"
    rows = (
        (does(AdminAction.TRY, "draft.try", newest.number), does(*pause)),
        (
            does(AdminAction.DOWNLOAD, "quizzes.download", newest.number),
            does(AdminAction.HISTORY, "quizzes.history"),
        ),
        (button(language, AdminAction.LIST, "button.back"),),
    )
    return Proposal(Html("\n".join([head, *await _state(work, newest, language)])), rows)


async def past(work: Work, newest: Revision, language: str) -> Proposal:
    """Return a quiz's history, with buttons to look at going back."""
    everything = await work.unit.quizzes.history(newest.quiz)
    shown = [each for each in everything if each.state is not RevisionState.DISCARDED][:HISTORY]
    names = await work.unit.prospects.names(each.drafted_by for each in shown if each.drafted_by is not None)
    timezone = (await work.quiz(newest.quiz, newest.number)).timezone
    lines: list[str] = [say(language, "history.title", title=await _title(work, newest, language))]
    for each in shown:
        moment = day_and_time(language, each.published_at or each.drafted_at, timezone)
        by = _name(each.drafted_by, names, language)
        line = f"<b>{each.number}</b> · {moment} · {escaped(by)}"
        if each.state is RevisionState.DRAFT:
            line += f" · {say(language, 'history.draft')}"
        elif (same := repeated(each, everything)) is not None:
            line += f" · {say(language, 'history.same', revision=same)}"
        lines.append(line + (" ✅" if each.number == newest.number else ""))
    rows = []
    for each in shown:
        if each.state is RevisionState.DRAFT:
            rows.append((button(language, AdminAction.LOOK, "history.look", each.quiz, each.number),))
        elif each.sha256 != newest.sha256:
            rows.append((button(language, AdminAction.LOOK_BACK, "history.back_to", each.quiz, each.number),))
    back = (button(language, AdminAction.SHOW, "button.back", newest.quiz),)
    return Proposal(Html("\n".join(lines)), (*rows, back))


async def way_back(work: Work, newest: Revision, old: Revision, language: str) -> Proposal:
    """Show what going back would change, with the button that does it."""
    quiz, number = newest.quiz, old.number
    before, after = await work.quiz(quiz, newest.number), await work.quiz(quiz, number)
    title = after.read(after.title, language)
    head = say(language, "back.title", title=title, revision=number, newest=newest.number)
    inside = await concerned(work.unit, work.library, after)
    foot = "\n".join([*await middle_lines(work, quiz, language), *asked_about(inside, language)])
    told = await difference(work, newest, old, before, after, language)
    parts = [head, *shortened(told, MESSAGE_LENGTH - len(head) - len(foot), language), foot]
    sure = button(language, AdminAction.ROLL_BACK, "back.sure", quiz, number, newest.number)
    rows = ways(language, ROLL_BACK, quiz, number, newest.number) if inside else ((sure,),)
    back = button(language, AdminAction.HISTORY, "button.back", quiz)
    return Proposal(Html("\n\n".join(parts)), (*rows, (back,)))


async def last_actions(work: Work, language: str) -> Html:
    """Return what admins and the operator did last."""
    entries = await work.unit.audit.newest(LAST_ACTIONS)
    names = await work.unit.prospects.names(each.admin for each in entries if each.admin is not None)
    first = await work.newest_quiz()
    timezone = first.timezone if first else "UTC"
    lines: list[str] = [say(language, "audit.title")]
    for entry in entries:
        who = f"<b>{escaped(_name(entry.admin, names, language))}</b>"
        lines.append(f"{day_and_time(language, entry.at, timezone)} · {who} · {_action(entry, language)}")
    return Html("\n".join(lines if entries else [*lines, say(language, "audit.nothing")]))


def _action(entry: AuditEntry, language: str) -> Html:
    facts = {name: entry.facts.get(name, "") for name in ("revision", "to", "leads", "sequence")}
    return say(language, f"audit.{entry.action}", quiz=entry.subject, **facts)


def _name(admin: int | None, names: dict[int, str], language: str) -> str:
    return plain(language, "audit.operator") if admin is None else names.get(admin, str(admin))


async def _title(work: Work, revision: Revision, language: str) -> str:
    quiz = await work.quiz(revision.quiz, revision.number)
    return quiz.read(quiz.title, language)


async def _state(work: Work, newest: Revision, language: str) -> list[str]:
    timezone = (await work.quiz(newest.quiz, newest.number)).timezone
    middle = sum((await work.unit.sessions.in_the_middle(newest.quiz)).values())
    since = day_and_time(language, newest.published_at or newest.drafted_at, timezone)
    lines: list[str] = [
        say(language, "quizzes.revision", revision=newest.number, since=since),
        say(language, "quizzes.middle", people=count(language, "people", middle)),
        say(language, "quizzes.link", link=chat_address(work.setup.username, newest.quiz)),
    ]
    paused_at = await work.unit.quizzes.paused_at(newest.quiz)
    if paused_at is not None:
        lines.append(say(language, "quizzes.paused", since=day_and_time(language, paused_at, timezone)))
    return lines
