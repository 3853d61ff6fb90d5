"""Every way out, written by hand: what each page is, what each letter may hold, which outlet goes by what.

A page, letter or outlet that is not here is nobody's decision yet, so it fails the build.
"""

from dataclasses import dataclass

from warp_hub.proof import applicants
from warp_hub.sharing.models import ItemKind
from warp_hub.tlp import Outlet

EVERYONE = "NLUZAIDR1MSXBOGCWKY0EPTFHJV"
SIGNED_IN = "LAIDR1MSXBOGCWKY0EPT"  # U is suspended and Z has left: their sessions are over
FULLY = "LAIDMSXBOGCWY0EPT"
COORDINATORS = "CWYET"
TOOLS = "FHJ"  # V's token is over
OF_HERE = "CWY"

# Which fields a page or a letter shows of whatever it shows.
ENTRY = ("title", "summary", "originator_name")
PRINTED = (*ENTRY, "restrictions")
SUBJECTS = ("subject product", "subject cve", "subject technique", "subject supplier", "subject sector")
WORDS = ("title", "restrictions", "why", "body", "to_do", "originator_name", "external_id")
LINKS = ("link name", "link url", "link external_id")
WARNING = (*WORDS, *LINKS, *SUBJECTS, "indicator")
TO_DECIDE = ("title", "why", "body", "to_do", *LINKS, *SUBJECTS, "indicator", "content")
OF_A_RECALL = ENTRY
OF_A_NOTE, OF_SUPPORT = ("note html",), ("indicator", *SUBJECTS)
OF_A_REPLY = ("reply html", "reply name", "reply organisation")
OF_AN_INCIDENT = ("title", "restrictions", "what", "noticed", "impact", "helped", "named", "indicator")
OF_A_QUESTION = ("title", "question html", "question name", "question organisation", *OF_A_REPLY)
OF_A_SESSION = ("title", "originator_name", "session html", "place", "join_link")
OF_A_REPORT = (
    "report title",
    "report what",
    "report noticed",
    "report impact",
    "report helped",
    "report organisation",
    "report indicator",
)
FOUND_OF = {
    ItemKind.ADVISORY: ("title", "originator_name", "indicator", "subject cve"),
    ItemKind.NOTE: ("title", "indicator"),
    ItemKind.SUPPORT: ("indicator", "subject cve"),
    ItemKind.SHARED_INCIDENT: ("title", "originator_name", "indicator"),
    ItemKind.QUESTION: ("title",),
    ItemKind.TRAINING_SESSION: ("title",),
}
SHOWN_OF_SOURCES = ("name", "origin", "health", "remark", "reason", "raw", "stix_id of what was put aside", "fault")


@dataclass(frozen=True)
class Page:
    """What a page is, and for whom it must be complete.

    item      one warning, with what stands behind it: whoever the table of pages names, and nobody else; or one of
              another kind, which `of` says
    list      all warnings, or all of another kind, page by page: the same table
    some      a few of them: nothing beyond the table, but it need not show all
    file      all warnings that may leave in a file
    values    all values to look for that may leave in a file
    search    what has the words that were asked for, or begins like them
    public    what a WARP shows to anyone
    desk      one item, for whoever may work on it
    report    one report as it waits, for the coordinators of its WARP
    application  what somebody told who would join, for those who decide it
    queue     what waits for a decision, page by page
    at desk   something of the desk's, a few items or a source: nothing beyond what they may receive or work on
    letter    a digest, seen before it goes
    nothing   no item ever
    act       what somebody does with what they receive, such as to reply: refused where they do not receive it
    change    it changes something, and answers with a redirect or an error
    """

    kind: str
    enters: str = EVERYONE
    shows: tuple[str, ...] = ()
    of: ItemKind = ItemKind.ADVISORY


NOTHING, CHANGE, ACT = Page("nothing"), Page("change"), Page("act")

