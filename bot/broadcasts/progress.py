"""How a broadcast fares, in numbers."""

from __future__ import annotations

from bot.broadcasts.content import Content
from bot.hand_off.card import isolated
from bot.texts import Html, escaped, say
from storage.broadcasts import Broadcast, BroadcastState, Numbers, Reached

GIST = 60
"""Letters by which an admin knows which broadcast it is."""
OVER = (BroadcastState.DONE, BroadcastState.CANCELLED)


def progress(broadcast: Broadcast, numbers: Numbers, language: str) -> Html:
    """Say how a broadcast stands: what is worth knowing only where it is more than nothing."""
    sent, later = numbers.of(Reached.SENT), numbers.of(Reached.LATER)
    lines = [
        heading(broadcast, language),
        Html(f"<i>{escaped(gist(broadcast))}</i>"),
        Html(""),
        say(language, "broadcast.sent", n=sent),
    ]
    if broadcast.state not in OVER:
        lines.append(say(language, "broadcast.to_go", n=to_go(broadcast, numbers)))
    if later:
        lines.append(say(language, "broadcast.later", n=later))
    lines.append(say(language, "broadcast.blocked", n=numbers.of(Reached.BLOCKED)))
    rest = {
        "broadcast.refused": numbers.of(Reached.REFUSED),
        "broadcast.unknown": numbers.of(Reached.UNKNOWN),
        "broadcast.dropped": numbers.of(Reached.DROPPED),
    }
    lines += [say(language, key, n=n) for key, n in rest.items() if n]
    lines.append(say(language, "broadcast.tapped", n=numbers.tapped))
    if numbers.stopped:
        lines.append(say(language, "broadcast.stopped", n=numbers.stopped))
    return Html("\n".join(lines))


def to_go(broadcast: Broadcast, numbers: Numbers) -> int:
    """Return how many are still to get it: those on their way, and those who were counted and not found yet."""
    ahead = 0 if broadcast.found_all else max(broadcast.people - numbers.all, 0)
    return numbers.of(Reached.WAITING) + ahead


def heading(broadcast: Broadcast, language: str) -> Html:
    """Name a broadcast, and say where it stands."""
    return say(language, f"broadcast.state.{broadcast.state}", n=broadcast.id)


def gist(broadcast: Broadcast) -> str:
    """Return how a broadcast's text begins; of a bare file, its name."""
    content = Content.model_validate_json(broadcast.content)
    name = content.attachment.name if content.attachment else ""
    return isolated(content.main.text or name, GIST)
