"""POST /auth/…: accounts and tokens."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Depends, Form, Response

from interview_api.auth import service
from interview_api.auth.schemas import AccessToken, ChangePassword, GivenPassword, Register, Username
from interview_api.auth.tokens import AccessClaims, read_access_token
from interview_api.auth.users import comparable_username
from interview_api.dependencies import Address, AppResources, Database, Me, optional_bearer
from interview_api.errors import error_docs
from interview_api.settings import ApiSettings
from interview_api.users.schemas import User
from interview_core.errors import TokenInvalid

COOKIE = "refresh_token"
COOKIE_PATH = "/api/v1/auth"

router = APIRouter(prefix="/auth", tags=["auth"])

RefreshCookie = Annotated[str | None, Cookie(alias=COOKIE, max_length=200)]


@router.post("/register", status_code=201, responses=error_docs(409, 422))
async def register_user(body: Register, resources: AppResources, address: Address) -> User:
    """Create an account. Sign in with it afterwards."""
    await resources.limits.count_registration(address)
    return User.model_validate(await service.register(resources, body))


@router.post("/token", responses=error_docs(401, 422))
async def sign_in(
    username: Annotated[Username, Form()],
    password: Annotated[GivenPassword, Form()],
    resources: AppResources,
    address: Address,
    response: Response,
) -> AccessToken:
    """Sign in with an OAuth2 password form.

    The access token goes into `Authorization: Bearer <token>`; the refresh token comes as an httpOnly cookie for
    `POST /api/v1/auth/refresh`.
    """
    account = comparable_username(username)
    await resources.limits.count_sign_in(account, address)
    tokens = await service.sign_in(resources, account, password)
    await resources.limits.forgive_sign_in(account, address)
    return _hand_out(tokens, response, resources.settings)


@router.post("/refresh", responses=error_docs(401, 422))
def refresh_token(
    resources: AppResources, session: Database, response: Response, refresh_token: RefreshCookie = None
) -> AccessToken:
    """Exchange the refresh cookie for a new access token and a new cookie. An old cookie ends the session."""
    tokens = service.refresh_tokens(session, resources.settings, refresh_token)
    return _hand_out(tokens, response, resources.settings)


@router.post("/logout", status_code=204, responses=error_docs(422))
def sign_out(
    resources: AppResources,
    session: Database,
    response: Response,
    token: Annotated[str | None, Depends(optional_bearer)],
    refresh_token: RefreshCookie = None,
) -> None:
    """End this session: its access and refresh tokens stop working at once."""
    service.end_session(session, refresh_token, _claims(token, resources.settings))
    response.delete_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="strict")


@router.put("/password", status_code=204, responses=error_docs(401, 403, 422))
async def change_password(
    body: ChangePassword, user: Me, resources: AppResources, address: Address, response: Response
) -> None:
    """Set a new password. Every session of the account ends, this one too: sign in again."""
    await resources.limits.count_sign_in(user.username, address)
    await service.change_password(resources, user.id, body)
    response.delete_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="strict")


def _hand_out(tokens: service.Tokens, response: Response, settings: ApiSettings) -> AccessToken:
    response.set_cookie(
        COOKIE,
        str(tokens.refresh),
        max_age=settings.refresh_token_lifetime_s,
        path=COOKIE_PATH,
        httponly=True,
        samesite="strict",
        secure=settings.is_cookie_secure,
    )
    return AccessToken(access_token=tokens.access, expires_in=settings.access_token_lifetime_s)


def _claims(token: str | None, settings: ApiSettings) -> AccessClaims | None:
    try:
        return read_access_token(token, settings) if token else None
    except TokenInvalid:
        return None
