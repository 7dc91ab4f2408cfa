"""Pages are read in the order in which a human reads them."""

import pytest

from interview_worker.engines.pdf import read_pdf
from tests.samples.layouts import Layout, make_layouts


@pytest.mark.parametrize("layout", make_layouts(), ids=lambda layout: layout.name)
def test_a_page_is_read_in_the_order_of_its_layout(layout: Layout) -> None:
    document = read_pdf(layout.pdf, None)

    assert [line.text for line in document.lines] == list(layout.lines)
    assert document.hidden_spans == 0
