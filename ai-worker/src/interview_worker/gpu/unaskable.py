"""Whether a question asks about the person instead of the work, as data in `unaskable.yaml`."""

import functools
import re
from importlib import resources

import yaml


def is_about_the_person(question: str) -> bool:
    """Tell whether a question asks for age, family, origin, belief, health or the like."""
    return _pattern().search(question) is not None


@functools.cache
def _pattern() -> re.Pattern[str]:
    rules = yaml.safe_load(resources.files(__package__).joinpath("unaskable.yaml").read_text("utf-8"))
    return re.compile("|".join(f"(?:{rule})" for rule in rules), re.IGNORECASE)
