"""Which kind of visitor may come in where: for every route and method, once the door has let them by.

The door goes by the view's own word (`asking.at_the_door`); this says what is narrower. A head tells who comes in to
what lies in Here, in Elsewhere, and nowhere at all: the letters of `visiting.KINDS`, `*` for whoever the door lets by
and the head does not send elsewhere, `-` for nobody. To everybody else it is as if nothing were there. A form that is
sent empty comes in where it is refused for what it lacks; one that needs to say which of several things it does is
"nothing there" for all.
"""

WHO = {
    "*": """
        GET advisories.list_warnings
        POST answers.answer_by_link
        GET answers.look_at_link
        GET custody.my_key
        GET custody.my_messages
        GET desk.list_applications
        GET desk.list_letters
        GET desk.read_totals
        GET desk.whats_waiting
        GET+POST desk_agreement.write_agreement
        GET desk_organisations.list_organisations
        GET desk_people.list_people
        GET desk_renewals.list_renewals
        GET desk_reports.list_reports
        GET desk_roles.list_roles
        GET desk_sharing.list_requests
        GET+POST desk_source_forms.add_source
        GET desk_sources.list_sources
        GET desk_training.announce
        GET desk_training.list_sessions
        POST desk_warnings.decide_many
        GET desk_warnings.list_waiting
        GET+POST desk_writing.add_warning
        GET+POST desk_writing.write_warning
        GET+POST digests.choose_mails
        GET digests.preview_digest
        POST digests.send_test_digest
        GET directory.list_members
        GET+POST directory.my_profile
        GET discussions.list_questions
        GET exports.defender_csv
        GET exports.firewall
        GET+POST exports.make_token
        GET exports.tokens
        GET exports.warnings_csv
        GET home.accessibility_statement
        GET home.cookies
        GET home.handling
        GET home.help
        GET home.my_account
        GET home.privacy
        GET home.security_txt
        GET home.start
        GET incidents.list_incidents
        GET+POST joining.apply
        GET+POST joining.check
        POST joining.leave
        GET joining.list_tasks
        GET+POST joining.open_application
        GET+POST joining.reply
        GET joining_agreement.list_agreements
        GET moving.choose_whom
        GET moving.print_sheet
        GET moving.put_in_list
        POST moving.write_to_them
        GET+POST moving_link.keep_sending
        POST moving_link.send_invitation
        GET operations.alive
        GET operations.ready
        GET+POST renewals.confirm_mailbox
        GET+POST renewals_account.export_my_data
        GET report.enter_report
        GET report.report_incident
        GET report.sent
        GET report.sent_for_caller
        GET resharing.list_withdrawn
        GET search.find
        GET+POST signin.accept_invitation
        GET signin.accounts
        GET+POST signin.ask_for_link
        GET+POST signin.ask_for_recovery
        GET+POST signin.ask_for_reset
        GET+POST signin.confirm_address
        GET+POST signin.confirm_recovery_address
        GET+POST signin.open_link
        GET+POST signin.password_after_recovery
        GET+POST signin.recover
        GET+POST signin.recovery_address
        POST signin.remove_recovery_address
        GET+POST signin.reset_password
        GET+POST signin.sign_out
        GET signin.stay
        GET+POST signin.undo_address
        GET training.calendar
        GET training.list_sessions
        POST training.make_address
        POST training.stop_address
    """,
    "* again c": """
        GET+POST custody.change_passphrase
        GET+POST custody.make_key
        GET+POST custody.retire_key
        GET+POST renewals_account.leave
    """,
    "* again c second 1K sign-in R": """
        GET+POST signin.recovery_codes
    """,
    "* again c sign-in R": """
        GET+POST signin.add_passkey
        GET+POST signin.change_address
        GET+POST signin.change_password
        GET signin.second_step_picture
        GET+POST signin.second_step_setup
    """,
    "* second A1IDMXOQqKCWcYET": """
        GET+POST signin.sign_in
    """,
    "* sign-in R": """
        POST signin.end_other_sessions
        GET signin.keys
        GET+POST signin.prove_again
        GET+POST signin.second_step
        GET signin.sessions
        GET+POST signin.use_recovery_code
    """,
    "-": """
        POST desk_training.announce
        GET digests.confirm_unsubscribe
        POST digests.unsubscribe
        POST moving.put_in_list
        POST report.file_for_caller
        POST report.file_report
    """,
    "- again c": """
        POST desk_people.act
    """,
    "- again c sign-in R": """
        GET+POST signin.remove_app
        GET+POST signin.remove_password
    """,
    "CWE again c": """
        GET+POST desk_agreement.publish_agreement
    """,
    "MOQqCWcYET": """
        GET contact_sheet.read_sheet
    """,
    "MXOQqCWcYET": """
        GET+POST discussions.ask_members
    """,
    "R1MXOQqKCWcYET": """
        GET+POST interests.my_systems
    """,
    "CWcET": """
        GET desk_settings.list_settings
    """,
    "T": """
        GET desk_roles.read_national
    """,
    "* / * / *": """
        POST answers.ask_members
        POST desk_warnings.decide
        GET+POST joining.tell
        GET signin.accept_with_provider
        GET static
        GET switch_language
    """,
    "* / * / -": """
        GET home.read_warp
    """,
    "* again c / * again c / * again c": """
        GET+POST custody.open_record
    """,
    "- / - / -": """
        POST answers.close_question
        POST desk_organisations.answer_domain
        POST desk_organisations.drop_domain
        POST desk_same.say_apart
        POST desk_same.say_same
        GET signin.come_back
        GET+POST signin.confirm_account
        GET+POST signin.confirm_invitation
        GET signin.connect_account
        GET signin.go_to_provider
        GET signin.refused_by_provider
        GET training.feed
    """,
    "- again c / - / -": """
        POST desk_organisations.change_post
        POST desk_roles.answer
    """,
    "- sign-in R / - sign-in R / - sign-in R": """
        GET signin.prove_with_provider
    """,
    "CW again c / E again c / - again c": """
        GET+POST desk_roles.propose
        GET+POST desk_roles.step_down
        GET+POST desk_settings.change_signing_in
        GET+POST desk_stand_in.choose_stand_in
        POST desk_stand_in.end_stand_in
    """,
    "CWY again c / E again c / - again c": """
        POST desk_renewals.settle
    """,
    "CWc / E / -": """
        GET+POST desk_answers.set_answer_times
        GET+POST desk_settings.change_contacts
        GET+POST desk_settings.change_digest
        GET+POST desk_settings.change_incidents
        GET+POST desk_settings.change_joining
        GET+POST desk_settings.change_public_page
        GET+POST desk_settings.change_renewals
    """,
    "CWcY / E / -": """
        POST desk_places.end_recusal
        GET+POST desk_places.recuse
        POST desk.send_again
        GET+POST desk_joining.decide_application
        GET+POST desk_organisations.add_domain
        GET+POST desk_organisations.add_person
        GET+POST desk_organisations.change_names
        GET desk_organisations.read_organisation
        GET desk_originals.download_original
        GET+POST desk_people.read_person
        POST desk_people.resume_mail
        POST desk_reports.change_report
        POST desk_reports.decline
        GET desk_reports.review_report
        POST desk_reports.take_back
        GET desk_same.choose_other
        GET+POST desk_sharing.answer_request
        GET+POST desk_sharing.lower_label
        GET+POST desk_source_forms.change_source
        POST desk_sources.ask_now
        POST desk_sources.discard
        POST desk_sources.fetch_again
        POST desk_sources.pause_or_resume
        GET desk_sources.read_source
        POST desk_sources.try_again
        POST desk_training.call_off
        GET+POST desk_training.change
        GET desk_training.read_session
        POST desk_training.tick
        POST desk_warnings.choose_label
        POST desk_warnings.choose_severity
        GET desk_warnings.decide_warning
        POST desk_warnings.give_early_notice
        POST desk_warnings.withdraw
        POST desk_warnings.write_note
        GET+POST desk_writing.edit_warning
        POST incidents.withdraw
        GET+POST replies.close_question
        GET+POST replies.hide_reply
        POST replies.take_back
        GET+POST replies.withdraw_question
    """,
    "M / O / -": """
        POST exports.stop_token
        POST signin.end_account
    """,
    "M again c sign-in R / O again c sign-in R / - again c sign-in R": """
        GET+POST signin.remove_passkey
        GET+POST signin.rename_passkey
    """,
    "M sign-in R / O sign-in R / - sign-in R": """
        POST signin.end_session
    """,
    "MXQCWcY / OqE / -": """
        GET advisories.read_advisory
        GET discussions.read_question
        GET incidents.read_incident
        POST replies.follow
        GET+POST replies.reply
        GET+POST resharing.ask_wider
        POST training.book
        POST training.give_back
        GET training.read_session
    """,
    "MXQCY / OqE / -": """
        GET+POST answers.answer
        POST answers.say_seen_too
    """,
    "Q / q / -": """
        GET+POST interests.our_systems
        GET+POST organisation.add_colleague
        GET+POST organisation.ask_domain
        GET+POST organisation.change_names
        POST organisation.make_lead
        GET organisation.read_organisation
    """,
    "Q again c / q again c / - again c": """
        GET+POST organisation.remove_colleague
    """,
    "QCWY / qE / -": """
        POST signin.end_binding
        GET+POST signin.organisation_sign_in
    """,
    "QCWY again c / qE / -": """
        GET renewals.confirm_people
    """,
    "QCWcY / qE / -": """
        POST renewals.confirm_people
    """,
    "R1MQKC / OqE / -": """
        GET+POST joining_agreement.accept_agreement
    """,
    "W / E / -": """
        POST signin.confirm_binding
    """,
    "W again c / E again c / - again c": """
        GET+POST desk_places.change_place
        GET+POST desk_places.replace
    """,
}
