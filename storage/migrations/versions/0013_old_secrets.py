"""The secret that a receiver had before, and until when it signs, too."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("receivers", sa.Column("old_secret", sa.Text(), nullable=True))
    op.add_column("receivers", sa.Column("old_secret_until", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("receivers", "old_secret_until")
    op.drop_column("receivers", "old_secret")
