"""PDF files written by hand, object by object."""

import zlib
from collections.abc import Sequence

HELVETICA = b"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"


def raw_pdf(
    content: bytes,
    resources: bytes = HELVETICA,
    more: Sequence[bytes] = (),
    *,
    catalog: bytes = b"",
    page: bytes = b"/MediaBox[0 0 600 800]",
    pages: bytes = b"/Kids[3 0 R]/Count 1",
    trailer: bytes = b"",
) -> bytes:
    """A PDF of one page with this content (a whole stream object), and further objects from 5 on."""
    sheet = b"<</Type/Page/Parent 2 0 R" + page + b"/Contents 4 0 R/Resources<<" + resources + b">>>>"
    return write_pdf(
        [b"<</Type/Catalog/Pages 2 0 R" + catalog + b">>", b"<</Type/Pages" + pages + b">>", sheet, content, *more],
        trailer=trailer,
    )


def write_pdf(objects: Sequence[bytes], *, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, of which the first is the catalog."""
    file, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(file))
        file += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    xref = b"xref\n0 %d\n0000000000 65535 f \n" % size + table
    return file + xref + b"trailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, len(file))


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<<" + extra + b"/Length %d>>\nstream\n" % len(data) + data + b"\nendstream"


def deflated(data: bytes, extra: bytes = b"") -> bytes:
    return stream(zlib.compress(data, 9), b"/Filter/FlateDecode" + extra)
