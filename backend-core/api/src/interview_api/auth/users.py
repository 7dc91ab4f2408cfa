"""Finding users, and how names are compared."""

import unicodedata
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from interview_api.auth.tokens import AccessClaims
from interview_core.db.tables import LoginSession, User


def comparable_username(username: str) -> str:
    """Return the form in which names are stored and compared: two that look the same are the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username.strip()).casefold())


def find_user(session: Session, username: str) -> User | None:
    return session.exec(select(User).where(User.username == comparable_username(username))).one_or_none()


def find_signed_in(session: Session, claims: AccessClaims) -> User | None:
    """Return the user whose login session is alive; signing out, a new password and disabling end it at once."""
    return session.exec(
        select(User)
        .join(LoginSession, col(LoginSession.user_id) == col(User.id))
        .where(
            User.id == claims.user_id,
            col(User.disabled_at).is_(None),
            *is_session_alive(claims.session_id),
        )
    ).one_or_none()


def is_session_alive(session_id: UUID) -> list[ColumnElement[bool]]:
    """Return the conditions under which a login session counts."""
    return [
        col(LoginSession.id) == session_id,
        col(LoginSession.revoked_at).is_(None),
        col(LoginSession.expires_at) > func.now(),
    ]
