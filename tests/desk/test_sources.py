"""What coordinators see of their sources: health in a sentence, runs, what needs checking."""

from datetime import timedelta

from tests import factories
from tests.advisories.stix_objects import report
from warp_hub import clock, db
from warp_hub.tlp import Marking


def _words(page) -> str:
    return page.get_text(" ", strip=True)


def test_a_source_shows_its_runs_and_what_needs_checking_with_the_reason(desk, signed_in) -> None:
    broken = {"type": "report", "id": "report--not-an-id", "name": "<b>Broken</b>"}
    desk.receives(report(marking=Marking.GREEN))
    desk.pulled.pull(desk.feed, report(marking=Marking.GREEN), broken)
    priya = signed_in(desk.priya)
    home = f"/desk/sources/{desk.feed.source.id}"
    page = priya.get_page(home)
    assert "Needs checking (1)" in _words(page)
    assert page.find("table") is None
    assert _words(page).count("It went well.") == 2
    assert "Fetched: 2 New: 1 Updated: 0 Known already: 0 Needs checking: 1 Label not known: 0" in _words(page)
    assert page.find("b", string="Broken") is None
    assert "Try again" in _words(page)
    assert "Needs checking" in _words(priya.get_page("/desk"))
    assert "It is discarded." in _words(priya.post_form(home, "Discard"))
    assert "Needs checking (0)" in _words(priya.get_page(home))


def test_a_source_is_paused_and_asked_again(desk, signed_in) -> None:
    priya, home = signed_in(desk.priya), f"/desk/sources/{desk.feed.source.id}"
    assert "The source is paused." in _words(priya.post_form(home, "Pause this source"))
    assert "The source is asked again." in _words(priya.post_form(home, "Ask it again"))
    assert "It is asked within a minute." in _words(priya.post_form(home, "Ask it now"))


def test_nobody_pauses_a_source_for_another_warp_that_keeps_it(desk, signed_in) -> None:
    ffion, home = signed_in(desk.ffion), f"/desk/sources/{desk.feed.source.id}"
    page = ffion.get_page(home)
    assert "Ask it now" in _words(page)
    assert "Pause this source" not in _words(page)
    token = page.find("input", {"name": "csrf_token"})["value"]
    assert ffion.post(f"{home}/pause", data={"csrf_token": token}).status_code == 404
    assert not desk.feed.now.paused


def test_the_sources_of_others_are_not_there(desk, signed_in) -> None:
    stranger = factories.coordinator(factories.warp("Northmere"))
    db.session.commit()
    source_id = desk.feed.source.id
    assert desk.feed.source.name not in _words(signed_in(stranger).get_page("/desk/sources"))
    signed_in(stranger).get_page(f"/desk/sources/{source_id}", status=404)
    signed_in(desk.sam).get_page(f"/desk/sources/{source_id}", status=404)


def test_what_waits_says_why_a_source_should_be_looked_at(desk, signed_in) -> None:
    desk.receives(report(marking=Marking.GREEN))
    source = desk.feed.now
    source.last_new_at, source.usual_gap_minutes = clock.now() - timedelta(days=9), 60
    db.session.commit()
    told = "Nothing new for 9 days, usually every 60 minutes."
    assert f"{source.name} : {told}" in _words(signed_in(desk.priya).get_page("/desk"))
    page = signed_in(desk.priya).get_page("/desk/sources")
    assert "Silent" in _words(page)
    assert told in _words(page)
