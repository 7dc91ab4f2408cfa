"""The known model files and their licences, from `models.yaml` in the folder of the models."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

CATALOGUE_FILE = "models.yaml"


class CatalogueInvalid(Exception):
    """`models.yaml` is not valid; the message says where."""


class CatalogueMissing(CatalogueInvalid):
    """There is no `models.yaml`."""


class Licence(BaseModel):
    """What may be done with a model. The `gguf_` lists say how a file that was renamed is known by its own header."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    link: str
    non_commercial: bool
    permits: str
    forbids: str | None = None
    asks: str | None = None
    gguf_names: tuple[str, ...] = ()
    """Beginnings of `general.name`."""
    gguf_licences: tuple[str, ...] = ()
    """Values of `general.license` or `general.license.name`."""


class KnownModel(BaseModel):
    """A model file that can be downloaded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")
    title: str
    publisher: str
    page: str
    file: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.gguf$")
    url: str = Field(pattern=r"^https?://")
    licence: str
    """The id of its licence."""
    architecture: str
    context_tokens: int = Field(gt=0)
    machine: str
    chat: str
    size_bytes: int | None = Field(default=None, gt=0)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    is_default: bool = False


class Catalogue(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    licences: tuple[Licence, ...] = ()
    models: tuple[KnownModel, ...] = ()

    @model_validator(mode="after")
    def _check_references(self) -> Self:
        licences = [licence.id for licence in self.licences]
        for model in self.models:
            if model.licence not in licences:
                raise ValueError(f"{model.name} has an unknown licence {model.licence!r}")
        for values in (licences, [model.name for model in self.models], [model.file for model in self.models]):
            if len(set(values)) < len(values):
                raise ValueError("an id, name or file stands there twice")
        return self

    def model(self, name: str) -> KnownModel | None:
        return next((model for model in self.models if model.name == name), None)

    def model_of(self, file_name: str) -> KnownModel | None:
        return next((model for model in self.models if model.file.casefold() == file_name.casefold()), None)

    def licence(self, licence_id: str) -> Licence:
        return next(licence for licence in self.licences if licence.id == licence_id)

    def licence_of(self, file_name: str, *, name: str | None, licences: Sequence[str]) -> Licence | None:
        """Return a file's licence: by its file name, else by the name or the licence in its header; None if unknown."""
        if (model := self.model_of(file_name)) is not None:
            return self.licence(model.licence)
        by_name = [
            licence
            for licence in self.licences
            for start in licence.gguf_names
            if _words(name).startswith(_words(start))
        ]
        stated = {_words(value) for value in licences}
        by_licence = [licence for licence in self.licences if stated.intersection(map(_words, licence.gguf_licences))]
        return next(iter([*by_name, *by_licence]), None)


def load_catalogue(folder: Path) -> Catalogue:
    """Read the folder's `models.yaml`.

    Raises:
        CatalogueMissing: there is none.
        CatalogueInvalid: it is no YAML, or says something that cannot be.
    """
    path = folder / CATALOGUE_FILE
    try:
        return Catalogue.model_validate(yaml.safe_load(path.read_text("utf-8")) or {})
    except FileNotFoundError as error:
        raise CatalogueMissing(f"{path} is missing; it comes with the source code") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CatalogueInvalid(f"{path} cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise CatalogueInvalid(f"{path} is not valid{f' at {place}' if place else ''}: {first['msg']}") from error


def _words(text: str | None) -> str:
    """Return a name as it is compared: `EXAONE-3.5_7.8B` and `exaone 3.5 7.8b` are one."""
    return " ".join(re.findall(r"[a-z0-9]+", (text or "").casefold()))
