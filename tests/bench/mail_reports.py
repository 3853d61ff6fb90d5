"""Reports of incidents told from warnings passed on: on mails labelled by hand, and on real texts of warnings."""

from tests.advisories.mailbox import test_recognising as recognising
from tests.bench.figures import Figure, Row
from tests.conftest import REAL_DATA
from warp_hub.advisories.mailbox.recognising import looks_like_a_report


def measure() -> list[Row]:
    """Return precision and recall of both parts of the labelled mails, and the real warnings that are thrown away."""
    rows = []
    for held_back, what in ((False, "mails seen while it was made"), (True, "the third held back")):
        precision, recall, wrong = recognising.measured(held_back)
        rows.append(Row(f"{what}: precision, recall", f"{precision:.3f}, {recall:.3f} ({len(wrong)} wrong)"))
    if REAL_DATA.is_dir():
        texts = list(recognising.real_texts())
        taken = sum(looks_like_a_report(title, said) for title, said in texts)
        rows.append(Row("real texts of warnings taken for reports", f"{taken} of {len(texts):,}", "under 1 in 500"))
    return rows


FIGURE = Figure("mail_reports", "Mails that may be reports of incidents", measure)
