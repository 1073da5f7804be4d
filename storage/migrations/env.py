"""Runs migrations on the connection that `storage.database` hands over, inside its transaction."""

from alembic import context

import storage.tables  # noqa: F401 - tables register themselves
from storage.columns import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
