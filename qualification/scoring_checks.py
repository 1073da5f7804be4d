"""What the `scoring` part of a quiz needs: bands in order, a whole grid, rules, caps and products that exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from dialogs.checks import MESSAGE_LENGTH, check_condition, check_text
from dialogs.loading import Draft
from dialogs.positions import Path
from dialogs.problems import did_you_mean
from dialogs.steps import ChoiceQuestion, ConsentRequest, End, Say, SeveralQuestion
from qualification.activity import SHORTEST_SILENCE
from qualification.grid import Grid
from qualification.quiz import Quiz
from qualification.scoring import Group

NAME_LENGTH = 64
"""Letters of a name on a card."""


def check_scoring(draft: Draft[Quiz], quiz: Quiz) -> None:
    """Report what is wrong with bands, grid, rules, groups, products and daily caps."""
    bands, grid = quiz.scoring.bands, quiz.scoring.grid
    if bands is not None and bands.hot <= bands.warm:
        draft.report(
            ("scoring", "bands"),
            f"hot begins at {bands.hot} and warm at {bands.warm}",
            "Hot must begin above warm.",
        )
    if grid is not None:
        _check_grid(draft, grid)
    _check_rules(draft, quiz)
    _check_groups(draft, quiz)
    _check_products(draft, quiz)
    activity = quiz.scoring.activity
    if activity.comeback is not None and activity.comeback.after < SHORTEST_SILENCE:
        draft.report(
            ("scoring", "activity", "comeback", "after"),
            f"after {activity.comeback.after} nobody was gone",
            "A silence that counts lasts a day or longer: write 1d or more.",
        )
    capped = [*activity.kinds, "reply", "comeback", "speed"]
    _check_known(draft, activity.points_a_day, capped, "kind of activity", ("scoring", "activity", "points_a_day"))


def _check_rules(draft: Draft[Quiz], quiz: Quiz) -> None:
    seen: set[str] = set()
    for place, rule in enumerate(quiz.scoring.rules):
        path = ("scoring", "rules", place)
        if rule.id in seen:
            draft.report((*path, "id"), f"there are two rules `{rule.id}`", "Give each its own id.")
        seen.add(rule.id)
        check_condition(draft, rule.when, (*path, "when"), quiz.asides)
        if rule.because:
            check_text(draft, rule.because, (*path, "because"), MESSAGE_LENGTH)


def _check_grid(draft: Draft[Quiz], grid: Grid) -> None:
    path = ("scoring", "grid")
    sound = True
    for axis, levels in (("fit", grid.fit), ("activity", grid.activity)):
        for (lower, begins), (higher, next_begins) in pairwise(levels.items()):
            if next_begins <= begins:
                told = f"`{higher}` begins at {next_begins}, and `{lower}` before it at {begins}"
                draft.report((*path, axis, higher), told, "Sort the levels from the lowest to the highest.")
                sound = False
    _check_known(draft, grid.cells, grid.fit, "level of fit", (*path, "cells"))
    missing = [level for level in grid.fit if level not in grid.cells]
    if missing:
        told = f"no bands for {', '.join(f'`{level}`' for level in missing)}"
        draft.report((*path, "cells"), told, "Give each level of fit a line in `cells`.")
    sizes = {level: row for level, row in grid.cells.items() if len(row) != len(grid.activity)}
    for level, row in sizes.items():
        told = f"`{level}` has {len(row)} bands, and there are {len(grid.activity)} levels of activity"
        remedy = f"Write one for each: {', '.join(grid.activity)}."
        draft.report((*path, "cells", level), told, remedy)
    _check_known(draft, grid.names, [*grid.fit, *grid.activity], "level", (*path, "names"))
    for level, name in grid.names.items():
        check_text(draft, name, (*path, "names", level), NAME_LENGTH)
    if not sound or missing or sizes:
        return
    for fit, activity, lower in grid.losses():
        told = f"`{fit}` and `{activity}` is {grid.cell(fit, activity)}, less than with `{lower}`"
        draft.warn((*path, "cells", fit), told, "More points should never make a lead less promising.")


def _check_groups(draft: Draft[Quiz], quiz: Quiz) -> None:
    questions = [step.id for step in quiz.questions if not isinstance(step, Say | End | ConsentRequest)]
    rules = [rule.id for rule in quiz.scoring.rules]
    taken: dict[tuple[str, str], str] = {}
    ids: set[str] = set()
    for place, group in enumerate(quiz.scoring.groups):
        path: Path = ("scoring", "groups", place)
        if group.id in ids:
            draft.report((*path, "id"), f"there are two groups `{group.id}`", "Give each its own id.")
        ids.add(group.id)
        if draft.all_steps_read:
            _check_known(draft, group.questions, questions, "question", (*path, "questions"))
        _check_known(draft, group.rules, rules, "rule", (*path, "rules"))
        _check_alone(draft, group, path, taken)
        if group.name is not None:
            check_text(draft, group.name, (*path, "name"), NAME_LENGTH)


def _check_alone(draft: Draft[Quiz], group: Group, path: Path, taken: dict[tuple[str, str], str]) -> None:
    if not group.questions and not group.rules:
        draft.report(path, f"the group `{group.id}` caps nothing", "Name its `questions` or `rules`.")
    for kind, names in (("questions", group.questions), ("rules", group.rules)):
        for name in names:
            if (kind, name) in taken:
                told = f"`{name}` stands in the group `{taken[kind, name]}` already"
                draft.report((*path, kind), told, "Let it stand in one group only.")
            taken.setdefault((kind, name), group.id)


def _check_products(draft: Draft[Quiz], quiz: Quiz) -> None:
    products = quiz.scoring.products
    for product, name in products.items():
        check_text(draft, name, ("scoring", "products", product), NAME_LENGTH)
    given: set[str] = set()
    for place, step in draft.steps.items():
        if isinstance(step, ChoiceQuestion | SeveralQuestion):
            for number, choice in enumerate(step.choices):
                path: Path = ("steps", place, "choices", number, "products")
                _check_known(draft, choice.products, products, "product", path)
                given |= choice.products.keys()
    for step in quiz.asides.values():
        if isinstance(step, ChoiceQuestion | SeveralQuestion):
            given |= {product for choice in step.choices for product in choice.products}
    for place, rule in enumerate(quiz.scoring.rules):
        _check_known(draft, rule.products, products, "product", ("scoring", "rules", place, "products"))
        given |= rule.products.keys()
    for product in products:
        if product not in given and draft.all_steps_read:
            told = f"nothing gives points to the product `{product}`"
            draft.warn(("scoring", "products", product), told, "Name it in `products` of a choice or a rule.")


def _check_known(draft: Draft[Quiz], named: Iterable[str], known: Iterable[str], what: str, path: Path) -> None:
    """Report names that nothing has; a part with names of its own is pointed at by each."""
    there = list(known)
    for place, name in enumerate(named):
        if name not in there:
            where = (*path, name) if isinstance(named, Mapping) else (*path, place)
            draft.report(where, f"there is no {what} `{name}`", did_you_mean(name, there))
