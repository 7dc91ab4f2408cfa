from datetime import date

import pytest

from interview_core.experience import Months, count_months
from interview_worker.periods import find_month, find_period

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "start", "end", "is_current"),
    [
        ("2021.03 ~ 2023.05", "2021-03", "2023-05", False),
        ("2021.3.2 ~ 2023.12.31", "2021-03", "2023-12", False),
        ("2021-03 - 2023-05", "2021-03", "2023-05", False),
        ("2021년 3월 ~ 2023년 5월 (2년 3개월)", "2021-03", "2023-05", False),
        ("㈜한빛 2021.03 ~ 현재", "2021-03", None, True),
        ("2021.03 ~ 재직중", "2021-03", None, True),
        ("2021.03 ~ (재직중)", "2021-03", None, True),
        ("Mar 2021 – Present", "2021-03", None, True),
        ("March 2021 to December 2022", "2021-03", "2022-12", False),
        ("Sept. 2021 - Jan. 2022", "2021-09", "2022-01", False),
        ("03/2021 - 05/2023", "2021-03", "2023-05", False),
        ("2019 - 2021", "2019", "2021", False),
        ("2021.03 ~", "2021-03", None, False),
        ("Jan 2022 -- Present", "2022-01", None, True),
        ("March 2019 - date", "2019-03", None, True),
        ("’21.03 ~ ’23.05", "2021-03", "2023-05", False),
        ("'21.3 – '23.5", "2021-03", "2023-05", False),
        ("’98년 3월 ~ ’02년 2월", "1998-03", "2002-02", False),
        ("21.03 ~ 23.05", "2021-03", "2023-05", False),
        ("18.03-현재", "2018-03", None, True),
        ("Jan '22 – Present", "2022-01", None, True),
        ("03.2021 – 05.2023", "2021-03", "2023-05", False),
        ("31/05/2019 - 12/06/2023", "2019-05", "2023-06", False),
        ("05/17/2021 - 06/30/2022", "2021-05", "2022-06", False),
        ("May 5, 2020 – June 1, 2021", "2020-05", "2021-06", False),
        ("1 March 2020 to 3 May 2021", "2020-03", "2021-05", False),
        ("Sept 2019 till date", "2019-09", None, True),
        ("since March 2021", "2021-03", None, True),
        ("2021.03 – 현재 재직 중", "2021-03", None, True),
        ("2021.03 → 2023.05", "2021-03", "2023-05", False),
    ],
)
def test_periods_are_found_as_people_write_them(text, start, end, is_current):
    period = find_period(text)

    assert period is not None
    assert (period.start, period.end, period.is_current) == (start, end, is_current)


@pytest.mark.parametrize(
    "text",
    [
        "820ms에서 140ms로",
        "1234-5678",
        "p99 40 %",
        "010-2021-2022",
        "2,021 - 2,022",
        "v2.0 - 2.1",
        "82.5 - 90.1",
        "12.5~15.3배",
        "20.05 ~ 21.10%",
    ],
)
def test_other_figures_are_no_periods(text):
    assert find_period(text) is None


def test_a_single_date_is_a_month():
    assert find_month("정보처리기사 2017.11") == "2017-11"
    assert find_month("AWS certificate, Apr 2021") == "2021-04"


def test_overlapping_periods_count_once():
    assert count_months([("2020-01", "2020-12"), ("2020-07", "2021-06")], TODAY) == Months(18, 18)


def test_a_running_period_counts_until_today():
    assert count_months([("2026-01", None)], TODAY) == Months(11, 11)


def test_years_without_months_give_bounds_and_no_number():
    assert count_months([("2019", "2021"), ("2022-01", "2022-12")], TODAY) == Months(14 + 12, 36 + 12)
    assert count_months([("2019", "2019")], TODAY) == Months(0, 12)
    assert count_months([("2025", None)], TODAY) == Months(12, 23)
    assert count_months([], TODAY) is None
