"""Passkeys (WebAuthn Level 3): several a person, each named; any of them found without an address.

Every key is discoverable, so no page ever lists the keys of an address. A key belongs to the name under which the
hub is reached; an address made of numbers cannot have any.
"""

import ipaddress
import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, select, update

from warp_hub import audit, clock, config
from warp_hub.db import new_id, session
from warp_hub.memberships.models import Person, State
from warp_hub.signin import challenges
from warp_hub.signin.challenges import ChallengeOver
from warp_hub.signin.models import Passkey

log = logging.getLogger(__name__)

MOST = 20
LONGEST_NAME = 60
LONGEST_ANSWER = 20_000
USE_KEPT = timedelta(days=30)
_MILLISECONDS = int(challenges.LIVES.total_seconds()) * 1000


class PasskeyRefused(Exception):
    """The answer is not that of a key we know, for this browser, name and challenge; why is nobody's business."""


class PasskeyCopied(Exception):
    """The key counts backwards, so it exists twice; it is refused."""

    def __init__(self, passkey: Passkey) -> None:
        super().__init__(passkey.id)
        self.passkey = passkey


class TooManyPasskeys(Exception):
    """Nobody needs so many."""


def own_name() -> str | None:
    """Return the name that keys of this hub belong to, or None where there can be none.

    Browsers have passkeys for names alone, and only over https or on the machine itself.
    """
    settings = config.current()
    host = urlsplit(settings.base_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host if settings.is_https or host == "localhost" else None
    return None


def request_to_sign_in(browser: str) -> str:
    """Return what the page hands to the browser, as JSON: the same for every address, since it names no key."""
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

    options = generate_authentication_options(
        rp_id=own_name() or "",
        challenge=challenges.issue("sign in", browser),
        timeout=_MILLISECONDS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return str(options_to_json(options))


def request_to_add(person: Person, browser: str) -> str:
    """Return what the page hands to the browser to make a key for a person, as JSON."""
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415
    from webauthn.helpers import structs  # noqa: PLC0415

    options = generate_registration_options(
        rp_id=own_name() or "",
        rp_name="WARP Hub",
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        challenge=challenges.issue("add", browser),
        timeout=_MILLISECONDS,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=known.credential_id) for known in passkeys_of(person.id)
        ],
    )
    return str(options_to_json(options))


def add(person: Person, answer: str, browser: str, name: str) -> Passkey:
    """Keep the key that a browser made for a person; raise PasskeyRefused for anything else."""
    from webauthn import verify_registration_response  # noqa: PLC0415

    challenge = _challenge_of("add", answer, browser)
    if len(held := passkeys_of(person.id)) >= MOST:
        raise TooManyPasskeys
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=own_name() or "",
            expected_origin=config.current().base_url,
            require_user_verification=True,
        )
    except Exception as error:
        # Whatever a stranger's answer breaks in the library is a refusal.
        raise _refused(error) from None
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)) is not None:
        raise PasskeyRefused
    passkey = Passkey(
        id=new_id(),
        person_id=person.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=_free_name(name, {known.name for known in held}),
        is_synced=made.credential_backed_up,
        made_at=clock.now(),
    )
    session.add(passkey)
    session.flush()
    audit.record("passkey.added", actor=person.id)
    return passkey


def accept(answer: str, browser: str) -> tuple[Passkey, bool]:
    """Return whose key answered and whether its owner was asked for a finger, face or PIN.

    Raise PasskeyRefused for what is no good answer, PasskeyCopied for one whose count does not go up.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415

    challenge = _challenge_of("sign in", answer, browser)
    passkey = _by_credential(answer)
    try:
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=own_name() or "",
            expected_origin=config.current().base_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # looked at below: only a good signature says that a key was copied
        )
        _belongs(passkey, answer)
    except Exception as error:
        raise _refused(error) from None
    if passkey.sign_count and verified.new_sign_count <= passkey.sign_count:
        raise PasskeyCopied(passkey)
    passkey.sign_count = verified.new_sign_count
    passkey.last_used_on = clock.now().date()
    passkey.is_synced = verified.credential_backed_up
    return passkey, verified.user_verified


def passkeys_of(person_id: UUID) -> Sequence[Passkey]:
    """Return a person's keys, oldest first."""
    return session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.made_at)).all()


