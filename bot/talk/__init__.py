"""The talk between a manager and a lead, through the bot: passing on, edits, the end."""
