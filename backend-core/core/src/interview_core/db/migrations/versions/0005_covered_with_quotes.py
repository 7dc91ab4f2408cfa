"""What an answer covers has room for the quote that shows it"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        UPDATE evaluation
        SET content = jsonb_set(content, '{covered}', (
            SELECT coalesce(jsonb_agg(
                CASE jsonb_typeof(item)
                    WHEN 'string' THEN jsonb_build_object('text', item, 'evidence', NULL)
                    ELSE item
                END
            ORDER BY place), '[]'::jsonb)
            FROM jsonb_array_elements(content -> 'covered') WITH ORDINALITY AS listed (item, place)
        ))
        WHERE jsonb_typeof(content -> 'covered') = 'array'
        """
    )


def downgrade() -> None:
    raise NotImplementedError("a downgrade would lose data; restore a backup instead")