PAGES: dict[str, Page] = {
    "static": NOTHING,
    "switch_language": NOTHING,
    "home.start": Page("some"),
    "home.read_warp": Page("public", shows=ENTRY),
    "home.my_account": NOTHING,
    "search.find": Page("search", SIGNED_IN),
    "home.privacy": NOTHING,
    "home.cookies": NOTHING,
    "home.help": NOTHING,
    "home.handling": NOTHING,
    "home.accessibility_statement": NOTHING,
    "home.security_txt": NOTHING,
    "operations.alive": NOTHING,
    "operations.ready": NOTHING,
    "moving.put_in_list": NOTHING,
    "moving.choose_whom": NOTHING,
    "moving.write_to_them": CHANGE,
    "moving.print_sheet": NOTHING,
    "moving_link.keep_sending": NOTHING,
    "moving_link.send_invitation": CHANGE,
    "signin.sign_in": NOTHING,
    "signin.second_step": NOTHING,
    "signin.prove_again": NOTHING,
    "signin.sign_out": NOTHING,
    "signin.use_recovery_code": NOTHING,
    "signin.stay": NOTHING,
    "signin.keys": NOTHING,
    "signin.add_passkey": NOTHING,
    "signin.rename_passkey": NOTHING,
    "signin.remove_passkey": NOTHING,
    "signin.remove_password": NOTHING,
    "signin.remove_app": NOTHING,
    "signin.recovery_codes": NOTHING,
    "signin.change_address": NOTHING,
    "signin.confirm_address": NOTHING,
    "signin.undo_address": NOTHING,
    "signin.open_link": NOTHING,
    "signin.accept_invitation": NOTHING,
    "signin.reset_password": NOTHING,
    "signin.ask_for_link": NOTHING,
    "signin.ask_for_reset": NOTHING,
    "signin.change_password": NOTHING,
    "signin.second_step_setup": NOTHING,
    "signin.second_step_picture": NOTHING,
    "signin.sessions": NOTHING,
    "signin.end_session": CHANGE,
    "signin.end_other_sessions": CHANGE,
    "signin.go_to_provider": NOTHING,
    "signin.come_back": NOTHING,
    "signin.refused_by_provider": NOTHING,
    "signin.prove_with_provider": NOTHING,
    "signin.accept_with_provider": NOTHING,
    "signin.confirm_invitation": NOTHING,
    "signin.accounts": NOTHING,
    "signin.end_account": CHANGE,
    "signin.connect_account": NOTHING,
    "signin.confirm_account": NOTHING,
    "signin.organisation_sign_in": NOTHING,
    "signin.end_binding": CHANGE,
    "signin.confirm_binding": CHANGE,
    "signin.recovery_address": NOTHING,
    "signin.remove_recovery_address": CHANGE,
    "signin.confirm_recovery_address": NOTHING,
    "signin.ask_for_recovery": NOTHING,
    "signin.recover": NOTHING,
    "signin.password_after_recovery": NOTHING,
    "custody.my_key": NOTHING,
    "custody.make_key": NOTHING,
    "custody.change_passphrase": NOTHING,
    "custody.retire_key": NOTHING,
    "custody.open_record": NOTHING,
    "custody.my_messages": NOTHING,
    "digests.confirm_unsubscribe": NOTHING,
    "digests.unsubscribe": CHANGE,
    "digests.choose_mails": NOTHING,
    "interests.my_systems": Page("some", SIGNED_IN),
    "interests.our_systems": Page("some", FULLY),
    "digests.preview_digest": Page("letter", OF_HERE, shows=ENTRY),
    "digests.send_test_digest": CHANGE,
    "desk.whats_waiting": Page("at desk", COORDINATORS),
    "desk.list_applications": NOTHING,
    "joining.apply": NOTHING,
    "joining.open_application": NOTHING,
    "joining.list_tasks": NOTHING,
    "joining.tell": NOTHING,
    "joining.reply": NOTHING,
    "joining.check": NOTHING,
    "joining.leave": CHANGE,
    "joining_agreement.list_agreements": NOTHING,
    "joining_agreement.accept_agreement": NOTHING,
    "desk_joining.decide_application": Page("application", COORDINATORS, applicants.SHOWN[:-1]),
    "desk_agreement.write_agreement": NOTHING,
    "desk_agreement.publish_agreement": NOTHING,
    "desk.list_letters": NOTHING,
    "desk.send_again": CHANGE,
    "desk.read_totals": NOTHING,
    "desk_answers.set_answer_times": NOTHING,
    "desk_settings.list_settings": NOTHING,
    "desk_settings.change_public_page": NOTHING,
    "desk_settings.change_joining": NOTHING,
    "desk_settings.change_renewals": NOTHING,
    "desk_settings.change_digest": NOTHING,
    "desk_settings.change_contacts": NOTHING,
    "desk_settings.change_incidents": NOTHING,
    "desk_settings.change_signing_in": NOTHING,
    "desk_stand_in.choose_stand_in": NOTHING,
    "desk_stand_in.end_stand_in": CHANGE,
    "exports.firewall": Page("values", TOOLS, ("indicator",)),
    "exports.defender_csv": Page("values", FULLY, ("indicator",)),
    "exports.warnings_csv": Page("file", SIGNED_IN, PRINTED),
    "exports.tokens": NOTHING,
    "exports.make_token": NOTHING,
    "exports.stop_token": CHANGE,
    "advisories.list_warnings": Page("list", SIGNED_IN, ENTRY),
    "advisories.read_advisory": Page("item", EVERYONE, WARNING),
    "resharing.list_withdrawn": Page("list", SIGNED_IN, OF_A_RECALL, ItemKind.RECALL),
    "resharing.ask_wider": Page("some", FULLY),
    "desk_sharing.list_requests": Page("at desk", COORDINATORS),
    "desk_sharing.answer_request": Page("at desk", COORDINATORS),
    "desk_sharing.lower_label": Page("at desk", COORDINATORS),
    "desk_warnings.list_waiting": Page("queue", COORDINATORS, ENTRY),
    "desk_warnings.decide_warning": Page("desk", COORDINATORS, TO_DECIDE),
    "desk_warnings.decide_many": CHANGE,
    "desk_same.choose_other": Page("at desk", COORDINATORS),
    "desk_same.say_same": CHANGE,
    "desk_same.say_apart": CHANGE,
    "desk_originals.download_original": Page("at desk", COORDINATORS),
    "desk_writing.add_warning": NOTHING,
    "desk_writing.write_warning": NOTHING,
    "desk_writing.edit_warning": Page("at desk", COORDINATORS),
    "desk_warnings.decide": CHANGE,
    "desk_warnings.write_note": CHANGE,
    "desk_warnings.choose_label": CHANGE,
    "desk_warnings.choose_severity": CHANGE,
    "desk_warnings.give_early_notice": CHANGE,
    "desk_warnings.withdraw": CHANGE,
    "report.report_incident": NOTHING,
    "report.file_report": ACT,
    "report.sent": NOTHING,
    "report.enter_report": NOTHING,
    "report.file_for_caller": ACT,
    "report.sent_for_caller": NOTHING,
    "incidents.list_incidents": Page("list", SIGNED_IN, ENTRY, ItemKind.SHARED_INCIDENT),
    "incidents.read_incident": Page("item", EVERYONE, OF_AN_INCIDENT, ItemKind.SHARED_INCIDENT),
    "incidents.withdraw": CHANGE,
    "desk_reports.list_reports": Page("at desk", COORDINATORS),
    "desk_reports.review_report": Page("report", COORDINATORS, OF_A_REPORT),
    "desk_reports.change_report": CHANGE,
    "desk_reports.decline": CHANGE,
    "desk_reports.take_back": CHANGE,
    "discussions.list_questions": Page("list", SIGNED_IN, ("title", "summary"), ItemKind.QUESTION),
    "discussions.read_question": Page("item", SIGNED_IN, OF_A_QUESTION, ItemKind.QUESTION),
    "discussions.ask_members": Page("some", FULLY),
    "replies.reply": Page("some", FULLY),
    "replies.follow": ACT,
    "replies.take_back": ACT,
    "replies.hide_reply": Page("at desk", COORDINATORS),
    "replies.close_question": Page("at desk", COORDINATORS),
    "replies.withdraw_question": Page("at desk", COORDINATORS),
    "desk_sources.list_sources": Page("at desk", COORDINATORS),
    "desk_sources.read_source": Page("at desk", COORDINATORS),
    "desk_sources.pause_or_resume": CHANGE,
    "desk_sources.ask_now": CHANGE,
    "desk_sources.try_again": CHANGE,
    "desk_sources.fetch_again": CHANGE,
    "desk_sources.discard": CHANGE,
    "desk_source_forms.add_source": NOTHING,
    "desk_source_forms.change_source": Page("at desk", COORDINATORS),
    "answers.answer": Page("some", SIGNED_IN),
    "answers.look_at_link": NOTHING,  # by whose link it is asked decides: tests/alerts/test_answer_links.py
    "answers.answer_by_link": CHANGE,
    "answers.say_seen_too": ACT,
    "answers.ask_members": CHANGE,
    "answers.close_question": CHANGE,
    "training.list_sessions": Page("list", SIGNED_IN, ("title", "place"), ItemKind.TRAINING_SESSION),
    "training.read_session": Page("item", SIGNED_IN, OF_A_SESSION, ItemKind.TRAINING_SESSION),
    "training.book": ACT,
    "training.give_back": ACT,
    "training.calendar": NOTHING,
    "training.make_address": NOTHING,
    "training.stop_address": CHANGE,
    "training.feed": NOTHING,  # by whose secret it is asked decides: see Matrix.follow_calendars
    "desk_training.list_sessions": Page("at desk", COORDINATORS),
    "desk_training.announce": NOTHING,
    "desk_training.read_session": Page("desk", COORDINATORS, OF_A_SESSION, ItemKind.TRAINING_SESSION),
    "desk_training.change": Page("desk", COORDINATORS, ("title", "place"), ItemKind.TRAINING_SESSION),
    "desk_training.call_off": CHANGE,
    "desk_training.tick": CHANGE,
    "directory.list_members": NOTHING,
    "contact_sheet.read_sheet": NOTHING,
    "directory.my_profile": NOTHING,
    "desk_people.list_people": NOTHING,
    "desk_people.read_person": NOTHING,
    "desk_people.act": CHANGE,
    "desk_people.resume_mail": CHANGE,
    "organisation.read_organisation": NOTHING,
    "organisation.add_colleague": NOTHING,
    "organisation.remove_colleague": NOTHING,
    "organisation.make_lead": CHANGE,
    "organisation.change_names": NOTHING,
    "organisation.ask_domain": NOTHING,
    "desk_organisations.list_organisations": NOTHING,
    "desk_organisations.read_organisation": NOTHING,
    "desk_organisations.change_names": NOTHING,
    "desk_organisations.add_person": NOTHING,
    "desk_organisations.change_post": CHANGE,
    "desk_organisations.add_domain": NOTHING,
    "desk_organisations.answer_domain": CHANGE,
    "desk_organisations.drop_domain": CHANGE,
    "desk_places.change_place": NOTHING,
    "desk_places.replace": NOTHING,
    "desk_places.recuse": NOTHING,
    "desk_places.end_recusal": CHANGE,
    "desk_roles.list_roles": NOTHING,
    "desk_roles.propose": NOTHING,
    "desk_roles.answer": CHANGE,
    "desk_roles.step_down": NOTHING,
    "desk_roles.read_national": NOTHING,
    "renewals.confirm_mailbox": NOTHING,
    "renewals.confirm_people": NOTHING,
    "renewals_account.leave": NOTHING,
    "renewals_account.export_my_data": NOTHING,
    "desk_renewals.list_renewals": NOTHING,
    "desk_renewals.settle": CHANGE,
    "demo.choose_persona": NOTHING,
    "demo.become": CHANGE,
}

