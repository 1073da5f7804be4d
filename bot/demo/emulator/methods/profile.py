"""The bot itself: who it is, its commands and descriptions."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.demo.emulator import refusals, wire
from bot.demo.emulator.parameters import Parameters
from bot.demo.emulator.refusals import Refused
from bot.demo.emulator.world import World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def get_me(world: World, _asked: Parameters) -> Any:
    """Describe the bot."""
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return wire.user(world.bot) | abilities


def set_my_commands(world: World, asked: Parameters) -> bool:
    """Set the command menu for a scope and a language."""
    commands = asked.items("commands")
    if commands is None:
        raise Refused(refusals.required("commands"))
    world.commands[_audience(asked)] = [_command(item) for item in commands]
    return True


def get_my_commands(world: World, asked: Parameters) -> Any:
    """Return the command menu of a scope and a language."""
    return world.commands.get(_audience(asked), [])


def delete_my_commands(world: World, asked: Parameters) -> bool:
    """Delete the command menu of a scope and a language."""
    world.commands.pop(_audience(asked), None)
    return True


def agree(_world: World, _asked: Parameters) -> bool:
    """Answer yes to what changes nothing that people see here."""
    return True


def _command(item: Any) -> dict[str, str]:
    if not isinstance(item, dict):
        raise Refused(refusals.COMMAND_INVALID)
    name = str(item.get("command", "")).removeprefix("/")
    if not _COMMAND.fullmatch(name):
        raise Refused(refusals.COMMAND_INVALID)
    return {"command": name, "description": str(item.get("description", ""))}


def _audience(asked: Parameters) -> tuple[str, str, str]:
    scope = asked.mapping("scope") or {"type": "default"}
    return str(scope.get("type")), str(scope.get("chat_id", "")), asked.text("language_code")


METHODS: Mapping[str, Callable[[World, Parameters], Any]] = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": agree,
    "setMyDescription": agree,
    "setMyShortDescription": agree,
    "setChatMenuButton": agree,
    "logOut": agree,
    "close": agree,
}
