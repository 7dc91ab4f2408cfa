"""Bodies of the account routes."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from interview_api.auth.users import comparable_username
from interview_core.db.tables import Language
from interview_core.text import Text, check_text


def _normalize(value: object) -> object:
    return check_text(value) if isinstance(value, str) else value


def _check_username(username: str) -> str:
    comparable = comparable_username(username)
    if not 3 <= len(comparable) <= 150:
        raise ValueError("a username has 3 to 150 characters")
    if any(letter.isspace() or unicodedata.category(letter)[0] in "CZ" for letter in comparable):
        raise ValueError("a username holds no spaces and no invisible characters")
    return username.strip()


Password = Annotated[str, BeforeValidator(_normalize), Field(min_length=8, max_length=128)]
"""A password in any script, in NFC, so that the same typing gives the same text on every system."""

GivenPassword = Annotated[str, BeforeValidator(_normalize), Field(min_length=1, max_length=1024)]
"""A password to be compared with the stored one."""

Username = Annotated[str, BeforeValidator(_normalize), Field(min_length=3, max_length=150)]
DisplayName = Annotated[Text, AfterValidator(str.strip), Field(min_length=1, max_length=100)]


class Body(BaseModel):
    """Base of every request body: a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class Register(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"username": "haneul@example.com", "password": "파란 하늘 7개", "language": "ko"}]
        }
    )

    username: Annotated[Username, AfterValidator(_check_username)] = Field(
        description="A name or an e-mail address; compared without regard to case and width."
    )
    password: Password
    display_name: DisplayName | None = None
    language: Language = Language.KOREAN


class ChangePassword(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"current_password": "파란 하늘 7개", "new_password": "붉은 노을 8번"}]}
    )

    current_password: GivenPassword
    new_password: Password


class AccessToken(BaseModel):
    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = Field(description="Seconds.")
