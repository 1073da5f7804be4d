"""Files that admins send for quizzes: asked for when they come, handled when their bytes are here."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from pathlib import PurePath

from bot.administration.proposals import MESSAGE_LENGTH, proposal, shortened
from bot.hand_off.card import isolated
from bot.publishing import examine_bytes, media_in
from bot.teams.permissions import runs_things
from bot.telegram.requests import FetchFile, SendText
from bot.telegram.updates import FileReceived
from bot.texts import escaped, say
from bot.work import Work
from dialogs.bounds import DOWNLOADABLE
from dialogs.loading import Draft
from dialogs.problems import Severity
from qualification.errors import TooManyPathsError
from qualification.paths import Paths, paths
from qualification.quiz import Quiz
from storage.records import (
    Action,
    KeptFile,
    Picture,
    Prospect,
    RevisionState,
)

QUIZ_SUFFIXES = frozenset({".yaml", ".yml"})
LARGEST_QUIZ = 1024 * 1024
"""Bytes of a quiz file: the longest that ships has 30,000."""
QUIZ = "quiz"
"""The purpose of files that admins send for quizzes."""
PROBLEM_LENGTH = 700
"""Letters of an error: one may quote what stands in the file."""
_FILE_NAME = re.compile(r"[\w-][\w. -]{0,60}\.[a-z0-9]{2,4}", re.IGNORECASE)


@dataclass(frozen=True)
class Examined:
    """A quiz file that was read and checked, and where its paths lead."""

    draft: Draft[Quiz]
    source: str
    reach: Paths | None


async def take_file(work: Work, person: Prospect, file: FileReceived) -> bool:
    """Ask for the bytes of a quiz, or of a picture for one; tell whether the file is for that.

    Only an admin's are: anybody else's file is what any file of a prospect is.
    """
    if not await runs_things(work, person.telegram_id):
        return False
    caption = file.caption.strip()
    if file.kind == "document" and PurePath(file.name).suffix.lower() in QUIZ_SUFFIXES:
        name, largest = file.name, LARGEST_QUIZ
    elif file.kind in ("document", "photo", "video", "voice", "audio") and _FILE_NAME.fullmatch(caption):
        name, largest = caption, DOWNLOADABLE * 1024 * 1024
    else:
        return False
    if file.size > largest:
        text = say(work.language_of(person), "file.too_large", name=name, size=largest // 1024 // 1024)
        await work.send(SendText(chat_id=person.telegram_id, html=text))
        return True
    number = await work.unit.files.keep(
        QUIZ, name, file.mime, work.now, file_id=file.file_id, size=file.size, prospect_id=person.id
    )
    await work.send(FetchFile(chat_id=person.telegram_id, number=number, file_id=file.file_id))
    return True


async def examined(file: KeptFile) -> Examined | None:
    """Read and check a quiz file beside the loop: looking at every path can take a second. None for any other."""
    if file.purpose != QUIZ or not file.content or PurePath(file.name).suffix.lower() not in QUIZ_SUFFIXES:
        return None
    return await asyncio.to_thread(_examine, file)


def _examine(file: KeptFile) -> Examined:
    draft, source = examine_bytes(file.content or b"", file.name)
    if draft.errors or draft.document is None:
        return Examined(draft, source, None)
    try:
        return Examined(draft, source, paths(draft.document))
    except TooManyPathsError:
        return Examined(draft, source, None)


async def handle(work: Work, file: KeptFile, found: Examined | BaseException | None) -> None:
    """Do what an admin's file is for: answer with errors, or with what would change.

    Raises what the examination raised.
    """
    if isinstance(found, BaseException):
        raise found
    admin = await work.unit.prospects.by_id(file.prospect_id) if file.prospect_id is not None else None
    if admin is None or not await runs_things(work, admin.telegram_id):
        await work.unit.files.remove(file.id)
        return
    await work.unit.files.handled(file.id, work.now)
    if not file.content:
        await work.unit.files.remove(file.id)
        await work.send(SendText(chat_id=admin.telegram_id, html=say(work.language_of(admin), "file.not_fetched")))
        return
    if found is None:
        text = say(work.language_of(admin), "file.picture_kept", name=file.name)
        await work.send(SendText(chat_id=admin.telegram_id, html=text))
        return
    # A copy: the same file may be examined once for several bots.
    draft = replace(found.draft, problems=list(found.draft.problems))
    media = await _media(work, draft)
    await work.unit.files.remove(file.id)
    if draft.errors or draft.document is None:
        await _tell_errors(work, admin, file.name, draft)
        return
    await _propose(work, admin, replace(found, draft=draft), draft.document, media)


async def tell_failure(work: Work, file: KeptFile) -> None:
    """Say that a file could not be handled for no fault of its sender; nothing was changed by it."""
    await work.unit.files.handled(file.id, work.now)
    admin = await work.unit.prospects.by_id(file.prospect_id) if file.prospect_id is not None else None
    if admin is not None:
        text = say(work.language_of(admin), "file.failed", name=file.name)
        await work.send(SendText(chat_id=admin.telegram_id, html=text))


async def _media(work: Work, draft: Draft[Quiz]) -> dict[str, Picture]:
    """Find a quiz's pictures: each as it was sent, or as the newest revision has it, whichever came later."""
    found: dict[str, Picture] = {}
    for _, name, where in media_in(draft):
        quiz = draft.document.quiz if draft.document else ""
        there = (await work.unit.files.picture(name), await work.unit.quizzes.latest_media(quiz, name))
        newest = max((each for each in there if each is not None), key=lambda each: each.at, default=None)
        if newest is None:
            remedy = f"Send it here with the caption `{name}`, then send the quiz again."
            draft.report(where, f"there is no file `{name}` yet", remedy)
        else:
            found[name] = newest
    draft.problems.sort(key=lambda problem: problem.line)
    return found


