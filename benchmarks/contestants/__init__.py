"""The bots that are measured: each answers the same quiz, and is fed with the same people's updates."""
