"""Brings quiz files into the database as revisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.conversation.wording import languages_of_others, wrong_words
from bot.texts import catalogue_language
from dialogs.errors import QuizRefusedError
from dialogs.loading import Draft
from dialogs.positions import Positions
from dialogs.problems import did_you_mean
from dialogs.steps import AnyStep, ChoiceQuestion, MediaKind, Say, SeveralQuestion
from qualification.loading import examine
from qualification.quiz import Quiz
from qualification.sequence_checks import place_of

SHIPPED = Path(__file__).parent / "quizzes"
SUFFIXES: Mapping[MediaKind, frozenset[str]] = {
    "photo": frozenset({".jpg", ".jpeg", ".png"}),
    "video": frozenset({".mp4"}),
    "document": frozenset(),
    "voice": frozenset({".ogg", ".oga", ".mp3", ".m4a"}),
}
"""What Telegram shows as such, by the file's name. Source: Bot API, sendPhoto, sendVideo, sendVoice."""
LARGEST_PHOTO, LARGEST_FILE = 10, 50
"""Megabytes of a photo and of any other file. Source: Bot API, «Sending files»."""
Place = tuple[str | int, ...]


class NoSuchQuizError(Exception):
    """There is no such quiz file, and no quiz of that name."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)


@dataclass(frozen=True)
class QuizFile:
    """A quiz file that can be published, with the pictures it names."""

    quiz: Quiz
    source: str
    media: dict[str, bytes]


def shipped_quizzes() -> tuple[str, ...]:
    """Name the quizzes that come with Hotlead."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def quiz_path(named: str) -> Path | None:
    """Return the file of a quiz named by its path, or by the id of one that ships."""
    for path in (Path(named), SHIPPED / f"{named}.yaml"):
        if path.is_file():
            return path
    return None


def examine_bytes(content: bytes, name: str) -> tuple[Draft[Quiz], str]:
    """Read a quiz file's bytes and check everything but its pictures; never raises for what stands in it."""
    try:
        source = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        draft = Draft[Quiz](name, positions=Positions({}), problems=[])
        draft.report((), "the file is not in UTF-8", "Save it as UTF-8 in your editor.")
        return draft, ""
    draft = examine(source, name)
    if draft.document is not None:
        for where, message, remedy in wrong_words(draft.document):
            draft.report(where, message, remedy)
        for place, language in languages_of_others(draft.document):
            draft.warn(
                ("languages", place),
                f"the bot's own sentences are not in `{language}`: they come in `{catalogue_language(language)}`",
                "Word them yourself under `words`.",
            )
    return draft, source


def examine_file(path: Path) -> tuple[Draft[Quiz], str]:
    """Read a quiz file and check all of it, files and words too. Raises NoSuchQuizError if it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NoSuchQuizError(f"{path}: {error.strerror or error}") from error
    draft, source = examine_bytes(content, str(path))
    for kind, name, where in media_in(draft):
        _check_file(draft, path.parent, kind, name, where)
    draft.problems.sort(key=lambda problem: problem.line)
    return draft, source


def media_in(draft: Draft[Quiz]) -> Iterator[tuple[MediaKind, str, Place]]:
    """Name every file that a quiz shows: what it is, what it is called, where it stands in the quiz."""
    for place, step in draft.steps.items():
        for kind, name, inside in _media_of(step):
            yield kind, name, ("steps", place, *inside)
    for sequence, written in draft.document.sequences.items() if draft.document else ():
        for number, follow_up in enumerate(written.messages):
            if follow_up.media is not None:
                kind, name = follow_up.media
                yield kind, name, (*place_of(draft, sequence), number, "image" if kind == "photo" else kind)


def load_file(path: Path) -> QuizFile:
    """Return a quiz file with its pictures. Raises QuizRefusedError with all that is wrong."""
    draft, source = examine_file(path)
    if draft.errors or draft.document is None:
        raise QuizRefusedError(draft.errors)
    media = {name: (path.parent / name).read_bytes() for _, name, _ in media_in(draft)}
    return QuizFile(draft.document, source, media)


def _media_of(step: AnyStep) -> Iterator[tuple[MediaKind, str, Place]]:
    """Name every file that a step shows: what it is, what it is called, where in the step it stands."""
    match step:
        case Say(album=album) if album:
            yield from (("photo", name, ("album", place)) for place, name in enumerate(album))
        case Say(media=media):
            for kind, name in media:
                yield kind, name, ("image" if kind == "photo" else kind,)
        case ChoiceQuestion(choices=choices) | SeveralQuestion(choices=choices):
            for place, choice in enumerate(choices):
                if choice.image is not None:
                    yield "photo", choice.image, ("choices", place, "image")
        case _:
            return


def _check_file(draft: Draft[Quiz], folder: Path, kind: MediaKind, name: str, where: Place) -> None:
    file, called = (folder / name).resolve(), "picture" if kind == "photo" else "file"
    megabytes = LARGEST_PHOTO if kind == "photo" else LARGEST_FILE
    if not file.is_relative_to(folder.resolve()):
        draft.report(where, f"`{name}` is outside the quiz's folder", f"Put the {called} beside the quiz file.")
    elif not file.is_file():
        beside = [each.name for each in folder.iterdir() if (each.suffix.lower() in SUFFIXES[kind])]
        draft.report(where, f"there is no {called} `{name}` beside the quiz file", did_you_mean(name, beside))
    elif file.suffix.lower() not in SUFFIXES[kind] and SUFFIXES[kind]:
        told = f"`{name}` is no {kind} that Telegram shows as one"
        draft.report(where, told, f"Use one of {', '.join(sorted(SUFFIXES[kind]))}.")
    elif file.stat().st_size > megabytes * 1024 * 1024:
        remedy = "Make it smaller: 1280 pixels are enough." if kind == "photo" else "Make it smaller."
        draft.report(where, f"`{name}` is larger than {megabytes} MB", remedy)
