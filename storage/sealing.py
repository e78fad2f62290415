"""What a thief of the database file must not read: sealed with a key that is kept elsewhere.

A value is sealed with AES-256-GCM under a random nonce, so that equal values look different. What must be found again
(an address) has beside it a lookup: HMAC-SHA256 under a second key, so that nobody can try all numbers without the key.
Rotation: the first key of the ring seals; the others still open what they sealed, until `platica key rotate` has sealed it anew.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, TypeDecorator
from sqlalchemy.engine import Dialect

KEY_BYTES = 32
_NONCE = 12
_NAME = 4
"""Bytes in front of what is sealed: which key of the ring it was."""


class WrongKey(Exception):
    """What is sealed does not open with any key we have: PLATICA_KEY is not the one this database was written with."""


def new_key() -> str:
    """A key as it stands in the settings: 32 random bytes in URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


@dataclass(frozen=True, repr=False)
class Key:
    """One key, and the two that are made of it: one seals, one makes lookups."""

    secret: bytes

    @classmethod
    def read(cls, text: str) -> Key:
        """From the settings; `ValueError` if it is not 32 bytes of base64."""
        try:
            secret = base64.b64decode(text.strip().encode(), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            secret = b""
        if len(secret) != KEY_BYTES:
            raise ValueError("a key is 32 bytes of base64: `platica key new` prints one")
        return cls(secret)

    def derived(self, purpose: bytes) -> bytes:
        return hmac.digest(self.secret, b"platica " + purpose, hashlib.sha256)

    @property
    def name(self) -> bytes:
        """Tells the keys of a ring apart, and nothing about the key."""
        return self.derived(b"name")[:_NAME]


class Ring:
    """The keys in use: the first seals, all of them open."""

    def __init__(self, keys: list[Key]) -> None:
        self.keys = keys
        self._sealers = {key.name: AESGCM(key.derived(b"seal")) for key in keys}
        self._lookups = [key.derived(b"lookup") for key in keys]

    def seal(self, text: str) -> bytes:
        nonce, name = secrets.token_bytes(_NONCE), self.keys[0].name
        return name + nonce + self._sealers[name].encrypt(nonce, text.encode("utf-8", "surrogatepass"), None)

    def open(self, sealed: bytes) -> str:
        sealer = self._sealers.get(sealed[:_NAME])
        if sealer is None or len(sealed) < _NAME + _NONCE:
            raise WrongKey
        try:
            opened = sealer.decrypt(sealed[_NAME : _NAME + _NONCE], sealed[_NAME + _NONCE :], None)
        except InvalidTag:
            raise WrongKey from None
        return opened.decode("utf-8", "surrogatepass")

    def lookup(self, text: str) -> str:
        """What stands for a value in an index, in hex; the same for the same value."""
        return hmac.digest(self._lookups[0], text.encode(), hashlib.sha256)[:20].hex()

    def lookups(self, text: str) -> list[str]:
        """What may stand for it while a rotation is under way: under each key of the ring."""
        return [hmac.digest(key, text.encode(), hashlib.sha256)[:20].hex() for key in self._lookups]


def ring(text: str) -> Ring:
    """The ring of PLATICA_KEY: one key, or several with commas between, the newest first."""
    return Ring([Key.read(part) for part in text.split(",") if part.strip()])


_SAMPLE = Ring([Key(hashlib.sha256(b"the sample school keeps nothing of anybody").digest())])
_in_use = _SAMPLE


def use(keys: Ring) -> None:
    """The ring of this process, from now on. Until then it is the sample school's, which keeps nothing of anybody."""
    global _in_use  # noqa: PLW0603 - one process, one key
    _in_use = keys


def in_use() -> Ring:
    return _in_use


class Sealed(TypeDecorator[str]):
    """A text column that is sealed on its way in and opened on its way out."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _in_use.seal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _in_use.open(bytes(value))


class SealedJson(TypeDecorator[Any]):
    """A JSON column that is sealed. `None` is SQL's NULL."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else _in_use.seal(json.dumps(value, separators=(",", ":")))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(_in_use.open(bytes(value)))
