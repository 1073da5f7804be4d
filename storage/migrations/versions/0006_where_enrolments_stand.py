"""Since when an enrolment waits for its next step: a sequence that is edited may give that another delay."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enrolments", sa.Column("stepped_at", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("enrolments", "stepped_at")
