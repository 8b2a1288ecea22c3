"""Passwords: stored as scrypt hashes with a salt each, compared in constant time."""

import base64
import binascii
import hashlib
import hmac
import secrets
import unicodedata
from threading import BoundedSemaphore

from app.core.errors import ConfigError

# 32 MiB and about a tenth of a second for each guess.
_N, _R, _P = 2**15, 8, 1
_MOST_N = 2**18
_SALT_BYTES, _KEY_BYTES = 16, 32
_AT_ONCE = BoundedSemaphore(2)  # the memory of two hashes at most, however many try
SHORTEST, LONGEST = 10, 128
_FEWEST_DIFFERENT = 5
_WEAK = ("password", "passw0rd", "12345678", "87654321", "qwerty", "admin", "pingan", "abc123")


def normalise(password: str) -> str:
    """One spelling for the same key strokes on every keyboard."""
    return unicodedata.normalize("NFKC", password)


def require_strong(password: str, *, name: str = "") -> None:
    """Refuse a password that is guessed first.

    Raises:
        ConfigError: it is too short, too long or too common; the message never repeats it.
    """
    text = normalise(password)
    folded = text.casefold()
    if len(text) < SHORTEST:
        raise ConfigError(f"密码太短，请用至少 {SHORTEST} 个字，例如一句只有自己知道的话。")
    if len(text) > LONGEST:
        raise ConfigError(f"密码太长，请不超过 {LONGEST} 个字。")
    if any(unicodedata.category(c) == "Cc" for c in text):
        raise ConfigError("密码里有看不见的控制字符，请重新输入。")
    if len(set(folded)) < _FEWEST_DIFFERENT or any(
        len(folded) - len(weak) < SHORTEST // 2 for weak in _WEAK if weak in folded
    ):
        raise ConfigError("密码太容易猜，请换一个，例如一句只有自己知道的话。")
    if name and name.casefold() in folded and len(folded) - len(name) < SHORTEST // 2:
        raise ConfigError("密码里不要只在用户名后面加几个字，请换一个。")


def _derive(password: str, salt: bytes, *, n: int, r: int, p: int, size: int) -> bytes:
    with _AT_ONCE:
        return hashlib.scrypt(
            normalise(password).encode("utf-8", "surrogatepass"),
            salt=salt,
            n=n,
            r=r,
            p=p,
            dklen=size,
            maxmem=256 * r * (n + p) + 2**20,
        )


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def hash_password(password: str) -> str:
    """``scrypt$n$r$p$salt$key``: everything needed to compare later."""
    salt = secrets.token_bytes(_SALT_BYTES)
    key = _derive(password, salt, n=_N, r=_R, p=_P, size=_KEY_BYTES)
    return f"scrypt${_N}${_R}${_P}${_encode(salt)}${_encode(key)}"


def is_hash(stored: str) -> bool:
    """True for what ``hash_password`` gives, within bounds that a login can afford."""
    try:
        _parts(stored)
    except ValueError:
        return False
    return True


def _parts(stored: str) -> tuple[int, int, int, bytes, bytes]:
    kind, *numbers, salt, key = stored.split("$")
    n, r, p = (int(x) for x in numbers)
    is_power = n > 1 and n & (n - 1) == 0
    if kind != "scrypt" or not is_power or n > _MOST_N or not 1 <= r <= 16 or not 1 <= p <= 4:
        raise ValueError(stored)
    try:
        raw_salt, raw_key = (base64.b64decode(x, validate=True) for x in (salt, key))
    except binascii.Error as error:
        raise ValueError(stored) from error
    if len(raw_salt) < _SALT_BYTES or len(raw_key) != _KEY_BYTES:
        raise ValueError(stored)
    return n, r, p, raw_salt, raw_key


# For a name nobody has: the same work, and never a match.
_NOBODY = f"scrypt${_N}${_R}${_P}${_encode(bytes(_SALT_BYTES))}${_encode(bytes(_KEY_BYTES))}"


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the stored one; ``None`` costs the same and never matches."""
    n, r, p, salt, key = _parts(stored or _NOBODY)
    if len(password) > LONGEST * 4:
        password = ""  # as much work as any other wrong one
    given = _derive(password, salt, n=n, r=r, p=p, size=len(key))
    return hmac.compare_digest(given, key) and stored is not None
