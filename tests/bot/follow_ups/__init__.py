"""Follow-ups without a chat."""
