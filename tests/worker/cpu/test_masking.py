"""Personal data does not reach a model or a vector."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_worker.cpu.masking import (
    ADDRESS,
    BIRTH_DATE,
    CARD,
    EMAIL,
    NATIONAL_ID,
    PHONE,
    is_card_number,
    is_national_id,
    mask,
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("메일 seoyeon.kim+job@mail.example.co.kr 로", f"메일 {EMAIL} 로"),
        ("010-4821-7753", PHONE),
        ("01048217753", PHONE),
        ("010 4821 7753", PHONE),
        ("02-312-4567 (집)", f"{PHONE} (집)"),
        ("+82 10-4821-7753", PHONE),
        ("+1 (415) 555-0132", PHONE),
        ("(415) 555-0132", PHONE),
        ("+49 30 1234567", PHONE),
        ("주민등록번호 900101-1234568", f"주민등록번호 {NATIONAL_ID}"),
        ("900101-1******", NATIONAL_ID),
        ("9001011234568", NATIONAL_ID),
        ("4111 1111 1111 1111", CARD),
        ("생년월일: 1994.05.17", f"생년월일: {BIRTH_DATE}"),
        ("생년월일 1994년 5월 17일", f"생년월일 {BIRTH_DATE}"),
        ("Date of birth: May 17, 1992", f"Date of birth: {BIRTH_DATE}"),
        ("DOB: 05/17/1992", f"DOB: {BIRTH_DATE}"),
        ("1994년생", BIRTH_DATE),
        ("주소: 서울특별시 마포구 월드컵북로 396, 101동 1203호", f"주소: {ADDRESS}"),
        ("서울시 강남구 테헤란로 152 거주", f"{ADDRESS} 거주"),
        ("Address: 2210 Harbor View Drive, Oakland, CA 94607", f"Address: {ADDRESS}"),
        ("lives at 2210 Harbor View Drive, Oakland", f"lives at {ADDRESS}"),
    ],
)
def test_personal_data_is_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2021.03 ~ 2023.05",
        "2021-03-02 ~ 2022-12-31",
        "하루 주문 120만 건, p99 820ms에서 140ms로 83% 단축",
        "1,400,000 requests a day, 20210302123",
        "C++/C#, CI/CD, 95 %, Node.js 18.2.1",
        "정보처리기사 2017.11.24",
        "서울 강남구 소재 스타트업",
        "version 10.0.0.1234, build 1234567890123",
    ],
)
def test_figures_that_are_not_personal_stay(text):
    assert mask(text) == text


def test_a_bare_number_is_a_resident_number_only_with_its_check_digit():
    assert is_national_id("9001011234568")
    assert not is_national_id("9001011234567")
    assert mask("번호 9001011234567") == "번호 9001011234567"


def test_a_dashed_resident_number_is_masked_whatever_its_check_digit():
    """Numbers given out since October 2020 have none."""
    assert mask("201015-3123456") == NATIONAL_ID


@given(st.integers(0, 10**12 - 1))
def test_exactly_one_check_digit_makes_a_card_number(number):
    digits = f"{number:012d}"
    assert sum(is_card_number(digits + str(check) + "0" * 0) for check in range(10)) == 1


@given(st.text(max_size=300))
def test_masking_twice_changes_nothing_more(text):
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize("piece", ["1", "1 ", "a.", "서울 강남구 ", "1-", "+1 ", "가", "@a.", "12345 Aa "])
def test_no_text_makes_masking_slow(piece):
    began_s = time.process_time()
    mask(piece * (4000 // len(piece)))
    assert time.process_time() - began_s < 1
