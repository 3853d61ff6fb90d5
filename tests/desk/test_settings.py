"""What a WARP sets for itself: shown on one page, changed in groups, recorded, refused below its floors."""

from datetime import time, timedelta
from typing import Any

from sqlalchemy import select

from tests import factories
from warp_hub import clock, db
from warp_hub.audit import Audit
from warp_hub.memberships import stand_ins, warps
from warp_hub.memberships.models import Warp
from warp_hub.memberships.settings import Cadence, WarpSettings, bounds_of, settings_of
from warp_hub.signin.models import Passkey

PAGE = "/desk/settings"
GROUPS = ("public-page", "joining", "renewals", "digest", "incidents", "contacts", "signing-in")


def of(group: str) -> str:
    return f"{PAGE}/midshire/{group}"


def words(page: Any) -> str:
    return " ".join(page.get_text(" ").split())


def settings() -> WarpSettings:
    db.session.rollback()
    return settings_of(db.session.scalars(select(Warp).where(Warp.slug == "midshire")).one())


def recorded() -> list[dict[str, Any]]:
    held = select(Audit).where(Audit.action == "warp.settings-changed").order_by(Audit.at)
    return [row.detail for row in db.session.scalars(held)]


def test_each_group_is_changed_on_its_own_page_and_shown_on_one(desk, signed_in) -> None:
    priya = signed_in(desk.priya)
    assert priya.get_page("/desk").select(f'a[href="{PAGE}"]')
    told = {"about_en": "Twelve councils\n of Midshire.", "about_cy": "", "contact_email": "warp@midshire.example"}
    priya.post_form(of("public-page"), "Save", **told, contact_phone="01632 960 001", shows_clear_warnings="no")
    told = {"costs_en": "Free for public bodies.", "costs_cy": "Am ddim.", "who_may_join_en": "", "most_leads": "3"}
    priya.post_form(of("joining"), "Save", **told, takes_applications="no", new_member_notice_days="5")
    told = {"renewal_month": "4", "renewal_remind_after_days": "7 21", "renewal_grace_days": "60"}
    priya.post_form(of("renewals"), "Save", **told)
    told = {"digest_days": ["1", "3"], "digest_at": "8:15", "weekly_day": "4", "default_cadence": "weekly"}
    priya.post_form(of("digest"), "Save", **told)
    page = priya.post_form(of("incidents"), "Save", release_at="16:00, 9:30", record_days="60", k="6")

    assert settings() == WarpSettings(
        about={"en": "Twelve councils of Midshire."},
        contact_email="warp@midshire.example",
        contact_phone="01632 960 001",
        shows_clear_warnings=False,
        takes_applications=False,
        costs={"en": "Free for public bodies.", "cy": "Am ddim."},
        new_member_notice_days=5,
        most_leads=3,
        renewal_month=4,
        renewal_remind_after_days=(7, 21),
        renewal_grace_days=60,
        digest_days=(1, 3),
        digest_at=time(8, 15),
        weekly_day=4,
        default_cadence=Cadence.WEEKLY,
        release_at=(time(9, 30), time(16)),
        record_days=60,
        k=6,
    )
    for row in (
        "What it costs, and who pays Free for public bodies. Am ddim.",
        "Due Everybody by 1 April",
        "Reminded 7 and 21 days after being asked",
        "Daily digest Tuesday and Thursday at 08:15",
        "Go out on working days at 09:30 and 16:00",
    ):
        assert row in words(page)
    assert all(page.select(f'a[href="{of(group)}"]') for group in GROUPS)


def test_whom_to_ring_is_rows_of_boxes_with_one_left_for_more(desk, signed_in) -> None:
    priya, page = signed_in(desk.priya), of("contacts")
    wrong = {"urgent_contacts-1-name": "", "urgent_contacts-3-name": "Zq desk", "urgent_contacts-3-web": "zq.example"}
    refused = priya.post_form(page, "Save", **wrong)
    for row, told in (("1-name", "Enter a name, or empty the other boxes"), ("3-web", "begins with https://")):
        assert told in words(refused.select_one(f"#urgent_contacts-{row}-error"))
        assert refused.select(f'.govuk-error-summary a[href="#urgent_contacts-{row}"]')
    assert refused.select_one("#urgent_contacts-3-web")["value"] == "zq.example"
    emptied = dict.fromkeys((f"urgent_contacts-1-{name}" for name in ("name", "what_for", "phone", "web")), "")
    shown = priya.post_form(page, "Save", **{**wrong, **emptied, "urgent_contacts-3-web": "https://zq.example"})
    assert "Zq desk https://zq.example" in words(shown)
    names = [contact.name.split()[0] for contact in settings().urgent_contacts]
    assert names == ["National", "Information", "Zq"]
    (detail,) = recorded()
    assert "Zq" not in str(detail)


