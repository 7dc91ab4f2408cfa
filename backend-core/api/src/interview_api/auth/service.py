"""Accounts and login sessions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import structlog
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from interview_api.auth.schemas import ChangePassword, Register
from interview_api.auth.tokens import AccessClaims, RefreshToken, sign_access_token
from interview_api.auth.users import comparable_username, find_user
from interview_api.resources import Resources
from interview_api.settings import ApiSettings
from interview_core.db.tables import LoginSession, Role, User
from interview_core.errors import Conflict, NotAllowed, TokenInvalid

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Tokens:
    access: str
    refresh: RefreshToken


async def register(resources: Resources, body: Register) -> User:
    """Create a candidate's account, or raise Conflict when the name is taken."""
    password_hash = await resources.passwords.hash(body.password)
    return await run_in_threadpool(_create_user, resources, body, password_hash)


def _create_user(resources: Resources, body: Register, password_hash: str) -> User:
    user = User(
        username=comparable_username(body.username),
        display_name=body.display_name or body.username,
        password_hash=password_hash,
        role=Role.CANDIDATE,
        language=body.language,
    )
    with resources.sessions() as session:
        session.add(user)
        try:
            session.commit()
        except IntegrityError:
            raise Conflict("This username is taken; choose another or sign in.", code="USERNAME_TAKEN") from None
        session.refresh(user)
    return user


async def sign_in(resources: Resources, username: str, password: str) -> Tokens:
    """Begin a login session, or raise TokenInvalid; an unknown name costs the same time and gives the same answer."""
    async with resources.passwords.turn:
        user = await run_in_threadpool(_find_enabled, resources, username)
        if not await resources.passwords.verify(password, user.password_hash if user else None) or user is None:
            raise TokenInvalid("The username or the password is wrong.", code="WRONG_CREDENTIALS")
        return await run_in_threadpool(_begin_session, resources, user.id)


def _find_enabled(resources: Resources, username: str) -> User | None:
    with resources.sessions() as session:
        user = find_user(session, username)
    return user if user and user.disabled_at is None else None


def _begin_session(resources: Resources, user_id: UUID) -> Tokens:
    settings = resources.settings
    refresh = RefreshToken.new(uuid4())
    with resources.sessions() as session:
        session.execute(
            delete(LoginSession).where(col(LoginSession.user_id) == user_id, col(LoginSession.expires_at) < func.now())
        )
        session.add(
            LoginSession(
                id=refresh.session_id,
                user_id=user_id,
                token_hash=refresh.hash(),
                expires_at=datetime.now(UTC) + timedelta(seconds=settings.refresh_token_lifetime_s),
            )
        )
        session.commit()
    return Tokens(sign_access_token(AccessClaims(user_id, refresh.session_id), settings), refresh)


def refresh_tokens(session: Session, settings: ApiSettings, cookie: str | None) -> Tokens:
    """Rotate the refresh token and return a new pair.

    Raises:
        TokenInvalid: no token, an unknown one, or an old one; an old one beyond the grace ends the whole session.
    """
    token = RefreshToken.parse(cookie)
    if token is None:
        raise TokenInvalid("Sign in first: POST /api/v1/auth/token.", code="NOT_AUTHENTICATED")
    login = _lock_session(session, token.session_id)
    successor = token.next(settings)
    if token.hash() == login.token_hash:
        login.previous_token_hash, login.token_hash = login.token_hash, successor.hash()
        login.rotated_at = session.exec(select(func.clock_timestamp())).one()
        session.add(login)
        session.commit()
    elif not _is_in_grace(session, login, token, settings):
        _revoke(session, login, "refresh_reuse")
        log.warning("refresh token reused", session_id=str(login.id), user_id=str(login.user_id))
        raise TokenInvalid("This session was ended for safety; sign in again.", code="SESSION_REVOKED")
    return Tokens(sign_access_token(AccessClaims(login.user_id, login.id), settings), successor)


def _lock_session(session: Session, session_id: UUID) -> LoginSession:
    row = session.exec(
        select(LoginSession, User.disabled_at, col(LoginSession.expires_at) > func.now())
        .join(User, col(User.id) == col(LoginSession.user_id))
        .where(LoginSession.id == session_id)
        .with_for_update(of=LoginSession)
    ).one_or_none()
    if row is None:
        raise TokenInvalid("The refresh token is not valid; sign in again.")
    login, disabled_at, is_current = row
    if login.revoked_at is not None or disabled_at is not None or not is_current:
        raise TokenInvalid("This session has ended; sign in again.", code="SESSION_REVOKED")
    return login


def _is_in_grace(session: Session, login: LoginSession, token: RefreshToken, settings: ApiSettings) -> bool:
    if token.hash() != login.previous_token_hash:
        return False
    now: datetime = session.exec(select(func.clock_timestamp())).one()
    return (now - login.rotated_at).total_seconds() <= settings.refresh_grace_s


def _revoke(session: Session, login: LoginSession, reason: str) -> None:
    login.revoked_at = session.exec(select(func.now())).one()
    login.revoked_reason = reason
    session.add(login)
    session.commit()


def end_session(session: Session, cookie: str | None, signed_in: AccessClaims | None) -> None:
    """End the session of the refresh cookie and that of the access token, whichever are there."""
    token = RefreshToken.parse(cookie)
    login = session.get(LoginSession, token.session_id, with_for_update=True) if token else None
    if token and login and token.hash() in (login.token_hash, login.previous_token_hash):
        _revoke_sessions(session, login.user_id, "signed_out", only=login.id)
    if signed_in:
        _revoke_sessions(session, signed_in.user_id, "signed_out", only=signed_in.session_id)
    session.commit()


async def change_password(resources: Resources, user_id: UUID, body: ChangePassword) -> None:
    """Set a new password and end every session of the user, or raise NotAllowed when the present one is wrong."""
    present = await run_in_threadpool(_password_hash, resources, user_id)
    if not await resources.passwords.verify(body.current_password, present):
        raise NotAllowed("The present password is wrong.", code="WRONG_PASSWORD")
    new = await resources.passwords.hash(body.new_password)
    await run_in_threadpool(_store_password, resources, user_id, present, new)


def _password_hash(resources: Resources, user_id: UUID) -> str | None:
    with resources.sessions() as session:
        return session.exec(select(User.password_hash).where(User.id == user_id)).one_or_none()


def _store_password(resources: Resources, user_id: UUID, present: str | None, new: str) -> None:
    with resources.sessions() as session:
        changed = session.execute(
            update(User)
            .where(col(User.id) == user_id, col(User.password_hash) == present)
            .values(password_hash=new)
            .returning(col(User.id))
        ).one_or_none()
        if changed is None:
            raise NotAllowed("The present password is wrong.", code="WRONG_PASSWORD")
        _revoke_sessions(session, user_id, "password_changed")
        session.commit()


def _revoke_sessions(session: Session, user_id: UUID, reason: str, *, only: UUID | None = None) -> None:
    ending = update(LoginSession).where(col(LoginSession.user_id) == user_id, col(LoginSession.revoked_at).is_(None))
    if only:
        ending = ending.where(col(LoginSession.id) == only)
    session.execute(ending.values(revoked_at=func.now(), revoked_reason=reason))
