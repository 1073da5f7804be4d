"""Receivers: the owner's CRM, or whatever listens for it, is told what happens to leads."""
