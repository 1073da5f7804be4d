"""Quiz documents and the engine that walks a session through one: pure, no I/O."""
