"""Follow-ups: enrolling, sending what is due, and what people do with it."""
