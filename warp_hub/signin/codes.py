"""The second step: six-digit codes of an authenticator app (TOTP, RFC 6238), each good once.

The secret shown at enrolment follows from the session and from when the last one was confirmed: it is in no
row before its first code is right, another session never shows the same, and looking at it changes nothing.
"""

import base64
import hmac
import io
import logging
import unicodedata
from datetime import timedelta
from uuid import UUID

import pyotp
from sqlalchemy import select, update

from warp_hub import audit, clock
from warp_hub.db import session
from warp_hub.signin import keys, passkeys, recovery, sessions
from warp_hub.signin.federation import accounts
from warp_hub.signin.models import Credential

log = logging.getLogger(__name__)

STEP_SECONDS = 30
WINDOW = 1  # steps of a clock that is slow or fast
ISSUER = "WARP Hub"
_SECRET_BYTES = 20
USE_KEPT = timedelta(days=30)


class NoPassword(Exception):
    """Someone without a password tried to set up a second step."""


def is_enrolled(person_id: UUID) -> bool:
    """Say whether a person has a second step."""
    held = select(Credential.totp_confirmed_at).where(Credential.person_id == person_id)
    return session.scalar(held) is not None


def accept(person_id: UUID, typed: str) -> bool:
    """Say whether a code is right and not used before; it is used up by that. Tries at once take turns."""
    credential = _locked(person_id)
    if credential is None or credential.totp_secret is None:
        return False
    try:
        secret = keys.unseal("totp", credential.totp_secret, person_id.bytes)
    except keys.Unsealable:
        log.error("the second step of %s cannot be read: was WARP_HUB_SECRET_KEY changed?", person_id)
        return False
    step = _step_of(secret, typed, after=credential.totp_last_step)
    if step is None:
        return False
    credential.totp_last_step = step
    return True


def offer(person_id: UUID, session_id: UUID) -> str:
    """Return the secret to enrol with in this session, in the letters that apps take."""
    held = select(Credential.totp_confirmed_at).where(Credential.person_id == person_id)
    told = f"enrol {person_id} {session_id} {session.scalar(held)}"
    return base64.b32encode(keys.derive(told)[:_SECRET_BYTES]).decode()


def address_of(secret: str, email: str) -> str:
    """Return the otpauth: address that a QR code carries."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def picture_of(address: str) -> bytes:
    """Return a QR code as SVG, drawn here so that the secret goes nowhere."""
    import segno  # noqa: PLC0415

    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=5, light="#fff", xmldecl=False)
    return drawn.getvalue()


def enrol(person_id: UUID, session_id: UUID, typed: str) -> bool:
    """Set the second step up, or anew, if the code shows that the app has the secret."""
    credential = _locked(person_id)
    if credential is None:
        raise NoPassword(person_id)
    secret = offer(person_id, session_id)
    step = _step_of(secret, typed, after=None)
    if step is None:
        return False
    credential.totp_secret = keys.seal("totp", secret, person_id.bytes)
    credential.totp_confirmed_at = clock.now()
    credential.totp_last_step = step
    audit.record("second-step.set", actor=person_id)
    return True


def remove(person_id: UUID) -> None:
    """Let the code app of a person sign in no more."""
    credential = _locked(person_id)
    if credential is None:
        return
    credential.totp_secret = credential.totp_confirmed_at = credential.totp_last_step = None
    audit.record("second-step.removed", actor=person_id)


def forget_second_step(person_id: UUID, by: UUID | None = None) -> None:
    """Take away the second step of someone who lost their devices; they set a new one up after their password.

    Passkeys, recovery codes, accounts elsewhere and open sessions go too: the lost device, or the bag it was in, may
    hold them.

    Without column reads, so that the worker, who may not see secrets, can do it at the console.
    """
    nothing = {"totp_secret": None, "totp_confirmed_at": None, "totp_last_step": None}
    taken = update(Credential).where(Credential.person_id == person_id).values(nothing)
    session.execute(taken, execution_options={"synchronize_session": False})
    passkeys.forget_all(person_id)
    recovery.forget_all(person_id)
    accounts.disconnect_all(person_id)
    sessions.end_others(person_id, None)
    audit.record("second-step.forgotten", actor=by, detail={"person": str(person_id)})


def sweep() -> int:
    """Forget when codes were last given, once no code of that time is good any more; return how many."""
    before = int((clock.now() - USE_KEPT).timestamp()) // STEP_SECONDS
    given = update(Credential).where(Credential.totp_last_step < before).values(totp_last_step=None)
    done = session.execute(given, execution_options={"synchronize_session": False})
    return int(done.rowcount)  # type: ignore[attr-defined]


def _locked(person_id: UUID) -> Credential | None:
    held = select(Credential).where(Credential.person_id == person_id).with_for_update()
    return session.scalars(held.execution_options(populate_existing=True)).one_or_none()


def _step_of(secret: str, typed: str, after: int | None) -> int | None:
    """Return the half minute whose code this is, if no code of it or a later one was used."""
    code = "".join(character for character in typed if not _is_space(character))
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    now = int(clock.now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    right = [
        step
        for step in range(now - WINDOW, now + WINDOW + 1)
        if hmac.compare_digest(totp.generate_otp(step), code) and (after is None or step > after)
    ]
    return right[0] if right else None


def _is_space(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Zs", "Cf")