def has_any(person_id: UUID) -> bool:
    """Say whether a person has a passkey."""
    return session.scalar(select(Passkey.person_id).where(Passkey.person_id == person_id).limit(1)) is not None


def find(passkey_id: UUID, person_id: UUID) -> Passkey | None:
    """Return a key of this person's, or None."""
    held = select(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person_id)
    return session.scalars(held).one_or_none()


def rename(passkey: Passkey, name: str) -> None:
    """Give a key another name."""
    others = {known.name for known in passkeys_of(passkey.person_id) if known.id != passkey.id}
    passkey.name = _free_name(name, others)
    audit.record("passkey.renamed", actor=passkey.person_id)


def remove(passkey: Passkey) -> None:
    """Let a key sign in no more."""
    session.delete(passkey)
    session.flush()
    audit.record("passkey.removed", actor=passkey.person_id)


def sweep() -> int:
    """Forget on which day keys were last used, long ago; return how many."""
    used = update(Passkey).where(Passkey.last_used_on < clock.today() - USE_KEPT).values(last_used_on=None)
    return int(session.execute(used, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]


def forget_all(person_id: UUID) -> None:
    """Take every key from a person; without column reads, so that the worker can do it at the console."""
    gone = delete(Passkey).where(Passkey.person_id == person_id)
    session.execute(gone, execution_options={"synchronize_session": False})


def _challenge_of(purpose: challenges.Purpose, answer: str, browser: str) -> bytes:
    """Return the challenge that an answer is to, used up by that."""
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json  # noqa: PLC0415

    if own_name() is None or len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    try:
        told = base64url_to_bytes(_fields(answer)["response"]["clientDataJSON"])
        challenge = parse_client_data_json(told).challenge
    except Exception as error:
        raise _refused(error) from None
    try:
        challenges.use_up(purpose, browser, challenge)
    except ChallengeOver as error:
        raise _refused(error) from None
    return challenge


def _by_credential(answer: str) -> Passkey:
    """Return the key of an answer, for us alone until the caller commits."""
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415

    try:
        credential_id = base64url_to_bytes(_fields(answer)["id"])
    except Exception as error:
        raise _refused(error) from None
    held = (
        select(Passkey, Person.state)
        .join(Person, Person.id == Passkey.person_id)
        .where(Passkey.credential_id == credential_id)
        .with_for_update(of=Passkey)
        .execution_options(populate_existing=True)
    )
    passkey, state = session.execute(held).one_or_none() or (None, None)
    if passkey is None or state is not State.ACTIVE:
        raise PasskeyRefused
    return passkey


def _belongs(passkey: Passkey, answer: str) -> None:
    """Refuse a key that says it is another person's than the one it was made for."""
    from webauthn.helpers import base64url_to_bytes  # noqa: PLC0415

    handle = _fields(answer)["response"].get("userHandle")
    if not handle or base64url_to_bytes(handle) != passkey.person_id.bytes:
        raise PasskeyRefused


def _fields(answer: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(answer)
    return fields


def _refused(error: Exception) -> PasskeyRefused:
    log.warning("a passkey was refused: %s", type(error).__name__)
    return PasskeyRefused()


def _free_name(name: str, taken: set[str]) -> str:
    """Return the name, numbered where it is another key's."""
    wanted = " ".join(name.split())[:LONGEST_NAME] or "Passkey"
    return next(
        candidate
        for number in range(1, MOST + 2)
        if (candidate := wanted if number == 1 else f"{wanted} ({number})") not in taken
    )
