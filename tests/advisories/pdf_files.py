"""PDFs by hand: as small as the format allows, and as hostile as a test wants them."""


def pdf(*lines: str, pages: int = 1) -> bytes:
    """Return a PDF with these lines on each of its pages."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    return pdf_of_stream(f"BT /F1 12 Tf 14 TL 50 800 Td {shown} ET".encode(), pages=pages)


def pdf_of_stream(stream: bytes, filtered: str = "", pages: int = 1) -> bytes:
    """Return a PDF whose pages all are what this stream draws."""
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents 4 0 R >>"
    )
    kids = " ".join(f"{5 + number} 0 R" for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        f"<< /Length {len(stream)} {filtered} >>\nstream\n".encode() + stream + b"\nendstream",
        *[page.encode()] * pages,
    ]
    made, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return made + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
