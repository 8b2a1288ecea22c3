"""What must not leave the office, and a piece of text that is it."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.document import Span


class SensitiveKind(StrEnum):
    """What a sensitive piece is, as a user reads it."""

    ID = "身份证号"
    PHONE = "手机号"
    LANDLINE = "电话号码"
    CARD = "银行卡号"
    EMAIL = "电子邮箱"
    ACCOUNT = "微信或QQ号"
    PLATE = "车牌号"
    PAPERS = "护照或通行证号"
    HOME = "住址"
    NAME = "姓名"
    SECRECY = "密级标志"
    INTERNAL = "内部资料标志"

    @property
    def is_mark(self) -> bool:
        """True for marks of the whole text, which are shown as they are."""
        return self in {SensitiveKind.SECRECY, SensitiveKind.INTERNAL}

    @property
    def is_sure(self) -> bool:
        """True where the form alone tells, and not the words round it."""
        return self not in {
            SensitiveKind.HOME,
            SensitiveKind.NAME,
            SensitiveKind.EMAIL,
            SensitiveKind.ACCOUNT,
            SensitiveKind.LANDLINE,
        }


@dataclass(frozen=True, slots=True)
class Sensitive:
    """One piece; ``shown`` is what may be shown of it."""

    kind: SensitiveKind
    span: Span
    shown: str
