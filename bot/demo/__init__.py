"""The demo: Hotlead in one process, without a token, a server or an account."""
