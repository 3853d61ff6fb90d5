"""Takes the text out of one PDF, from standard input to standard output; run as a process of its own by reading_pdf.

It knows nothing of the hub, so that nothing of the hub is there for a hostile PDF to reach.
"""

import resource
import sys

CPU_SECONDS, MEMORY = 15, 768 * 1024 * 1024
MOST_PAGES, LONGEST = 60, 120_000
LOCKED, TOO_MANY_PAGES, UNREADABLE = 3, 4, 5


def main() -> int:
    """Write the text of the PDF; return 0, or the number that says why there is none."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        return _read()
    except (MemoryError, RecursionError, Exception):  # whatever a library says of a hostile file, it could not be read
        return UNREADABLE


def _read() -> int:
    import io  # noqa: PLC0415
    import logging  # noqa: PLC0415

    from pypdf import PdfReader  # noqa: PLC0415

    logging.disable(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return LOCKED
    if len(reader.pages) > MOST_PAGES:
        return TOO_MANY_PAGES
    left = LONGEST
    for page in reader.pages:
        said = page.extract_text()[:left]
        left -= len(said)
        sys.stdout.buffer.write(f"{said}\n\n".encode("utf-8", "replace"))
        if left <= 0:
            break
    return 0


if __name__ == "__main__":
    sys.exit(main())
