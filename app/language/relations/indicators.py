"""What a number counts and of which time: the words before it."""

import re
from bisect import bisect_left, bisect_right

# 1,286 and 8:30 go on behind their mark
_BREAK = re.compile(r"[，。；：！？\n;!?（）()、]|[,:](?!\d)")
_SENTENCE_END = re.compile(r"[。！？\n]")
_SCOPE = re.compile(
    r"(?=[去上同累历总截自计目力预确明下今将12本全年])"  # most characters are passed by at once
    r"(?:(?P<last>去年(?!结转|结余)|上年(?!度?结转|度?结余)|上一年|上年度|去年同期|上年同期|同期)"
    r"|(?P<total>累计|历年|历史|总计达|截至目前累计|自\d{4}年)"
    r"|(?P<plan>计划|目标|力争|预计|确保|明年|下一步|今后|将)|(?P<year>(?:19|20)\d{2})年"
    r"|(?P<now>今年|本年(?!收支|结余)|全年|年内))"
)
_COMPARED = re.compile(r"(?:较|比|同比|与|和|对比)$")
_FILLER = re.compile(
    r"^(?:其中|截至目前|截至|今年以来|一年来|年内|今年|全年|本年度|全市|全县|全镇|全乡|我市|我县|我局|我镇|我乡|我单位|"
    r"累计|共计|总共|合计|共有|共|先后|已|并|还|又|也|均|约|现有|目前|[\d０-９]{4}年度?|各类|各项|各种|了|的)+"
)
_TRAILING = re.compile(r"(?:共计|合计|累计|达到|达|为|是|共|了|有|约|分别|各|等)+$")
_MAX_INDICATOR = 24
# No writer's clause or sentence is longer; hostile ones are cut here, so that time stays linear.
_CLAUSE_REACH = 120
_SENTENCE_REACH = 800
_SCOPES = {"last": "上年", "total": "累计", "plan": "计划", "now": ""}


class Clauses:
    """Clause and sentence boundaries and time words of one text, found once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._breaks = [m.end() for m in _BREAK.finditer(text)]
        self._sentences = [m.end() for m in _SENTENCE_END.finditer(text)]
        self._scopes = [
            m
            for m in _SCOPE.finditer(text)
            if not _COMPARED.search(text, max(0, m.start() - 2), m.start())
        ]
        self._scope_starts = [m.start() for m in self._scopes]

    def start(self, position: int) -> int:
        """Where the clause that holds ``position`` begins."""
        index = bisect_right(self._breaks, position)
        return max(self._breaks[index - 1] if index else 0, position - _CLAUSE_REACH)

    def sentence_start(self, position: int) -> int:
        """Where the sentence that holds ``position`` begins."""
        index = bisect_right(self._sentences, position)
        return max(self._sentences[index - 1] if index else 0, position - _SENTENCE_REACH)

    def sentence_end(self, position: int) -> int:
        """Where the sentence that holds ``position`` ends."""
        index = bisect_left(self._sentences, position + 1)
        end = self._sentences[index] if index < len(self._sentences) else len(self._text)
        return min(end, position + _SENTENCE_REACH)

    def indicator(self, position: int, floor: int) -> str:
        """The phrase before ``position`` in its clause, not reaching behind ``floor``."""
        start = max(self.start(position), floor, position - _MAX_INDICATOR)
        phrase = self._text[start:position].strip(" \u3000“”‘’")
        phrase = _FILLER.sub("", phrase)
        return _TRAILING.sub("", phrase)

    def scope(self, position: int) -> str:
        """``上年``, ``累计``, ``计划``, a year, or empty for this report's own year."""
        index = bisect_left(self._scope_starts, position) - 1
        if index < 0 or self._scope_starts[index] < self.sentence_start(position):
            return ""
        match = self._scopes[index]
        kind = match.lastgroup or ""
        return match.group("year") if kind == "year" else _SCOPES[kind]
