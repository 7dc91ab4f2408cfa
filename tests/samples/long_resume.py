"""A résumé of many full pages, as somebody writes it who leaves nothing out: each line says something else."""

from functools import cache
from itertools import islice, product

import pymupdf

from tests.samples.resume_corpus import Sample, draw_pdf

_HEAD = """김서연
백엔드 개발자
seoyeon.kim@example.com | 010-4821-7753

# 경력
한빛커머스 >> 2021.03 ~ 현재
백엔드 개발자
- 주문과 결제 API를 설계하고 운영

# 기술
Java, Kotlin, Spring Boot, Redis, Kafka, PostgreSQL

# 프로젝트"""
_WHAT = (
    "주문 조회", "정산 배치", "재고 동기화", "알림 발송", "쿠폰 지급", "배송 추적", "회원 등급", "검색 색인",
)  # fmt: skip
_HOW = (
    "캐시를 두어", "작은 서비스로 나누어", "비동기 이벤트로 바꾸어", "색인을 다시 만들어", "읽기 복제본을 두어",
)  # fmt: skip
_MOST_ON_A_PAGE = 8
_STACKS = ("Java, Spring Boot, Redis", "Kotlin, Kafka, PostgreSQL", "Go, gRPC, Kubernetes", "Python, FastAPI, MySQL")


@cache
def make_long_resume(pages: int) -> bytes:
    """Return a PDF of so many pages, each of them full of text."""
    topics = islice(product(_HOW * pages, _WHAT), pages * _MOST_ON_A_PAGE)
    blocks = [_HEAD, *(_project(number, what, how) for number, (how, what) in enumerate(topics))]
    drawn = draw_pdf(Sample("long", "word", "\n".join(blocks), {}, True, False))
    with pymupdf.open(stream=drawn, filetype="pdf") as document:
        document.select(range(pages))
        content: bytes = document.tobytes(garbage=4, deflate=True)
    return content


def _project(number: int, what: str, how: str) -> str:
    year, before, after = 2010 + number % 14, 900 - number % 400, 90 + number % 60
    return f"""{what} 개선 {number + 1}차 >> {year}.02 ~ {year}.10
{what}가 몰리는 시간의 지연을 줄이려고 {how} 구조를 다시 설계했고, 장애가 나도 {number + 3}분 안에 되돌렸습니다.
사용 기술: {_STACKS[number % len(_STACKS)]}
- p99 응답 시간을 {before}ms에서 {after}ms로 줄이고 {what} 실패율을 0.{number % 9 + 1}%로 낮춤
- {what} 데이터 {number + 2}억 건을 서비스를 멈추지 않고 옮기는 도구를 만들어 팀 {number % 5 + 2}곳이 함께 사용
- 신입 개발자 {number % 4 + 1}명의 코드 리뷰와 온보딩을 맡음"""