def test_the_record_has_what_was_and_what_is_but_no_word_that_may_name_somebody(desk, signed_in) -> None:
    priya = signed_in(desk.priya)
    priya.post_form(of("joining"), "Save", costs_en="Ask \u202eZqrobin.", takes_applications="no")
    priya.post_form(of("joining"), "Save")
    (detail,) = recorded()
    assert "\u202e" not in settings().costs["en"]
    assert detail["changed"] == ["costs", "takes_applications"]
    assert (detail["was"], detail["is"]) == ({"takes_applications": True}, {"takes_applications": False})


WRONG = (
    ("joining", "new_member_notice_days", "16", "from 0 to 15"),
    ("joining", "most_leads", "two", "Enter a whole number"),
    ("public-page", "contact_email", "zq", "like name@council.gov.uk"),
    ("renewals", "renewal_remind_after_days", "14, 20", "a week apart"),
    ("renewals", "renewal_remind_after_days", "soon", "a week apart"),
    ("renewals", "renewal_remind_after_days", "14, 9999999999", "a week apart"),
    ("digest", "digest_at", "half past", "a time like 17:00"),
    ("incidents", "release_at", "10:00 11:00", "at least 2 hours apart"),
)


def test_what_is_below_a_floor_is_said_at_its_field_and_what_was_typed_stays(desk, signed_in) -> None:
    priya = signed_in(desk.priya)
    for group, field, wrong, told in WRONG:
        page = priya.post_form(of(group), "Save", **{field: wrong})
        assert page.title.text.startswith("Error:")
        assert told in words(page.select_one(f"#{field}-error"))
        assert page.select_one(f"#{field}")["value"] == wrong
    assert "Choose one day or more" in words(priya.post_form(of("digest"), "Save", digest_days=[]))
    assert settings() == WarpSettings()


def test_the_bounds_in_the_sentences_are_those_of_the_settings(desk, signed_in) -> None:
    priya = signed_in(desk.priya)
    for group, names in {
        "joining": ("new_member_notice_days", "most_leads"),
        "renewals": ("renewal_every_months", "renewal_ask_days", "renewal_grace_days"),
        "incidents": ("release_hold_hours", "release_alone_waits", "record_days", "k"),
    }.items():
        page = priya.post_form(of(group), "Save", **dict.fromkeys(names, "99999"))
        for name in names:
            lowest, highest = bounds_of(name)
            assert f"from {lowest} to {highest}" in words(page.select_one(f"#{name}-error"))


def test_two_who_change_the_same_group_do_not_undo_each_other_and_two_of_others_do_not_meet(desk, signed_in) -> None:
    priya, page = signed_in(desk.priya), of("incidents")
    form = priya.get_page(page).select_one('input[name="seen"]')["value"]
    warps.change_settings(desk.midshire, most_leads=4)
    warps.change_settings(desk.midshire, k=8)
    db.session.commit()
    late = priya.post_form(page, "Save", status=409, seen=form, k="6")
    assert "Somebody else changed these settings in the meantime" in words(late)
    assert late.select_one("#k")["value"] == "6"
    assert settings().k == 8
    priya.post_form(page, "Save", seen=late.select_one('input[name="seen"]')["value"], k="6")
    assert (settings().k, settings().most_leads) == (6, 4)


def test_whoever_asks_for_passkeys_proves_it_just_then_and_has_one(desk, signed_in) -> None:
    priya, page = signed_in(desk.priya), of("signing-in")
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert priya.get(page).location.startswith("/sign-in/again")
        assert priya.get(of("digest")).status_code == 200
    refused = priya.post_form(page, "Save", coordinators_need_passkeys="yes")
    assert "Add a passkey of your own first" in words(refused)
    assert not settings().coordinators_need_passkeys
    key = {"credential_id": b"1", "public_key": b"1", "sign_count": 1, "is_synced": False, "made_at": clock.now()}
    with db.acting("web"):
        db.session.add(Passkey(person_id=desk.priya.id, name="A key", **key))
        db.session.commit()
        db.leave()
    assert "Your WARP asks for a passkey" in words(priya.post_form(page, "Save", coordinators_need_passkeys="yes"))
    assert settings().coordinators_need_passkeys


def test_they_are_not_there_for_others_nor_for_a_stand_in(desk, signed_in) -> None:
    stands_in = factories.person(factories.organisation(desk.midshire), lead=True)
    db.session.commit()
    stand_ins.name(desk.priya.id, desk.midshire, stands_in.id, clock.now() + timedelta(days=3))
    db.session.commit()
    for person in (desk.ffion, desk.sam, stands_in):
        for group in GROUPS:
            signed_in(person).get_page(of(group), status=404)
    assert "midshire" not in str(signed_in(desk.ffion).get_page(PAGE))
    for person in (desk.sam, stands_in):
        signed_in(person).get_page(PAGE, status=404)
