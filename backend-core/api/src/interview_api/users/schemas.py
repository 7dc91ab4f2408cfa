"""Bodies of the profile routes."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from interview_api.auth.schemas import Body, DisplayName
from interview_core.db.tables import Language, Role


class User(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    display_name: str
    role: Role
    language: Language
    created_at: datetime


class UpdateUser(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"display_name": "김하늘", "language": "ko"}]})

    display_name: DisplayName | None = None
    language: Language | None = None
