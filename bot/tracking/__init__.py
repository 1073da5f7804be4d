"""Tracked links: buttons that open a page, and what it gives that somebody opened one."""
