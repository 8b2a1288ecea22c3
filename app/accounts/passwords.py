"""Passwords: stored as scrypt hashes with a salt each, compared in constant time."""

import base64
import binascii
import hashlib
import hmac
import re
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
_FEWEST_GUESSES = 1e9  # ten times what zxcvbn calls safe where guessing is slowed down
_LONGEST_READ = 72  # a beginning that holds is enough, and longer ones take long to look at
# What is typed first here, besides the 30,000 passwords and the words that zxcvbn knows.
_HABITS = """
    pingan woaini woaizhongguo zhongguo aini jianshe gongzuo zongjie zhengfa gongan zongzhi weiwen
    xinfang bangong bangongshi admin root guanli guanliyuan yonghu mima ceshi xitong
    5201314 1314520 520520 1314 520 147258369 789456123 a123456 qq123456 asd123 zxc123 abc123 qwe123
    平安 平安建设 平安中国 建设 工作 总结 工作总结 年度 综治 维稳 政法 政法委 公安 信访 办公室 单位
    管理员 管理 密码 用户 系统 测试 我爱你 我爱中国 一生一世 中国 祖国万岁 中华人民共和国 为人民服务
    新年快乐 恭喜发财 身体健康 万事如意 心想事成 好好学习 天天向上 不忘初心 牢记使命
""".split()
_SYLLABLE = (
    "(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:iang|iong|uang|[aeio]ng|ian|iao|uan|uai|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|ve"
    "|[aeiouv])"
)
_PINYIN = re.compile(f"(?:{_SYLLABLE}){{1,4}}")
_UNIT = re.compile(
    "[㐀-鿿]{1,16}(?:[省市县区州盟旗乡镇村局厅委办所站院校馆]|街道|社区|公司|集团|学校|医院|政府|中心)"
)
_MOST_BESIDE = 8  # a date, at most
_TOO_EASY = "密码太容易猜，请换一个，例如一句只有自己知道的话。"


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
    is_plain = _is_name_and_number(folded)
    if not is_plain and _guesses(folded, name.casefold()) >= _FEWEST_GUESSES:
        return
    if name and _words(name.casefold()) in _words(folded):
        raise ConfigError("密码里不要只在用户名后面加几个字，请换一个。")
    if is_plain:
        raise ConfigError("密码只是数字，或拼音、单位名称加数字，太容易猜；请换一句话。")
    raise ConfigError(_TOO_EASY)


def _words(text: str) -> str:
    return re.sub(r"[\W\d_]", "", text)


def _is_name_and_number(text: str) -> bool:
    """True for digits alone, and for somebody's name in pinyin, or a unit, with a date."""
    words = _words(text)
    if not words:
        return True
    beside = len(text) - len(words)
    return beside <= _MOST_BESIDE and bool(_PINYIN.fullmatch(words) or _UNIT.fullmatch(words))


def _guesses(text: str, name: str) -> float:
    """How many guesses somebody needs who tries words, names, dates and keys in a row first."""
    from zxcvbn import zxcvbn  # noqa: PLC0415  # 30,000 passwords, read when one is chosen

    told = zxcvbn(text[:_LONGEST_READ], user_inputs=[name, *_HABITS] if name else _HABITS)
    return float(told["guesses"])


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
