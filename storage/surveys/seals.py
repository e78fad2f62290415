"""What the secret of a survey does: it makes the hashes of who took part, and seals answers until their batch moves.

A secret is 32 bytes for the hashes, and behind them keys of 32 bytes that seal, the newest first. The hashes are made alike as long
as the survey is open. The sealing key is another after each batch, so that what an old copy of the database holds opens no more.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Collection

from ..sealing import KEY_BYTES, Key, Ring, WrongKey


def fresh() -> bytes:
    """A new secret."""
    return secrets.token_bytes(2 * KEY_BYTES)


def whole(secret: bytes) -> bool:
    """It has the length of one."""
    return len(secret) >= 2 * KEY_BYTES and len(secret) % KEY_BYTES == 0


def renewed(secret: bytes) -> bytes:
    """With a new key in front, which seals from here on. The old ones still open."""
    return secret[:KEY_BYTES] + secrets.token_bytes(KEY_BYTES) + secret[KEY_BYTES:]


def without(secret: bytes, used: Collection[bytes]) -> bytes:
    """Without the keys that nothing is sealed with any more; the newest stays. `used`: names of keys, see `sealed_with`."""
    newest, *older = _keys(secret)
    return secret[:KEY_BYTES] + b"".join(key.secret for key in (newest, *(each for each in older if each.name in used)))


def newest(secret: bytes) -> bytes:
    """The name of the key that seals now."""
    return _keys(secret)[0].name


def several(secret: bytes) -> bool:
    """Old keys are still kept."""
    return len(secret) > 2 * KEY_BYTES


def hashed(secret: bytes, text: str) -> str:
    return hmac.digest(secret[:KEY_BYTES], text.encode(), hashlib.sha256).hex()


def seal(secret: bytes, text: str) -> str:
    return base64.b64encode(Ring(_keys(secret)).seal(text)).decode()


def open_(secret: bytes, sealed: str) -> str | None:
    """None where the key is gone: it was another's, or a batch has moved since."""
    try:
        return Ring(_keys(secret)).open(base64.b64decode(sealed, validate=True))
    except (WrongKey, binascii.Error):
        return None


def seal_screen(secret: bytes, text: str) -> str:
    """What somebody in the middle of it has said so far: openable until the close, however many batches move."""
    return base64.b64encode(_of_screens(secret).seal(text)).decode()


def open_screen(secret: bytes, sealed: str) -> str | None:
    try:
        return _of_screens(secret).open(base64.b64decode(sealed))
    except (WrongKey, binascii.Error):
        return None


def _of_screens(secret: bytes) -> Ring:
    return Ring([Key(hmac.digest(secret[:KEY_BYTES], b"screens", hashlib.sha256))])


def sealed_with(sealed: str) -> bytes:
    """The name of the key."""
    return base64.b64decode(sealed[:8])[:4]


def _keys(secret: bytes) -> list[Key]:
    return [Key(secret[start : start + KEY_BYTES]) for start in range(KEY_BYTES, len(secret), KEY_BYTES)]
