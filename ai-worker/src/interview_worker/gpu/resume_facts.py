"""What questions may use of a résumé. Name, contact data and school never come here."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from interview_core.plan import read_applicant
from interview_worker.masking import mask

_MAX_FACT = 50
_UNFIT = re.compile(r"[{}<>|\n\r\t]|_{3,}|[○◯□■]{2,}|[XxOo]{3,}")


@dataclass(frozen=True)
class ResumeFacts:
    """Short facts by kind, and masked passages, all from the résumé itself."""

    projects: tuple[str, ...] = ()
    employers: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    quotes: Mapping[str, str] | None = None
    """The résumé's words about a project or employer, by its name."""
    passages: tuple[str, ...] = ()
    technologies: frozenset[str] = frozenset()
    """Those that the résumé names anywhere."""
    is_senior: bool = False

    def quote_of(self, fact: str) -> str:
        """Return the résumé's words about a fact; the fact itself when there are no others."""
        return (self.quotes or {}).get(fact, fact)

    def named_in(self, text: str) -> str | None:
        """Return the first project, employer or skill that the text names."""
        facts = (*self.projects, *self.employers, *self.skills)
        return next((fact for fact in facts if len(fact) > 1 and _is_named(fact, text)), None)

    def prompt_text(self, limit: int) -> str:
        """Return the facts as lines for a prompt, cut at about `limit` characters, whole lines only."""
        named = [f"- {', '.join(facts)}" for facts in (self.projects, self.employers, self.skills) if facts]
        return "\n".join(_within([*named, *self.passages], limit))


def read_facts(profile: Mapping[str, Any] | None, passages: Iterable[str] = ()) -> ResumeFacts:
    """Return what a stored profile and its masked passages offer; an absent profile offers nothing."""
    profile, applicant = profile or {}, read_applicant(profile)
    projects, employments = profile.get("projects") or [], profile.get("employments") or []
    quotes = {
        **{job["company"]: _joined(job["company"], job.get("role")) for job in employments if job.get("company")},
        **{project["name"]: _project_quote(project) for project in projects if project.get("name")},
    }
    return ResumeFacts(
        projects=_usable(project.get("name") for project in projects),
        employers=_usable(job.get("company") for job in employments),
        skills=_usable(profile.get("skills") or []),
        quotes=quotes,
        passages=tuple(passages),
        technologies=applicant.skills,
        is_senior=applicant.level == "senior",
    )


def usable_fact(fact: str | None) -> str | None:
    """Return a fact as it may stand in a question; None when it would spoil one, or holds something personal."""
    cleaned = (fact or "").strip()
    is_fit = 0 < len(cleaned) <= _MAX_FACT and not _UNFIT.search(cleaned) and mask(cleaned) == cleaned
    return cleaned if is_fit else None


def _usable(facts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for fact in map(usable_fact, facts) if fact))


def _project_quote(project: Mapping[str, Any]) -> str:
    return _joined(project["name"], *(project.get("achievements") or [])[:1])


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _is_named(fact: str, text: str) -> bool:
    """Tell whether a text names a fact: not Go in "Google", but in "Go를"; spaces may differ."""
    words = r"\s*".join(map(re.escape, fact.split()))
    edges = (r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])") if fact.isascii() else ("", "")
    return re.search(edges[0] + words + edges[1], text, re.IGNORECASE) is not None


def _within(lines: Iterable[str], limit: int) -> list[str]:
    kept: list[str] = []
    for line in lines:
        limit -= len(line) + 1
        if limit < 0:
            break
        kept.append(line)
    return kept
