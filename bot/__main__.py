"""Runs `hotlead` as `python -m bot`."""

from bot.commands import main

main()
