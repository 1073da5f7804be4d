"""Brings quiz files into the database as revisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dialogs.document import Say
from dialogs.errors import QuizRefusedError
from dialogs.loading import Draft
from dialogs.positions import Positions
from dialogs.problems import did_you_mean
from qualification.loading import examine
from qualification.quiz import Quiz

SHIPPED = Path(__file__).parent / "quizzes"
IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})
LARGEST_PICTURE = 10 * 1024 * 1024
"""Bytes of a photo. Source: Bot API, sendPhoto."""


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
    return examine(source, name), source


def examine_file(path: Path) -> tuple[Draft[Quiz], str]:
    """Read a quiz file and check everything, its pictures too. Raises NoSuchQuizError if it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NoSuchQuizError(f"{path}: {error.strerror or error}") from error
    draft, source = examine_bytes(content, str(path))
    for image, where in pictures(draft):
        _check_picture(draft, path.parent, image, where)
    draft.problems.sort(key=lambda problem: problem.line)
    return draft, source


def pictures(draft: Draft[Quiz]) -> Iterator[tuple[str, Place]]:
    """Name the pictures of a quiz, each with its place in the file."""
    for place, step in draft.steps.items():
        if isinstance(step, Say) and step.image is not None:
            yield step.image, ("steps", place, "image")


def load_file(path: Path) -> QuizFile:
    """Return a quiz file with its pictures. Raises QuizRefusedError with all that is wrong."""
    draft, source = examine_file(path)
    if draft.errors or draft.document is None:
        raise QuizRefusedError(draft.errors)
    media = {image: (path.parent / image).read_bytes() for image, _ in pictures(draft)}
    return QuizFile(draft.document, source, media)


def _check_picture(draft: Draft[Quiz], folder: Path, image: str, where: Place) -> None:
    picture = (folder / image).resolve()
    if not picture.is_relative_to(folder.resolve()):
        draft.report(where, f"`{image}` is outside the quiz's folder", "Put the picture beside the quiz file.")
    elif not picture.is_file():
        beside = [each.name for each in folder.iterdir() if each.suffix.lower() in IMAGE_SUFFIXES]
        draft.report(where, f"there is no picture `{image}` beside the quiz file", did_you_mean(image, beside))
    elif picture.stat().st_size > LARGEST_PICTURE:
        draft.report(where, f"`{image}` is larger than 10 MB", "Make it smaller: 1280 pixels are enough.")
