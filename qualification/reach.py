"""Tells before a quiz is published which of its bands and levels nobody can reach."""

from __future__ import annotations

from dialogs.loading import Draft
from dialogs.problems import Severity
from qualification.errors import TooManyPathsError
from qualification.grid import Grid
from qualification.paths import Paths, paths
from qualification.quiz import Quiz
from qualification.score import Band
from qualification.scoring import Activity, Bands


def check_reach(draft: Draft[Quiz], quiz: Quiz) -> None:
    """Report bands that no path leads to, and levels of the grid that nothing lifts anybody to."""
    bands, grid = quiz.scoring.bands, quiz.scoring.grid
    where = ("scoring", "grid" if grid else "bands")
    try:
        found = paths(quiz)
    except TooManyPathsError as error:
        draft.warn(where, str(error).rstrip("."), "The bands' reach was not checked.")
        return
    if grid is not None:
        _check_grid(draft, quiz, grid, found)
    elif bands is not None:
        _check_bands(draft, quiz, bands, found)


def _check_bands(draft: Draft[Quiz], quiz: Quiz, bands: Bands, found: Paths) -> None:
    if not found.in_band(Band.HOT):
        best = _best_fit(found)
        told = f"nobody can become hot by answers: best score {best}, hot from {bands.hot}"
        activity = quiz.scoring.activity
        speed = activity.speed.points if activity.speed else 0
        later = activity.lifts and (bool(quiz.sequences) or activity.reply > 0 or activity.comeback is not None)
        lifted = later or bool(quiz.asides) or best + speed >= bands.hot or quiz.routing.fast_track is not None
        severity = Severity.WARNING if lifted else Severity.ERROR
        draft.report(("scoring", "bands"), told, f"Lower `hot` to {best}, or give more points.", severity)
    if not found.in_band(Band.WARM):
        draft.warn(("scoring", "bands"), "no path leads to the band warm", "Look at the points, or at `warm`.")


def _check_grid(draft: Draft[Quiz], quiz: Quiz, grid: Grid, found: Paths) -> None:
    path = ("scoring", "grid")
    fitting = {grid.fit_level(ending.total) for ending in found.endings if ending.band is not Band.UNFIT}
    active = levels_in_reach(grid, quiz.scoring.activity)
    for level, begins in grid.fit.items():
        if level not in fitting:
            told = f"no answers lead to `{level}`: they give {_worst_fit(found)} to {_best_fit(found)}"
            draft.warn((*path, "fit", level), f"{told}, it begins at {begins}", "Look at the points, or at `fit`.")
    for level, begins in grid.activity.items():
        if level not in active:
            told = f"nothing that people do leads to `{level}`, which begins at {begins}"
            draft.warn((*path, "activity", level), told, "Give points in `activity`, or take the level out.")
    reached = {grid.cell(fit, activity) for fit in fitting for activity in active}
    at_once = {ending.band for ending in found.endings}
    if "hot" not in reached:
        told = "nobody can become hot: no cell that is hot can be reached"
        severity = Severity.WARNING if quiz.routing.fast_track is not None else Severity.ERROR
        draft.report((*path, "cells"), told, "Look at the points, at the levels, or at `cells`.", severity)
    elif Band.HOT not in at_once:
        told = f"nobody is hot by answers alone: the best are `{grid.fit_level(_best_fit(found))}`"
        idle = grid.activity_level(0)
        draft.warn((*path, "cells"), f"{told} and `{idle}`", "Managers hear of them only after a reaction.")
    if "warm" not in reached:
        draft.warn((*path, "cells"), "no cell that is warm can be reached", "Look at the levels, or at `cells`.")


def levels_in_reach(grid: Grid, activity: Activity) -> frozenset[str]:
    """Name the levels of activity that somebody can be on, now or later: links add up without an end."""
    silence = activity.silence.points if activity.silence else 0
    lowest = float("-inf") if min((silence, *activity.kinds.values(), activity.reply)) < 0 else 0.0
    speed = max(activity.speed.points, 0) if activity.speed else 0
    highest = float("inf") if activity.lifts else float(speed)
    levels = list(grid.activity)
    first, last = grid.activity_level(lowest), grid.activity_level(highest)
    return frozenset(levels[levels.index(first) : levels.index(last) + 1])


def _best_fit(found: Paths) -> int:
    return max((ending.total for ending in found.endings if ending.band is not Band.UNFIT), default=0)


def _worst_fit(found: Paths) -> int:
    return min((ending.total for ending in found.endings if ending.band is not Band.UNFIT), default=0)
