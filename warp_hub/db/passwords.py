"""Passwords of the database's logins: derived from the secret key, so that nobody has to keep them."""

import base64
import hashlib
import hmac
import os

ITERATIONS = 4096  # the password is 256 random-looking bits: nothing to guess


def password(secret: str, role: str) -> str:
    """Return the password of a role's login; whoever has the secret key has it."""
    return hmac.new(secret.encode(), f"database-login:{role}".encode(), hashlib.sha256).hexdigest()


def verifier(secret: str) -> str:
    """Return what the server stores for a password, so that the password itself is in no script and no log."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", secret.encode(), salt, ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = [salt, hashlib.sha256(client).digest(), server]
    encoded_salt, stored, signed = (base64.b64encode(part).decode() for part in parts)
    return f"SCRAM-SHA-256${ITERATIONS}:{encoded_salt}${stored}:{signed}"
