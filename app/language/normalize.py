"""A view of a text in the forms the readers expect, character for character as long.

Half-width punctuation beside Chinese becomes full-width, full-width digits and signs become
ASCII, a line break in the middle of a sentence becomes a space. Every character keeps its place,
so a span of the view is a span of the text.
"""

import re

_TO_ASCII = str.maketrans("０１２３４５６７８９％．＋－", "0123456789%.+-")
_TO_FULL = str.maketrans(",;:?!()", "，；：？！（）")
_IS_WIDE = re.compile("[０-９％．＋－]")
# Each alternative starts behind the mark, so that the search runs over the marks alone.
_HALF = re.compile(
    r"[,;:?!()](?:"
    r"(?<=[\u4e00-\u9fff”’》）%\d].)(?=[\u4e00-\u9fff“‘《（\d\s]|$)(?!(?<=\d[,:])\d)"
    r"|(?<=[\u4e00-\u9fff]\()(?=[\u4e00-\u9fff\d])|(?<=[\u4e00-\u9fff\d%]\)))"
)

_BREAK = re.compile(
    r"\n(?<=[\u4e00-\u9fff\d，、“（《%].)(?=[\u4e00-\u9fff\d，、。；）”》%])", re.DOTALL
)
_STARTS_ANEW = re.compile(
    r"\n(?:[一二三四五六七八九十]{1,3}(?:[、.．是要]|$)|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d)"
    r"|第[一二三四五六七八九十]{1,3}[，、部章]|附件|特此|\d{4}年\d{1,2}月\d{1,2}日\s*(?:\n|$))"
)
_PROSE = re.compile(r"[，、；。]")
_SHORTEST_BROKEN_LINE = 20


def normalize(text: str) -> str:
    """The view of ``text``; it has the same length."""
    view = text.translate(_TO_ASCII) if _IS_WIDE.search(text) else text
    return _HALF.sub(lambda match: match.group().translate(_TO_FULL), view)


def join_broken_lines(text: str) -> str:
    """The text with line breaks inside sentences turned into spaces; it has the same length.

    A break counts as one inside a sentence where a line of prose stops without a closing mark and
    the next neither begins a heading or list item nor is indented.
    """
    if _BREAK.search(text) is None:
        return text
    pieces: list[str] = []
    done = 0
    for match in _BREAK.finditer(text):
        at = match.start()
        line = text[text.rfind("\n", 0, at) + 1 : at]
        is_prose = len(line) >= _SHORTEST_BROKEN_LINE and _PROSE.search(line)
        if is_prose and not _STARTS_ANEW.match(text, at):
            pieces += (text[done:at], "\u3000")
            done = match.end()
    pieces.append(text[done:])
    return "".join(pieces)
