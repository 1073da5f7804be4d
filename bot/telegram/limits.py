"""How long Telegram may take, and how much it gives, whichever framework asks."""

ANSWER_WITHIN = 20
"""Seconds to wait for the answer to a request before its fate is called unknown."""
NAMED_WITHIN = 20
"""Seconds to wait when only names of files are sent."""
MOVED_WITHIN = 180
"""Seconds to wait when their bytes are: 20 MB at 1 Mbit/s."""
LARGEST_DOWNLOAD = 20 * 1024 * 1024
"""Bytes a bot may fetch. Source: Bot API, getFile."""
