"""An emulator of Telegram's Bot API: strict as the real one, and with people to talk to."""

from bot.demo.emulator.emulator import Emulator
from bot.demo.emulator.faults import (
    ConnectionDropAfter,
    Delay,
    Fault,
    ServerError,
    TimeoutAfter,
    TimeoutBefore,
    TooManyRequests,
)
from bot.demo.emulator.formatting import FormattedText, typed
from bot.demo.emulator.groups import Channel, Group
from bot.demo.emulator.ledger import Call
from bot.demo.emulator.limits import Limits
from bot.demo.emulator.markup import Button, KeyButton
from bot.demo.emulator.messages import Contact, Dice, Location, Media, Message, Poll
from bot.demo.emulator.people import Person
from bot.demo.emulator.refusals import Refusal
from bot.demo.emulator.spec import Violation
from bot.demo.emulator.taps import NoSuchButton, Tap
from bot.demo.emulator.world import Change

__all__ = [
    "Button",
    "Call",
    "Change",
    "Channel",
    "ConnectionDropAfter",
    "Contact",
    "Delay",
    "Dice",
    "Emulator",
    "Fault",
    "FormattedText",
    "Group",
    "KeyButton",
    "Limits",
    "Location",
    "Media",
    "Message",
    "NoSuchButton",
    "Person",
    "Poll",
    "Refusal",
    "ServerError",
    "Tap",
    "TimeoutAfter",
    "TimeoutBefore",
    "TooManyRequests",
    "Violation",
    "typed",
]
