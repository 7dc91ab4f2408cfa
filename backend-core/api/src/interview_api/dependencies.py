"""What routes ask for in their signatures."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Query, Request
from fastapi.security import OAuth2PasswordBearer
from sqlmodel import Session

from interview_api.auth.tokens import read_access_token
from interview_api.auth.users import find_signed_in
from interview_api.middleware import address_of
from interview_api.resources import Resources
from interview_core.db.tables import Language, Role
from interview_core.errors import NotAllowed, TokenInvalid

optional_bearer = OAuth2PasswordBearer(
    tokenUrl="/api/v1/auth/token",
    auto_error=False,
    description="Sign in with your username and password; every request then carries `Authorization: Bearer <token>`.",
)


async def get_resources(request: Request) -> Resources:
    resources: Resources = request.app.state.resources
    return resources


AppResources = Annotated[Resources, Depends(get_resources)]


def open_session(resources: AppResources) -> Iterator[Session]:
    with resources.sessions() as session:
        yield session


# Closed as soon as the route's function returns, so that a stream or a slow client holds no connection.
Database = Annotated[Session, Depends(open_session, scope="function")]


async def client_address(request: Request) -> str:
    return address_of(request.scope)


Address = Annotated[str, Depends(client_address)]


@dataclass(frozen=True)
class CurrentUser:
    """Who makes the request, as the database says now."""

    id: UUID
    session_id: UUID
    username: str
    display_name: str
    role: Role
    language: Language
    created_at: datetime


def current_user(resources: AppResources, token: Annotated[str | None, Depends(optional_bearer)]) -> CurrentUser:
    """Return the user of the access token.

    Raises:
        TokenInvalid: no token, a wrong one, or one whose session has ended.
    """
    if not token:
        raise TokenInvalid("Sign in first: POST /api/v1/auth/token.", code="NOT_AUTHENTICATED")
    claims = read_access_token(token, resources.settings)
    with resources.sessions() as session:
        user = find_signed_in(session, claims)
    if user is None:
        raise TokenInvalid("This session has ended; sign in again.", code="SESSION_REVOKED")
    return CurrentUser(
        id=user.id,
        session_id=claims.session_id,
        username=user.username,
        display_name=user.display_name,
        role=user.role,
        language=user.language,
        created_at=user.created_at,
    )


Me = Annotated[CurrentUser, Depends(current_user)]


def current_operator(user: Me) -> CurrentUser:
    if user.role is not Role.OPERATOR:
        raise NotAllowed("Only operators may do this.")
    return user


Operator = Annotated[CurrentUser, Depends(current_operator)]


async def hold_stream_slot(resources: AppResources) -> AsyncIterator[None]:
    with resources.slots.take():
        yield


StreamSlot = Annotated[None, Depends(hold_stream_slot)]

Limit = Annotated[int, Query(ge=1, le=100, description="How many items to return.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="How many items to skip.")]

LastEventId = Annotated[
    str | None,
    Header(alias="Last-Event-ID", max_length=100, description="The id of the last event seen, to go on after it."),
]
