"""Places inside a unit's name, and the names by which one unit is told from every other."""

import re
from dataclasses import dataclass

from app.language.names.unit import short_names_of
from app.language.names.vocabulary import PLACE_TAILS_NOT

_LEVELS = (
    (5, ("自治区", "省")),
    (4, ("自治州", "地区", "盟", "州", "市")),
    (3, ("自治县", "自治旗", "县", "区", "旗")),
    (2, ("街道", "苏木", "镇", "乡")),
    (1, ("社区", "村")),
)
_GOVERNING = re.compile("^(?:中共|中国共产党)")
_BODY = re.compile(
    r"^(?:党委|党工委|工委|委员会|人民政府|政府|办事处|委|平安建设(?:工作)?领导小组(?:办公室)?|平安办|政法委"
    r"|政法委员会)*$"
)
_LONGEST_STEM, _SHORTEST_STEM = 7, 2
_COMMON_STEMS = frozenset(
    "中心 城关 城区 开发 高新 新城 社区 城东 城西 城南 城北 和平 平安".split()
)


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One place of a name: ``level`` is 5 for a province, 4 city, 3 county, 2 town, 1 village."""

    name: str
    level: int


def area_chain(unit: str) -> tuple[PlaceName, ...]:
    """The places a unit's name begins with, from the widest: 临溪县云渡镇 has two."""
    rest = _GOVERNING.sub("", unit.strip())
    chain: list[PlaceName] = []
    for level, suffixes in _LEVELS:
        end = _place_end(rest, suffixes)
        if end:
            chain.append(PlaceName(rest[:end], level))
            rest = rest[end:]
    return tuple(chain)


def _place_end(text: str, suffixes: tuple[str, ...]) -> int:
    """Where the place at the start of ``text`` ends; 0 where there is none of this level."""
    ends = [
        (at, at + len(suffix))
        for suffix in suffixes
        if _SHORTEST_STEM <= (at := text.find(suffix, _SHORTEST_STEM)) <= _LONGEST_STEM
        and not text.startswith(PLACE_TAILS_NOT.get(suffix, ()), at + len(suffix))
    ]
    return min(ends)[1] if ends else 0


def is_area(unit: str) -> bool:
    """True for a unit that stands for a whole place: a town, a county, a city."""
    chain = area_chain(unit)
    bare = _GOVERNING.sub("", unit.strip())
    return bool(chain) and bool(_BODY.match(bare[sum(len(a.name) for a in chain) :]))


def distinctive_names(unit: str) -> tuple[str, ...]:
    """Names that mean this unit and hardly another: full, shortened, its own place.

    Short names without a proper noun (县市场监管局, 水务集团) are common to many and left out.
    """
    bare = _GOVERNING.sub("", unit.strip())
    if len(bare) < _SHORTEST_STEM + 1:
        return ()
    chain = area_chain(bare)
    stems = [a.name[:_SHORTEST_STEM] for a in chain] or [bare[:_SHORTEST_STEM]]
    forms = [bare, *(n for n in short_names_of(bare) if len(n) > _SHORTEST_STEM)]
    if len(chain) == 1 and not is_area(bare):  # 青岚水务集团 for 青岚市水务集团
        region = chain[0].name
        forms += [region[:_SHORTEST_STEM] + f[len(region) :] for f in forms if f.startswith(region)]
    places = {a.name for a in chain}
    if is_area(bare):
        forms.append(chain[-1].name)
        places.discard(chain[-1].name)
    return tuple(
        name
        for name in dict.fromkeys(forms)
        if name.startswith(tuple(stems))
        and name[:_SHORTEST_STEM] not in _COMMON_STEMS
        and name not in places
    )
