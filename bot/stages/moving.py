"""Moves leads from stage to stage, and says in a sentence why a move is not possible."""

from __future__ import annotations

from datetime import datetime

from bot.receivers.telling import tell_move
from bot.texts import Html, plain, say
from bot.work import Work
from qualification.stages import IllegalMove, Stage, refused, way
from storage.records import Lead


async def move_to(
    work: Work, lead: Lead, to: Stage, actor: str, reason: str, *, until: datetime | None = None
) -> Lead | IllegalMove:
    """Move a lead to a stage, a frozen one until a moment, and tell of it. Every move goes through here."""
    moved = await work.unit.leads.move(lead, to, actor, reason, work.now, until=until)
    if isinstance(moved, Lead):
        await tell_move(work, moved)
    return moved


async def move_along(work: Work, lead: Lead, to: Stage, actor: str, reason: str) -> Lead | IllegalMove:
    """Move a lead to a stage by the shortest legal way, each move an event of its own.

    One that is there already, or that has no way, stays where it is.
    """
    present = await work.unit.leads.by_id(lead.id)
    stages = way(present.stage, to)
    if not stages:
        return refused(present.stage, to) or present
    return await move_through(work, present, stages, actor, reason)


async def move_through(
    work: Work, lead: Lead, stages: tuple[Stage, ...], actor: str, reason: str
) -> Lead | IllegalMove:
    """Move a lead through stages, one after another, as far as that is legal."""
    for stage in stages:
        moved = await move_to(work, lead, stage, actor, reason)
        if isinstance(moved, IllegalMove):
            return moved
        lead = moved
    return lead


def refusal(illegal: IllegalMove, language: str) -> Html:
    """Say why a lead cannot be moved, and what can be done instead."""
    present, to = (plain(language, f"stage.{stage}") for stage in (illegal.present, illegal.to))
    if illegal.open_lead is not None:
        return say(language, "move.another_open", lead=f"#{illegal.open_lead}")
    if illegal.present is illegal.to:
        return say(language, "move.there_already", present=present)
    if illegal.instead is None:
        return say(language, "move.no_way", present=present, to=to)
    instead = plain(language, f"stage.{illegal.instead}")
    return say(language, "move.first_to", present=present, to=to, first=instead)
