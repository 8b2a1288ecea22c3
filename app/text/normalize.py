"""A view of a text in the forms the readers expect, character for character as long.

Half-width punctuation beside Chinese becomes full-width, full-width digits and signs become
ASCII. Every character keeps its place, so a span of the view is a span of the text.
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


def normalize(text: str) -> str:
    """The view of ``text``; it has the same length."""
    view = text.translate(_TO_ASCII) if _IS_WIDE.search(text) else text
    return _HALF.sub(lambda match: match.group().translate(_TO_FULL), view)
