"""A résumé's profile as everybody uses it."""

from datetime import UTC, datetime
from typing import Any

from interview_core.db.tables import Resume
from interview_core.profiles import apply_corrections


def effective_profile(resume: Resume) -> dict[str, Any] | None:
    """Return what was read, with the candidate's corrections before it; None when nothing was read."""
    if resume.profile is None:
        return None
    return apply_corrections(resume.profile, resume.corrections, datetime.now(UTC).date())


def candidate_names(resume: Resume | None) -> list[str]:
    """Return the names that the résumé may have for its candidate, as corrected and as read, the longest first."""
    profiles = [effective_profile(resume), resume.profile] if resume else []
    names = [profile.get("name") for profile in profiles if profile]
    return sorted({name for name in names if name}, key=lambda name: (-len(name), name))
