"""Make a user an operator: `python -m interview_api.make_operator USERNAME`; a new one is created with a prompt."""

import argparse
import getpass
import sys

from pydantic import ValidationError
from sqlmodel import Session

from interview_api.auth.passwords import Passwords
from interview_api.auth.schemas import Register
from interview_api.auth.users import comparable_username, find_user
from interview_core.contract.broker import Broker
from interview_core.db.engine import make_engine, make_session_factory
from interview_core.db.tables import Role, User
from interview_core.errors import InterviewError
from interview_core.settings import BrokerSettings, DatabaseSettings, load_settings


class OperatorSettings(DatabaseSettings, BrokerSettings):
    """What this command reads."""


def make_operator(session: Session, username: str) -> User:
    """Give the user the role of an operator; a new user's password is asked for at the terminal."""
    user = find_user(session, username) or _new_user(username)
    user.role = Role.OPERATOR
    session.add(user)
    session.commit()
    return user


def _new_user(username: str) -> User:
    body = Register(username=username, password=getpass.getpass(f"Password for the new user {username}: "))
    if getpass.getpass("Once more: ") != body.password:
        sys.exit("The two passwords differ; nothing was changed.")
    return User(
        username=comparable_username(body.username),
        display_name=body.username,
        password_hash=Passwords(threads=1).hash_now(body.password),
        language=body.language,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="interview_api.make_operator", description=__doc__)
    parser.add_argument("username")
    username: str = parser.parse_args().username
    try:
        settings = load_settings(OperatorSettings)
        engine = make_engine(settings.database_url, pool_size=1)
        with make_session_factory(engine, Broker(settings.redis_url))() as session:
            user = make_operator(session, username)
    except InterviewError as error:
        sys.exit(str(error))
    except ValidationError as error:
        sys.exit("; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()))
    sys.stdout.write(f"{user.username} is an operator now.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
