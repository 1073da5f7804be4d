"""The web server: where tracked links lead, and where an operator's tools look how the bot is."""
