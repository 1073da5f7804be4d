"""Everything that touches the world: Telegram, the clock, processes, the web, the commands."""
