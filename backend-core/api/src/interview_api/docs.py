"""What /docs says beside the routes."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

TAGS = [
    {"name": "auth", "description": "Accounts, sign-in, tokens."},
    {"name": "users", "description": "Your own profile."},
    {"name": "resumes", "description": "Upload a résumé and follow how it is read."},
    {"name": "interviews", "description": "Start an interview, answer, follow it live."},
    {"name": "speech", "description": "Answer by voice, hear questions, coaching on delivery."},
    {"name": "reports", "description": "What came of an interview, and what changed since the one before."},
    {"name": "question sets", "description": "Five questions about a résumé, without an interview."},
    {"name": "learning", "description": "What to learn next, by résumé and report."},
    {"name": "system", "description": "What works right now."},
    {"name": "operations", "description": "Jobs, workers and requests for a human review, for operators."},
]

DESCRIPTION = """
The whole path with `curl`, from an account to a report:

```sh
API=http://localhost:8000/api/v1

# 1. An account, and a token for it (15 minutes; /auth/refresh renews it with the cookie)
curl -s $API/auth/register -H 'Content-Type: application/json' \\
  -d '{"username": "haneul", "password": "blue sky 7", "language": "en"}'
TOKEN=$(curl -s $API/auth/token -c cookies.txt -d username=haneul -d 'password=blue sky 7' | jq -r .access_token)
AUTH="Authorization: Bearer $TOKEN"

# 2. A résumé; it is read in the background until its status is ready. What was read wrong can be corrected.
RESUME=$(curl -s $API/resumes -H "$AUTH" -F file=@resume.pdf | jq -r .id)
curl -sN --max-time 20 $API/resumes/$RESUME/events -H "$AUTH"
curl -s $API/resumes/$RESUME -H "$AUTH" | jq .status,.profile.name
curl -s -X PATCH $API/resumes/$RESUME/profile -H "$AUTH" -H 'Content-Type: application/json' \\
  -d '{"name": "Haneul Kim"}' | jq .profile.name,.corrected_fields

#    Or without a file, as JSON (its fields: see POST /resumes/json below)
curl -s $API/resumes/json -H "$AUTH" -H 'Content-Type: application/json' \\
  -d '{"name": "Haneul Kim", "employments": [{"company": "Acme", "start": "2021-03", "is_current": true}]}' | jq .id

# 3. An interview; its first question is there at once
INTERVIEW=$(curl -s $API/interviews -H "$AUTH" -H 'Content-Type: application/json' -H 'Idempotency-Key: first-try' \\
  -d '{"resume_id": "'$RESUME'", "scenario_id": "short", "language": "en", "target_role": "Backend engineer",
       "consents": {"scoring": true}}' | jq -r .id)
QUESTION=$(curl -s $API/interviews/$INTERVIEW -H "$AUTH" | jq -r '.turns[-1].question | .id')

# 4. Answer; the next question is streamed, and then the last of turns
curl -s $API/interviews/$INTERVIEW/answers -H "$AUTH" -H 'Content-Type: application/json' \\
  -d '{"question_id": "'$QUESTION'", "text": "A Redis cache cut our p99 latency by 40 %."}' | jq .pending_question
curl -sN --max-time 30 $API/interviews/$INTERVIEW/events -H "$AUTH"

# 5. Answer until the plan is done, or end it; then read the report
curl -s -X POST $API/interviews/$INTERVIEW/finish -H "$AUTH" | jq .report_status
curl -s $API/interviews/$INTERVIEW/report -H "$AUTH" | jq .status,.overall_score,.not_scored_reason

#    How did that come about? And if it looks wrong: a person looks at it
curl -s "$API/interviews/$INTERVIEW/report/explanation?language=en" -H "$AUTH" | jq '.sentences[]'
curl -s $API/interviews/$INTERVIEW/report/reviews -H "$AUTH" -H 'Content-Type: application/json' \\
  -d '{"text": "My second answer told how we agreed; the score says it did not."}' | jq .state

# 6. Besides interviews: five questions in one response (or a job, when they take longer), and what to learn next
curl -s "$API/question-sets?wait=30" -H "$AUTH" -H 'Content-Type: application/json' \\
  -d '{"resume_id": "'$RESUME'", "target_role": "Backend engineer", "language": "en"}' | jq '.questions[].text'
LEARNING=$(curl -s $API/learning-paths -H "$AUTH" -H 'Content-Type: application/json' \\
  -d '{"resume_id": "'$RESUME'", "language": "en"}' | jq -r .id)
curl -sN --max-time 20 $API/learning-paths/$LEARNING/events -H "$AUTH"
curl -s $API/learning-paths/$LEARNING -H "$AUTH" | jq '.items[] | .type, .title, .reason, .link.url'
```

Every error has the same body: `detail` for people, `error_code` for programs, `timestamp`, `details` (the fields
that were refused), and `request_id`, which is also in the header `X-Request-ID` and in the logs.
Another user's objects answer 404. What no model judged has no score, and says why.
"""


class DocumentedApi(FastAPI):
    """Says that errors are JSON on every route; FastAPI gives them the type of the route's success, as of a stream."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        for methods in document["paths"].values():
            for operation in methods.values():
                for status, response in operation["responses"].items():
                    if status >= "400":
                        response["content"] = {"application/json": next(iter(response["content"].values()))}
        return document


_ASSETS = "/docs/assets"


def add_docs(app: FastAPI) -> None:
    """Serve the documentation at /docs, with its scripts from here, so that it also works without the internet."""
    app.mount(_ASSETS, StaticFiles(packages=[("fastapi_offline", "static")]), name="docs-assets")
    app.add_route("/docs", _show_docs, include_in_schema=False)


async def _show_docs(request: Request) -> HTMLResponse:
    return get_swagger_ui_html(
        openapi_url=request.app.openapi_url,
        title=request.app.title,
        swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
        swagger_css_url=f"{_ASSETS}/swagger-ui.css",
        swagger_favicon_url=f"{_ASSETS}/favicon.png",
    )