# What each kind of letter may hold of any item: its text, for whom the table of letters says; the address of a page on
# the desk of whoever reads it; or nothing ever.
LETTERS: dict[str, str] = {
    "alert": "text",
    "alert-of-list": "text",
    "answer_reminder": "text",
    "digest": "text",
    "digest-test": "text",
    "training_booked": "text",
    "training_waiting": "text",
    "training_promoted": "text",
    "training_moved": "text",
    "training_cancelled": "text",
    "training_left": "text",
    "training_reminder": "text",
    "reply": "text",
    "stand_in_named": "nothing",
    "stand_in_ended": "nothing",
    "open_link": "nothing",
    "reset_link": "nothing",
    "invitation": "nothing",
    "application_link": "nothing",
    "application_came": "nothing",
    "application_more": "nothing",
    "application_refused": "nothing",
    "application_approved": "nothing",
    "new_member": "nothing",
    "agreement": "nothing",
    "welcome": "nothing",
    "password_changed": "nothing",
    "second_step_changed": "nothing",
    "second_step_removed": "nothing",
    "new_device": "nothing",
    "passkey_added": "nothing",
    "passkey_removed": "nothing",
    "passkey_copied": "nothing",
    "password_removed": "nothing",
    "recovery_codes_made": "nothing",
    "recovery_code_used": "nothing",
    "address_confirm": "nothing",
    "address_asked": "nothing",
    "account_connected": "nothing",
    "recovery_address_confirm": "nothing",
    "recovery_address_added": "nothing",
    "recovery_address_removed": "nothing",
    "recovery_address_used": "nothing",
    "recovery_link": "nothing",
    "token_made": "nothing",
    "mail_taken": "desk",
    "recalled": "nothing",
    "share_answered": "nothing",
    "record_opened": "nothing",
    "mailbox_renewal": "nothing",
    "mailbox_unconfirmed": "nothing",
    "staff_renewal": "nothing",
}

# By what each outlet of the rule goes out today; "" for one that nothing serves yet.
OUTLETS: dict[Outlet, str] = {
    Outlet.PAGE: "advisories.read_advisory",
    Outlet.SEARCH: "search.find",
    Outlet.TAXII: "",
    Outlet.FILE: "exports.firewall",
    Outlet.NOTICE: "digest",
    Outlet.MAIL: "alert",
    Outlet.HOOK: "",
    Outlet.FEED: "training.feed",
    Outlet.PUBLIC: "home.read_warp",
    Outlet.DESK: "desk.whats_waiting",
}
