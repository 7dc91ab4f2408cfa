"""Personal data does not reach a model or a vector."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview_worker.masking import (
    ADDRESS,
    BIRTH_DATE,
    CARD,
    EMAIL,
    MASKS,
    NATIONAL_ID,
    PASSPORT,
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
        ("이메일은 seoyeon@example.com으로", f"이메일은 {EMAIL}으로"),
        ("seoyeon (at) example (dot) com", EMAIL),
        ("seoyeon골뱅이 아님, kim[at]example.com", f"seoyeon골뱅이 아님, {EMAIL}"),
        ("010–4821–7753", PHONE),
        ("010 - 4821 - 7753", PHONE),
        ("H.P 010.4821.7753", f"H.P {PHONE}"),
        ("연락처010-4821-7753", f"연락처{PHONE}"),
        ("82-10-4821-7753", PHONE),
        ("0082 10 4821 7753", PHONE),
        ("+44 20 7946 0958", PHONE),
        ("+81-90-1234-5678", PHONE),
        ("090-1234-5678", PHONE),
        ("415.555.0132", PHONE),
        ("Tel: 020 7946 0958", f"Tel: {PHONE}"),
        ("020 7946 0958", PHONE),
        ("0131 496 0234", PHONE),
        ("01632 960 234", PHONE),
        ("07700 900 123", PHONE),
        ("1588-1234", PHONE),
        ("031)123-4567", f"{PHONE}"),
        ("주민번호 : 900101 1234567", f"주민번호 : {NATIONAL_ID}"),
        ("주민등록번호: 9OO1O1-l234568", f"주민등록번호: {NATIONAL_ID}"),
        ("카드번호 4111 1111 11l1 1112", f"카드번호 {CARD}"),
        ("휴대폰: O1O-4821-7753", f"휴대폰: {PHONE}"),
        ("외국인등록번호 900101-5234567", f"외국인등록번호 {NATIONAL_ID}"),
        ("900101-1", "900101-1"),
        ("850312-2●●●●●●", NATIONAL_ID),
        ("면허 11-19-123456-21", f"면허 {NATIONAL_ID}"),
        ("SSN 536-22-8472", f"SSN {NATIONAL_ID}"),
        ("여권번호: M12345678", f"여권번호: {PASSPORT}"),
        ("M123A4567", PASSPORT),
        ("Passport No. AB1234567", f"Passport No. {PASSPORT}"),
        ("5500-0000-0000-0004", CARD),
        ("3782 822463 10005", CARD),
        ("생년월일: 94.05.17", f"생년월일: {BIRTH_DATE}"),
        ("생년월일  940517", f"생년월일  {BIRTH_DATE}"),
        ("출생 1994-05-17", f"출생 {BIRTH_DATE}"),
        ("1994.05.17 (만 32세)", f"{BIRTH_DATE} (만 32세)"),
        ("94년생 개발자", f"{BIRTH_DATE} 개발자"),
        ("Born 17 May 1992", f"Born {BIRTH_DATE}"),
        ("Date of Birth: 17.05.1992", f"Date of Birth: {BIRTH_DATE}"),
        ("경기도 성남시 분당구 판교역로 166", ADDRESS),
        ("마포구 월드컵북로 396", ADDRESS),
        ("부산광역시 해운대구 우동 1408-5", ADDRESS),
        ("전북 완주군 봉동읍 둔산리 12-3", ADDRESS),
        ("세종특별자치시 한누리대로 2130", ADDRESS),
        ("123 Teheran-ro, Gangnam-gu, Seoul 06133", ADDRESS),
        ("221B Baker Street, London NW1 6XE", ADDRESS),
        ("우편번호: 03925", f"우편번호: {ADDRESS}"),
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
        "2019.03 ~ 2021.05",
        "2019.03.02-2021.05.31",
        "가용성 99.99%, 10,000,000건",
        "2019 2020 2021 2022 매출 4100 5200 6100 7300",
        "Phone: Oil and gas, 2021 to 2024",
        "친구 추천으로 20% 늘림, 연구 결과로 30개 논문",
        "서울시 강남구 봉사활동 40시간",
        "서울 마포구 기준으로 3개월",
        "IP 주소: 10.0.0.12, 블로그 주소: https://blog.example.com/me",
        "주문번호 20230412-000123, 사업자등록번호 123-45-67890",
        "iPhone 12, 2021.03 – 2022.05",
        "토익 905점, OPIc IH, 학점 4.12/4.5",
        "Jira 티켓 M-1234, AWS 계정 3개, ISO 27001",
        "응답 120ms → 80ms, QPS 1500 2000 3000",
        "Python 3.11.2, CUDA 12.1, PostgreSQL 15.4",
        "팀원 010명이 아닌 10명, 070 학번",
        "5.18 민주화운동 기념사업, 4.19",
        "Increased sales by +120 % in 2020 and +95 % in 2021",
        "Led 12 engineers in 3 offices, 2018 - 2021",
        "특허 10-2021-0123456호",
        "https://github.com/seoyeon/repo/issues/1234",
        "@Transactional, user@v2, @media print",
    ],
)
def test_figures_that_are_not_personal_stay(text):
    assert mask(text) == text


def test_a_foreigners_number_has_another_check_digit():
    digits = "900101512345"
    fitting = [check for check in range(10) if is_national_id(f"{digits}{check}")]
    assert len(fitting) == 1
    assert mask(f"{digits}{fitting[0]}") == NATIONAL_ID


def test_every_kind_of_mask_is_a_mark_of_its_own():
    assert len(set(MASKS)) == len(MASKS) == 7
    assert all(mask(mark) == mark for mark in MASKS)


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


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "a.",
        "서울 강남구 ",
        "1-",
        "+1 ",
        "가",
        "@a.",
        "12345 Aa ",
        "Aa-ro ",
        "0 ",
        "a(at)",
        "주소: ",
        "1994.05.17 ",
        "마포구 가로 ",
    ],
)
def test_no_text_makes_masking_slow(piece):
    began_s = time.process_time()
    mask(piece * (4000 // len(piece)))
    assert time.process_time() - began_s < 1
