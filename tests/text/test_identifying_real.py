"""Real reports, checked as their victims would: none still names its victim, and the others stay readable."""

import pytest

from tests.bench.text_check import leaks, masks_without_need, read_reports

pytestmark = pytest.mark.real_data


def test_no_real_report_names_its_victim_after_every_suggestion() -> None:
    naming = [report for report in read_reports() if report["leak_strings"]]

    assert len(naming) > 200
    assert [report["id"] for report in naming if leaks(report)] == []


def test_the_other_reports_stay_readable() -> None:
    found, words = masks_without_need(read_reports())

    assert found * 300 / words < 0.5
