"""Makes buttons that open a page and tell us so: a link to ourselves, or a tap that then shows the link."""

from __future__ import annotations

import structlog

from bot.telegram.callback_data import encode
from bot.telegram.requests import LinkButton, TapButton
from bot.telegram.taps import TrackedTapped
from bot.tracking.destinations import destination
from bot.tracking.errors import UnsafeDestinationError
from bot.tracking.tokens import PATH, fingerprint_of, new_token
from bot.work import Work
from storage.records import Prospect

log = structlog.get_logger()


async def tracked(
    work: Work,
    prospect: Prospect,
    *,
    text: str,
    url: str,
    kind: str,
    once: str,
    label: str | None = None,
    enrolment: int | None = None,
    broadcast: int | None = None,
    step: str | None = None,
    sending: int | None = None,
) -> LinkButton | TapButton:
    """Return a button with this text for one person: it opens `url`, and gives the points of its `kind` once.

    `once` is the ledger's key, `label` what the link is called where it is shown by itself. `enrolment` and `step`
    say in which follow-up it stands, `broadcast` in which broadcast, `sending` in which sent material.
    What is no safe destination is not ours to lead to: it stays a link as it was written, and is not tracked.
    """
    try:
        leads_to = destination(url)
    except UnsafeDestinationError as error:
        log.warning("link_not_tracked", kind=kind, reason=str(error))
        return LinkButton(text=text, url=url)
    token = new_token(work.chance)
    number = await work.unit.tracked_links.make(
        prospect.id,
        fingerprint_of(token, work.setup.fingerprint),
        leads_to,
        label or text,
        kind,
        once,
        work.now,
        enrolment_id=enrolment,
        step=step,
        broadcast_id=broadcast,
        sending_id=sending,
    )
    if work.setup.public_url is None:
        return TapButton(text=text, data=encode(TrackedTapped(number)))
    return LinkButton(text=text, url=f"{work.setup.public_url}{PATH}{token}")
