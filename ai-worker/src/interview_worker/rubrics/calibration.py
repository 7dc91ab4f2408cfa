"""Whether scores of a rubric, a prompt and a model were checked against human judges."""

import functools
from collections.abc import Mapping, Sequence
from datetime import date as Date  # noqa: N812  a field below has the plain name
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Calibration(BaseModel):
    """A check of scores against human judges."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rubric: str = Field(pattern="^[a-z_]+@[0-9]+$")
    prompt: str = Field(pattern="^evaluate_answer[.](ko|en)@[0-9]+$")
    model: str = Field(min_length=1)
    calibrated_by: str = Field(min_length=1)
    material: str = Field(min_length=1)
    agreement: str = Field(min_length=1)
    date: Date

    def is_for(self, versions: Mapping[str, str | None]) -> bool:
        return (self.rubric, self.prompt, self.model) == tuple(
            versions.get(key) for key in ("rubric", "prompt", "model")
        )


@functools.cache
def load_calibrations() -> tuple[Calibration, ...]:
    """Return what was checked, or raise ValueError when the file is not valid."""
    file = resources.files("interview_worker.rubrics") / "calibrations.yaml"
    return tuple(Calibration.model_validate(item) for item in yaml.safe_load(file.read_text("utf-8"))["calibrations"])


def calibrations_of(
    judged: Sequence[Mapping[str, str | None]], known: Sequence[Calibration] | None = None
) -> list[Calibration]:
    """Return the checks that stand behind judgements of these versions; none when one of them was not checked."""
    known = load_calibrations() if known is None else known
    found = [next((item for item in known if item.is_for(versions)), None) for versions in judged]
    checked = [item for item in found if item is not None]
    return list(dict.fromkeys(checked)) if checked and len(checked) == len(found) else []
