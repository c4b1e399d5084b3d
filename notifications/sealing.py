"""Encrypts the few secrets that must wait in the database, so that a copy of it opens nothing."""

import base64
import hashlib
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def _box() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    derived = (
        hashlib.scrypt(key.encode(), salt=b"notifications.sealing", n=2, r=8, p=1, dklen=32) for key in keys
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def seal(secrets: dict[str, str]) -> bytes:
    """The named secrets, unreadable without the installation's key."""
    return _box().encrypt(json.dumps(secrets).encode())


def unseal(sealed: bytes | memoryview | None) -> dict[str, str]:
    """What was sealed; nothing if there is nothing or the key has changed since."""
    if not sealed:
        return {}
    try:
        opened: dict[str, str] = json.loads(_box().decrypt(bytes(sealed)))
    except InvalidToken:
        return {}
    return opened


def placeholder(name: str) -> str:
    """What stands for a secret in a stored text; nobody can type it, or a link of theirs would carry the secret."""
    return _placeholder(name, settings.SECRET_KEY)


def _placeholder(name: str, key: str) -> str:
    mark = salted_hmac("notifications.sealing", name, secret=key, algorithm="sha256").hexdigest()[:16]
    return f"⟦{name} {mark}⟧"


def fill(text: str, secrets: dict[str, str]) -> str:
    """The text with its secrets in place."""
    for name, secret in secrets.items():
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
            text = text.replace(_placeholder(name, key), secret)
    return text
