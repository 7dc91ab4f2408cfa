"""The database itself refuses emotions of an assessment, and figures of pictures without consent"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_PURPOSE_STAYS = """
CREATE FUNCTION refuse_other_purpose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the purpose of an interview never changes' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER interview_purpose_stays BEFORE UPDATE OF purpose ON interview
    FOR EACH ROW WHEN (OLD.purpose IS DISTINCT FROM NEW.purpose) EXECUTE FUNCTION refuse_other_purpose();
"""

_CONSENT = """
CREATE FUNCTION refuse_emotion_outside_practice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM interview WHERE id = NEW.interview_id AND purpose = 'practice') THEN
        RAISE EXCEPTION 'emotions are for practice only' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_to_emotion_only_in_practice BEFORE INSERT OR UPDATE ON consent
    FOR EACH ROW WHEN (NEW.purpose = 'emotion' AND NEW.is_granted)
    EXECUTE FUNCTION refuse_emotion_outside_practice();
"""

# The lock waits for a withdrawal that is under way, which holds the interview; its decision is then the newest.
_FRAMES = """
CREATE FUNCTION refuse_frame_without_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM interview WHERE id = NEW.interview_id AND purpose = 'practice' FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'emotions are for practice only' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT is_granted FROM consent WHERE interview_id = NEW.interview_id AND purpose = 'emotion'
        ORDER BY at DESC LIMIT 1) IS NOT TRUE THEN
        RAISE EXCEPTION 'the candidate has not consented' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frame_only_with_consent BEFORE INSERT OR UPDATE ON frame_analysis
    FOR EACH ROW EXECUTE FUNCTION refuse_frame_without_consent();
"""


def upgrade() -> None:
    # What such an interview may hold from before could not have been written today.
    op.execute(
        "DELETE FROM frame_analysis USING interview"
        " WHERE interview.id = frame_analysis.interview_id AND interview.purpose <> 'practice'"
    )
    for rule in (_PURPOSE_STAYS, _CONSENT, _FRAMES):
        op.execute(rule)


def downgrade() -> None:
    raise NotImplementedError("a downgrade would lose data; restore a backup instead")
