"""What the documentation of the résumé routes shows: one résumé of a page, as this platform reads it."""

from typing import Any

_ID = "5f0c2a7e-3a54-4c39-9d0e-6f1d8f2b7a10"
_CHUNK_ID = "c1d0b1de-93f5-4a57-8a51-0f4c6b1f7f21"
_CLAIM_ID = "8e4a1f66-2b0d-4d7e-b0a4-5c9f3f0e6d32"

RESUME: dict[str, Any] = {
    "id": _ID,
    "filename": "이력서.pdf",
    "media_type": "application/pdf",
    "size_bytes": 7219,
    "status": "pending",
    "step": "upload",
    "percent": 0,
    "pages": None,
    "error": None,
    "created_at": "2026-11-30T09:30:00Z",
    "updated_at": "2026-11-30T09:30:00Z",
}

_READY = {
    **RESUME,
    "status": "ready",
    "step": "embed",
    "percent": 100,
    "pages": 1,
    "updated_at": "2026-11-30T09:30:01Z",
}

_FAILED = {
    **RESUME,
    "id": "1d9f6f0e-7c1b-4f52-8d5e-2a1b7c9e4f43",
    "filename": "잠긴 이력서.pdf",
    "status": "failed",
    "step": "parse",
    "percent": 10,
    "error": {"code": "encrypted"},
}

RESUME_PAGE: dict[str, Any] = {"items": [_READY, _FAILED], "total": 2}

_PROFILE: dict[str, Any] = {
    "name": "김서연",
    "email": "seoyeon@example.com",
    "phone": "010-1234-5678",
    "links": [],
    "target_role": "백엔드 개발자",
    "summary": None,
    "total_experience_months": 69,
    "experience_months_at_least": 69,
    "experience_months_at_most": 69,
    "seniority": "senior",
    "is_career_change": False,
    "employments": [
        {
            "company": "한빛커머스",
            "role": "백엔드 개발자",
            "department": None,
            "start": "2021-03",
            "end": None,
            "is_current": True,
            "description": "- 주문 조회에 Redis 캐시를 넣어 p99 지연을 40% 줄임",
        }
    ],
    "education": [
        {"school": "한국대학교", "degree": "학사", "field": "컴퓨터공학과", "start": "2013-03", "end": "2019-02"}
    ],
    "projects": [],
    "skills": ["Python", "C++", "Redis", "PostgreSQL", "CI/CD"],
    "skill_groups": {
        "languages": [{"name": "Python", "weight": 1}, {"name": "C++", "weight": 2}],
        "frameworks": [],
        "databases": [{"name": "Redis", "weight": 1}, {"name": "PostgreSQL", "weight": 1}],
        "infrastructure": [{"name": "CI/CD", "weight": 1}],
        "data_ai": [],
        "tools": [],
        "methods": [],
        "other": [],
    },
    "certifications": [],
    "activities": [],
    "cover_letter": [],
    "is_resume": True,
    "instructions_found": 0,
    "scanned_pages": [],
    "completed": None,
    # Every value has its source; four are enough here.
    "sources": {
        "/name": [{"page": 1, "box": [50.0, 40.0, 110.0, 64.0], "text": "김서연"}],
        "/employments/0/company": [{"page": 1, "box": [50.0, 149.5, 102.5, 162.1], "text": "한빛커머스"}],
        "/employments/0/start": [{"page": 1, "box": [474.1, 148.7, 509.0, 163.1], "text": "2021.03"}],
        "/skills/0": [{"page": 1, "box": [50.0, 234.5, 80.6, 248.9], "text": "Python"}],
    },
}

RESUME_DETAIL: dict[str, Any] = {
    **_READY,
    "profile": _PROFILE,
    "corrected_fields": ["name"],
    "hidden_text_spans": 2,
    "hidden_text": {"same_color": 2},
}

_EXPERIENCE = "한빛커머스  2021.03 ~ 현재\n백엔드 개발자\n- 주문 조회에 Redis 캐시를 넣어 p99 지연을 40% 줄임"

PASSAGE_LIST: dict[str, Any] = {
    "items": [
        {"section": "contact", "page": 1, "text": "김서연\n백엔드 개발자\n[e-mail] | [phone]"},
        {"section": "experience", "page": 1, "text": _EXPERIENCE},
    ]
}

_CLAIM = "주문 조회에 Redis 캐시를 넣어 p99 지연을 40% 줄임"

CLAIM_LIST: dict[str, Any] = {
    "items": [
        {
            "id": _CLAIM_ID,
            "kind": "experience",
            "about": "한빛커머스",
            "text": _CLAIM,
            "has_figure": True,
            "page": 1,
            "sources": [{"page": 1, "box": [56.4, 180.2, 302.6, 194.6], "text": _CLAIM}],
        }
    ]
}

SEARCH_REQUEST: dict[str, Any] = {"query": "장애나 지연을 줄인 경험", "resume_id": _ID, "limit": 3}

SEARCH_RESULTS: dict[str, Any] = {
    "items": [
        {
            "resume_id": _ID,
            "chunk_id": _CHUNK_ID,
            "section": "experience",
            "page": 1,
            "score": 0.84,
            "text": _EXPERIENCE,
            "claim_ids": [_CLAIM_ID],
        }
    ],
    "embedding_model": "intfloat/multilingual-e5-small",
}

EVENTS = (
    'id: 1764495000000-0\nevent: progress\ndata: {"id": "' + _ID + '", "status": "running", "step": "parse",'
    ' "percent": 10, …}\n\nid: 1764495001000-0\nevent: ready\ndata: {"id": "' + _ID + '", "status": "ready", …}\n\n'
)
