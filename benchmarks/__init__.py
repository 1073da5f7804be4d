"""How fast Hotlead is, as a ratio beside what a user would pick instead, in the same run."""