async def _tell_errors(work: Work, admin: Prospect, name: str, draft: Draft[Quiz]) -> None:
    language = work.language_of(admin)
    head = say(language, "draft.refused", name=name)
    # Errors first: when there is no room for all, what keeps the quiz from being published matters more.
    problems = sorted(draft.problems, key=lambda problem: problem.severity is not Severity.ERROR)
    foot = say(language, "draft.refused.remedy")
    told = [f"• {escaped(isolated(str(problem), PROBLEM_LENGTH))}" for problem in problems]
    room = MESSAGE_LENGTH - len(head) - len(foot)
    html = "\n\n".join([head, *shortened(told, room, language), foot])
    await work.send(SendText(chat_id=admin.telegram_id, html=html, preview=False))


async def _propose(work: Work, admin: Prospect, found: Examined, quiz: Quiz, media: dict[str, Picture]) -> None:
    language, name = work.language_of(admin), quiz.quiz
    contents = {each: picture.content for each, picture in media.items()}
    known = await work.unit.quizzes.same(name, found.source, contents)
    if known is not None and known.state is RevisionState.PUBLISHED:
        text = say(language, "draft.same", quiz=name, revision=known.number)
        await work.send(SendText(chat_id=admin.telegram_id, html=text))
        return
    draft = known or await work.unit.quizzes.draft(name, found.source, contents, admin.telegram_id, work.now)
    for picture in media.values():
        if picture.file is not None:
            await work.unit.files.remove(picture.file)
    await work.unit.audit.note(admin.telegram_id, Action.DRAFT, name, work.now, revision=draft.number)
    warnings = tuple(each for each in found.draft.problems if each.severity is Severity.WARNING)
    shown = await proposal(work, language, draft, found.reach, warnings)
    await work.send(SendText(chat_id=admin.telegram_id, html=shown.html, buttons=shown.buttons, preview=False))
