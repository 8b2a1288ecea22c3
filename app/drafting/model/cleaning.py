"""Take Markdown, chat phrases and fence marks out of a model's answer."""

import re

_THINK = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_FENCE = re.compile(r"</?(?:要点|参考|原句|原文|意见)>|＜/?(?:要点|参考|原句|原文|意见)＞")
_CODE = re.compile(r"^\s*(?:```|~~~)\w*\s*$", re.MULTILINE)
_HEADING = re.compile(r"^\s*#{1,6}\s+[^\n]*$", re.MULTILINE)
_RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$", re.MULTILINE)
_MARKS = re.compile(r"\*\*|__|(?<!\d)\*(?!\d)|`")
_BULLET = re.compile(r"^\s*(?:[-*•·●◆■▪]|\d{1,2}[.)）、](?!\d)|[（(]\d{1,2}[）)])\s*", re.MULTILINE)
_HEADING_LINE = re.compile(r"^[^\n。；，]{1,40}[^\n。；！？，”）]$", re.MULTILINE)
_LABEL = re.compile(r"^(?:正文|段落|答|输出|改好的句子|修改后)[：:]\s*", re.MULTILINE)
_CHAT = re.compile(
    r"以[上下](?:内容|就?是|为|段落|正文|文字)|希望(?:这|以上|对您|能)|如[有需](?:任何|其他|要|进一步)|请(?:注意|根据|告|随时|问|参考)|根据(?:您|你|上述|以上|提供|给出)"
    r"|当然[，！可]|好的[，。！]|作为(?:一[个名]|AI|人工)|语言模型|我(?:将|会|可以|来)(?:为|帮|根据)|您(?:提供|的|可以|好)|要点(?:如下|中|里)|本段|这段(?:话|文字)|注[：:]|提示词|指令"
    r"|^(?:Sure|Here|Note|Certainly|I )",
    re.IGNORECASE,
)
_OUTCOME_TAIL = re.compile(
    r"，(?:从而|进而|以此|由此|为[^，。；]{1,16}(?:提供|奠定|打下|作出|做出)|有效|切实|进一步|显著|明显|大大|极大|充分|确保了?|保障了|维护了|提升了|提高了|增强了|促进了|营造了|形成了|取得了|得到了|体现了|展[示现]了|赢得了)"
    r"[^，。；\d]*(?:，[^，。；\d]*)?(?=[。；])"
)
_HALF = str.maketrans({";": "；", "?": "？", "!": "！"})


def clean_answer(text: str) -> str:
    """The answer's prose, one paragraph a line, in full-width punctuation."""
    text = _THINK.sub("", text)
    text = _FENCE.sub("", text)
    for pattern in (_CODE, _RULE, _HEADING):
        text = pattern.sub("", text)
    text = _MARKS.sub("", text)
    text = _BULLET.sub("", text)
    text = _LABEL.sub("", text)
    lines = []
    for raw in text.splitlines():
        line = _full_width(raw.strip())
        if not line or _HEADING_LINE.fullmatch(line):
            continue
        lines.append(_without_chat(line))
    return "\n".join(line for line in lines if line)


def strip_outcomes(sentence: str) -> str:
    """The sentence without a closing clause that praises the outcome."""
    return _OUTCOME_TAIL.sub("", sentence)


def _full_width(line: str) -> str:
    line = re.sub(r"(?<!\d),|,(?!\d)", "，", line)
    line = re.sub(r"(?<=[\u4e00-\u9fff”）%])[:](?!/)", "：", line)
    line = re.sub(r"(?<=[\u4e00-\u9fff”）%])\.(?=\s|$|[\u4e00-\u9fff])", "。", line)
    line = line.translate(_HALF)
    line = re.sub(r"\((?=[^)]*[\u4e00-\u9fff])([^)]*)\)", r"（\1）", line)
    line = re.sub(
        r"(?<=[\u3000-\u9fff\uff00-\uffef])\s+|\s+(?=[\u3000-\u9fff\uff00-\uffef])", "", line
    )
    return re.sub(r"([，。；])[，。；]+", r"\1", line)


def _without_chat(line: str) -> str:
    kept = [s for s in re.findall(r"[^。！？]+[。！？]?[”’」]?", line) if not _CHAT.search(s)]
    return "".join(kept).strip()


def copied_run(text: str, sources: tuple[str, ...], *, allowed: tuple[str, ...], size: int) -> str:
    """The first run of ``size`` characters that stands in a source and in no allowed text."""
    for start in range(len(text) - size + 1):
        run = text[start : start + size]
        if any(run in source for source in sources) and not any(run in ok for ok in allowed):
            return run
    return ""
