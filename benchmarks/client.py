"""A candidate who uses the API, for measurements."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any, Self
from uuid import uuid4

import httpx

PASSWORD = "benchmark 비밀번호 1"
API = "/api/v1"


class Candidate:
    """A registered candidate with a connection of their own."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.AsyncClient(base_url=base_url, timeout=60)
        self.username = f"bench-{uuid4().hex[:12]}"

    async def register(self) -> Self:
        await self.call("POST", "/auth/register", json={"username": self.username, "password": PASSWORD})
        await self.sign_in()
        return self

    async def sign_in(self) -> None:
        token = await self.call("POST", "/auth/token", data={"username": self.username, "password": PASSWORD})
        self.http.headers["Authorization"] = f"Bearer {token['access_token']}"

    async def call(self, method: str, path: str, **arguments: Any) -> Any:
        response = await self.http.request(method, API + path, **arguments)
        response.raise_for_status()
        return response.json() if response.content else None

    async def upload(self, pdf: bytes) -> str:
        """Upload a résumé; returns its id."""
        files = {"file": ("resume.pdf", pdf, "application/pdf")}
        return str((await self.call("POST", "/resumes", files=files))["id"])

    async def wait_for_resume(self, resume_id: str, within_s: float = 120) -> None:
        deadline = time.monotonic() + within_s
        while (status := (await self.call("GET", f"/resumes/{resume_id}"))["status"]) != "ready":
            if status == "failed" or time.monotonic() > deadline:
                raise RuntimeError(f"résumé is {status}")
            await asyncio.sleep(0.05)

    async def create_interview(self, resume_id: str, scenario_id: str = "short") -> dict[str, Any]:
        body = {
            "resume_id": resume_id,
            "scenario_id": scenario_id,
            "language": "ko",
            "target_role": "백엔드 개발자",
            "consents": {"scoring": True},
        }
        return dict(await self.call("POST", "/interviews", json=body))

    async def events(self, path: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Yield (kind, data) of a stream of server-sent events."""
        async with self.http.stream("GET", API + path, timeout=None) as response:
            response.raise_for_status()
            kind = "message"
            async for line in response.aiter_lines():
                if line.startswith("event:"):
                    kind = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    yield kind, json.loads(line.removeprefix("data:"))

    async def close(self) -> None:
        await self.http.aclose()
