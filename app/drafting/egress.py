"""Nothing that must not leave the office is sent to a model beyond it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.address import host_of, is_loopback
from app.core.errors import ConfigError

_SECRECY = re.compile(
    r"(?:绝\s*密|机\s*密|秘\s*密)\s*[★☆*＊]|[★☆]\s*(?:绝\s*密|机\s*密|秘\s*密)|密级\s*[：:]\s*(?:绝密|机密|秘密)"
    r"|^\s*(?:绝密|机密|秘密)\s*(?:\d+年|长期)?\s*$",
    re.MULTILINE,
)
_DIGITS = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")
_ID = re.compile(
    r"(?<!\d)\d{6}[\s-]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[\s-]?\d{3}[\dXx](?!\d)"
)
_OLD_ID = re.compile(r"(?<=身份证)[^\d]{0,6}(\d{15})(?!\d)|(?<=身份证号)[^\d]{0,6}(\d{15})(?!\d)")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[\s-]?)?1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<=[话机：:])\s*0\d{2,3}[\s-]?\d{7,8}(?!\d)")
_CARD = re.compile(
    r"(?<!\d)(?:62|4\d|5[1-5])\d{2}[\s-]?\d{4}[\s-]?\d{4}[\s-]?\d{4}(?:[\s-]?\d{1,3})?(?!\d)"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方"
    "俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元顾孟平黄穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴谈宋"
    "茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓"
    "单杭洪包诸左石崔吉龚程邢裴陆荣翁荀甄曲封储靳段焦侯宁仇武刘龙叶白赖卓池乔谭申冉桑桂牛尚温庄柴瞿阎向易廖耿关聂曾沙丰游兰"
)
_PETITIONER = re.compile(
    rf"(?:信访人|上访人|来访人|投诉人|举报人|当事人|来信人|信访户|上访户|信访老户|重点信访人员?|来访群众|上访群众|上访人员)"
    rf"(?:姓名)?[：:\s“\"（(]*(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=[，。；、：\s”\"）)（(等反因到的诉要就已]|$)"
)
_NOT_NAMES = re.compile(
    r"^(?:[\u4e00-\u9fff][某×xX]|平均|平安|应当|应急|经常|经过|强烈|万|安置|安全|时间|任何|成功|解决|管理|高度|向上|向市|向县|关于|于|方面|方式|明显|计|余|和)"
)


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that must not be sent: what it is, and where it stands with its middle hidden."""

    kind: str
    where: str
    shown: str


def find_leaks(texts: Iterable[tuple[str, str]]) -> tuple[Leak, ...]:
    """Secrecy marks and personal data in ``(where, text)`` pairs."""
    out: list[Leak] = []
    for where, original in texts:
        text = original.translate(_DIGITS)
        for match in _SECRECY.finditer(text):
            out.append(Leak("密级标志", where, match.group(0).strip()))
        for pattern, kind in (
            (_ID, "身份证号"),
            (_OLD_ID, "身份证号"),
            (_PHONE, "手机号"),
            (_LANDLINE, "电话号码"),
            (_CARD, "银行卡号"),
        ):
            for match in pattern.finditer(text):
                digits = re.sub(r"\D", "", match.group(0))
                out.append(Leak(kind, where, f"{digits[:3]}…{digits[-2:]}"))
        for match in _PETITIONER.finditer(text):
            name = match.group("name")
            if not _NOT_NAMES.match(name):
                out.append(Leak("信访人姓名", where, name[0] + "某"))
    return tuple(dict.fromkeys(out))


def is_trusted(base_url: str, trusted_hosts: Sequence[str]) -> bool:
    """True where drafts may go unguarded: loopback and the hosts the office trusts."""
    host = host_of(base_url)
    return is_loopback(host) or host in {item.strip().lower() for item in trusted_hosts}


def guard(
    texts: Iterable[tuple[str, str]], *, base_url: str, trusted_hosts: Sequence[str] = ()
) -> None:
    """Stop before anything is sent that must not be.

    Raises:
        ConfigError: the endpoint is beyond this machine, not trusted, and a text holds a secrecy
            mark or personal data; the message names where, never the data itself.
    """
    if is_trusted(base_url, trusted_hosts):
        return
    leaks = find_leaks(texts)
    if not leaks:
        return
    named = "、".join(f"{leak.where}的{leak.kind}（{leak.shown}）" for leak in leaks[:4])
    more = f"等{len(leaks)}处" if len(leaks) > 4 else ""
    told = f"没有发送：{named}{more}不能发到外部模型 {host_of(base_url)}。请删去后再起草，"
    raise ConfigError(
        f"{told}或用 --offline 起草，或在 pingan.toml 的 trusted_hosts 里写明信任这台主机。",
        on_page=f"{told}或把“写法”选为“按要点直接成文”，或请管理员在设置里写明信任这台主机。",
    )
