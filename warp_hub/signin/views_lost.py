"""From a form that came too late, over signing in, back to what was typed in it."""

from uuid import UUID

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized

from warp_hub.pages import errors
from warp_hub.pages.forms import answers_to_repeat
from warp_hub.signin import lost_forms, sessions, visitors
from warp_hub.signin.forms import SignInForm
from warp_hub.signin.lost_forms import LostForm
from warp_hub.signin.views_answers import onward, page


def sign_in_again(error: Unauthorized) -> ResponseReturnValue:
    """Answer 401 with the sign-in page, and what was typed in it; with the plain page for whoever we do not know."""
    token = request.cookies.get(visitors.cookie_name())
    person = sessions.owner_of(token) if token else None
    answers = answers_to_repeat()
    if person is None or not answers:
        return errors.page_for(error)
    path = request.full_path.rstrip("?")
    kept = lost_forms.seal(person, LostForm(path, answers, bool(request.files)))
    form = SignInForm(formdata=None)
    return make_response(page("sign_in_again", form, kept=kept, onward=path, answers=answers), 401)


def go_on(person: UUID) -> ResponseReturnValue:
    """Lead whoever has come in to where they were going: to what they typed before, if they carry that."""
    lost = lost_forms.read(person, lost_forms.carried())
    if lost is None:
        return redirect(onward(), 303)
    return make_response(page("what_you_typed", lost=lost))
