"""Many drafts made from the samples: own names, own figures, some paragraphs copied from others.

The sentences of the sample reports are shuffled into new paragraphs, so that drafts share wording
as real ones do without being copies; one draft in twenty copies paragraphs of an earlier one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.resources import reports_dir

CHARS = 4_000
_SEED = 20241220
_COPIER_EVERY = 20
_COPIED = 3
_CHANGED_SHARE = 0.35
_FIRST = "青临云沅梧柏松石荷白龙清平安河桥江湖泉岭"
_LAST = "岚溪渡澄川泉岭桥塘鹭山水阳原湾洲浦林峰谷"
_SECTIONS = (
    "加强组织领导，压实工作责任",
    "突出预防，提升矛盾化解质效",
    "严字当头，筑牢安全屏障",
    "综合施策，维护良好治安秩序",
    "夯实基础，提升治理水平",
    "存在的问题",
    "下一步工作打算",
)
_NUMBERS = "一二三四五六七"
_FIGURE = re.compile(r"(?<![\d.〔])(?!20\d\d)\d{1,6}(?![\d.〕年月日号])")
_SENTENCE = re.compile(r"[^。\n]{16,180}。")
_LABEL = re.compile(r"^[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．]")


@dataclass(frozen=True, slots=True)
class _Unit:
    """An invented town and its county."""

    county: str
    town: str

    @property
    def name(self) -> str:
        return f"{self.county}县{self.town}镇"


def _sentences() -> list[str]:
    """Sentences of the samples, without labels and without the names of their units."""
    found: dict[str, None] = {}
    for path in sorted(reports_dir().glob("*.txt")):
        own = path.stem.partition("_")[2]
        for sentence in _SENTENCE.findall(path.read_text(encoding="utf-8")):
            bare = _LABEL.sub("", sentence.strip())
            if len(bare) >= 16 and not any(name in bare for name in (own, own[-3:], own[:3])):
                found.setdefault(bare)
    return list(found)


def _with_figures(sentence: str, random: Random) -> str:
    def changed(match: re.Match[str]) -> str:
        if random.random() > _CHANGED_SHARE:
            return match[0]
        low = 10 ** (len(match[0]) - 1)
        return str(random.randrange(low, low * 10))

    return _FIGURE.sub(changed, sentence)


def _paragraphs(sentences: list[str], random: Random) -> list[str]:
    """Shuffled sentences in paragraphs of three to five, up to the length of a draft."""
    paragraphs: list[str] = []
    length = 0
    pool = random.sample(sentences, len(sentences))
    while length < CHARS - 300 and len(pool) >= 5:
        size = random.randint(3, 5)
        made = "".join(_with_figures(pool.pop(), random) for _ in range(size))
        paragraphs.append(made)
        length += len(made) + 1
    return paragraphs


def _layout(unit: _Unit, paragraphs: list[str]) -> str:
    lines = [f"{unit.name}2024年平安建设工作总结", ""]
    lines.append(f"2024年，{unit.name}扎实推进平安建设，全镇大局稳定。现将有关情况总结如下。")
    size = -(-len(paragraphs) // len(_SECTIONS))
    for number, (mark, title) in enumerate(zip(_NUMBERS, _SECTIONS, strict=True)):
        lines += ["", f"{mark}、{title}", *paragraphs[number * size : (number + 1) * size]]
    lines += ["", f"{unit.name}人民政府", "2024年12月20日"]
    return "\n".join(lines) + "\n"


def many_drafts(count: int, seed: int = _SEED) -> Iterator[str]:
    """``count`` drafts of some 4,000 characters; the first ones are the same for every count."""
    random = Random(seed)  # noqa: S311  # a text, no secret
    sentences = _sentences()
    earlier: list[list[str]] = []
    for number in range(count):
        unit = _Unit(
            random.choice(_FIRST) + random.choice(_LAST),
            random.choice(_FIRST) + random.choice(_LAST),
        )
        paragraphs = _paragraphs(sentences, random)
        if number % _COPIER_EVERY == _COPIER_EVERY - 1:
            source = random.choice(earlier)
            start = random.randrange(len(source) - _COPIED)
            copied = [_with_figures(p, random) for p in source[start : start + _COPIED]]
            paragraphs[1 : 1 + _COPIED] = copied
        earlier.append(paragraphs)
        yield _layout(unit, paragraphs)


def write_drafts(folder: Path, count: int) -> int:
    """Write the drafts into ``folder``; how many characters they have together."""
    total = 0
    for number, text in enumerate(many_drafts(count)):
        (folder / f"{number:05}.txt").write_text(text, encoding="utf-8")
        total += len(text)
    return total
