"""E-mail: whom it is sent through, and how the outbox's e-mails get there."""
