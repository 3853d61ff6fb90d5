"""How an organisation's people sign in: its tenants, bound and taken off by its lead or a coordinator."""

from uuid import UUID

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from warp_hub import access, db
from warp_hub.memberships import authority
from warp_hub.memberships.models import Organisation
from warp_hub.signin.federation import bindings, providers
from warp_hub.signin.federation.bindings import NoTenant
from warp_hub.signin.federation.forms import BindForm
from warp_hub.signin.forms import refuse
from warp_hub.signin.views_answers import show


@access.audience("fresh")
def organisation_sign_in(organisation_id: UUID) -> ResponseReturnValue:
    """Show by which providers an organisation's people sign in, and bind another."""
    organisation, by = _found(organisation_id)
    form = BindForm.offering(providers.offered())
    if not form.validate_on_submit() or not _bound(form, organisation, by):
        names = {provider.slug: provider.name for provider in providers.offered()}
        bound = bindings.of_organisation(organisation.id)
        mine = {one.id for one, _name in bound if bindings.may_confirm(by, organisation.id, one.said_by)}
        leads = authority.leads(by, organisation.id)
        told = {"bound": bound, "names": names, "may_confirm": mine, "leads": leads}
        return show("federation_organisation", form, organisation=organisation, **told)
    db.session.commit()

    flash(_("People of %(name)s can now connect their accounts.", name=organisation.name), "success")
    return redirect(url_for("signin.organisation_sign_in", organisation_id=organisation.id), 303)


@access.audience("fresh")
def confirm_binding(organisation_id: UUID, binding_id: UUID) -> ResponseReturnValue:
    """Let an organisation's word count that its provider always asks for a second factor."""
    organisation, by = _found(organisation_id)
    binding = bindings.find(binding_id, organisation.id)
    if binding is None or not bindings.may_confirm(by, organisation.id, binding.said_by):
        abort(404)

    bindings.confirm(binding, by)
    db.session.commit()

    flash(_("From now on its second factor counts here."), "success")
    return redirect(url_for("signin.organisation_sign_in", organisation_id=organisation.id), 303)


@access.audience("fresh")
def end_binding(organisation_id: UUID, binding_id: UUID) -> ResponseReturnValue:
    """Take a tenant off an organisation."""
    organisation, by = _found(organisation_id)
    binding = bindings.find(binding_id, organisation.id) or abort(404)

    bindings.unbind(binding, by)
    db.session.commit()

    flash(_("Its accounts sign nobody in any more."), "success")
    return redirect(url_for("signin.organisation_sign_in", organisation_id=organisation.id), 303)


def _found(organisation_id: UUID) -> tuple[Organisation, UUID]:
    by = access.visitor().person
    assert by is not None
    organisation = bindings.find_organisation(organisation_id, by)
    if organisation is None or not providers.offered():
        abort(404)
    return organisation, by


def _bound(form: BindForm, organisation: Organisation, by: UUID) -> bool:
    provider = providers.find(form.provider.data) or abort(404)
    says = form.second_factor.data == "yes"
    try:
        is_news = bindings.bind(organisation.id, provider, form.tenant.data or "", by, second_factor=says)
    except NoTenant:
        refuse(form.tenant, _("Enter the tenant ID, like 1b2c3d4e-0000-4000-8000-123456789abc"))
        return False
    if not is_news:
        refuse(form.tenant, _("This is there already. Take it off first if you want to change it."))
    return is_news


ROUTES = (
    ("/organisation/<uuid:organisation_id>/sign-in", "organisation_sign_in", organisation_sign_in, ["GET", "POST"]),
    ("/organisation/<uuid:organisation_id>/sign-in/<uuid:binding_id>/end", "end_binding", end_binding, ["POST"]),
    ("/organisation/<uuid:organisation_id>/sign-in/<uuid:binding_id>", "confirm_binding", confirm_binding, ["POST"]),
)
