"""Questions are spoken while they are only prepared, under the id that they will have"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "prepared_question",
        sa.Column("question_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    )
    op.create_unique_constraint("prepared_question_question_id_key", "prepared_question", ["question_id"])
    op.drop_constraint("spoken_question_question_id_fkey", "spoken_question", type_="foreignkey")


def downgrade() -> None:
    raise NotImplementedError("a downgrade would lose data; restore a backup instead")
