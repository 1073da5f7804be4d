"""Scenarios: tests that read as chats, played on the pure engine and by the real bot over HTTP."""
