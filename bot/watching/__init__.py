"""Watching the work from outside: health, metrics, and `hotlead status`."""
