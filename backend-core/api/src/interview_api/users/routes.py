"""/users/me: the signed-in user's profile."""

from fastapi import APIRouter

from interview_api.dependencies import Database, Me
from interview_api.errors import error_docs
from interview_api.users.schemas import UpdateUser, User
from interview_core.db import tables

router = APIRouter(prefix="/users", tags=["users"])


@router.get("/me", responses=error_docs(401))
def read_me(user: Me) -> User:
    """Return who you are."""
    return User.model_validate(user)


@router.patch("/me", responses=error_docs(401, 422))
def update_me(body: UpdateUser, user: Me, session: Database) -> User:
    """Change your name or language; what is left out stays."""
    row = session.get_one(tables.User, user.id)
    row.sqlmodel_update(body.model_dump(exclude_none=True))
    session.commit()
    return User.model_validate(row)
