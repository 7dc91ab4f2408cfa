"""Trial P9 for pictures: what was recognised is masked before it becomes a chunk or a claim."""

import pytest

from benchmarks.profiles import profile_of
from interview_worker.cpu.chunks import make_chunks
from interview_worker.cpu.document_reader import ChildDocumentReader
from interview_worker.engines.tesseract import find_tesseract
from interview_worker.masking import ADDRESS, BIRTH_DATE, CARD, EMAIL, NATIONAL_ID, PHONE
from tests.samples.scans import draw_page, to_bytes, to_pdf

pytestmark = pytest.mark.skipif(find_tesseract() is None, reason="Tesseract with Korean is not installed")

SECRETS = {
    "010-4821-7753": PHONE,
    "seoyeon.kim@example.com": EMAIL,
    "900101-1234568": NATIONAL_ID,
    "1994.05.17": BIRTH_DATE,
    "4111 1111 1111 1111": CARD,
    "월드컵북로 396": ADDRESS,
    "02-312-4567": PHONE,
    "help@example.com": EMAIL,
}
LINES = [
    (line, 11.5)
    for line in (
        "이름: 김서연", "휴대폰: 010-4821-7753", "E-mail: seoyeon.kim@example.com", "주민등록번호: 900101-1234568",
        "생년월일: 1994.05.17", "카드번호 4111 1111 1111 1111", "주소: 서울특별시 마포구 월드컵북로 396",
        "경력", "한빛커머스 백엔드 개발자 2021.03 ~ 현재",
        "- 고객 문의 02-312-4567 과 help@example.com 을 자동으로 안내", "기술", "Java, Redis, Kafka, PostgreSQL",
    )
]  # fmt: skip


@pytest.mark.parametrize("kind", ["scan", "photograph"])
def test_personal_data_in_a_picture_reaches_the_profile_and_neither_chunk_nor_claim(kind: str) -> None:
    page = draw_page(LINES, dpi=200, skew_degrees=0.8 if kind == "photograph" else 0, is_photo=kind == "photograph")
    document = ChildDocumentReader().read(to_pdf([page]) if kind == "scan" else to_bytes(page, "JPEG"))

    profile = profile_of(document)

    assert (profile.phone, profile.email) == ("010-4821-7753", "seoyeon.kim@example.com")
    assert profile.to_json()["scanned_pages"] == [1]
    texts = [chunk.text for chunk in make_chunks(profile.sections, profile.claims)]
    shown = "\n".join([*texts, *(claim.text for claim in profile.claims)])
    for secret, mark in SECRETS.items():
        assert secret not in shown
        assert mark in shown
