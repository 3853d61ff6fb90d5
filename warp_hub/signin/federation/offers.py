"""What templates of signing in ask of the providers."""

from collections.abc import Sequence

from flask import Blueprint

from warp_hub import access
from warp_hub.signin.federation import accounts, bindings, providers
from warp_hub.signin.federation.models import Account


def install(blueprint: Blueprint) -> None:
    """Let every template ask which providers there are, and what one is called."""
    blueprint.add_app_template_global(providers.offered, "sign_in_providers")
    blueprint.add_app_template_global(_name_of, "provider_name")
    blueprint.add_app_template_global(bindings.waits_for_coordinator, "second_factor_waits")
    blueprint.add_app_template_global(_own_address, "visitor_email")
    blueprint.add_app_template_global(_own_accounts, "own_accounts")


def _name_of(slug: str) -> str:
    provider = providers.find(slug)
    return slug if provider is None else provider.name


def _own_address() -> str:
    return access.visitor().email


def _own_accounts() -> Sequence[Account]:
    person = access.visitor().person
    return [] if person is None else accounts.connected(person)
