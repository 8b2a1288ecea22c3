"""Words that mean something to a browser, a terminal, a spreadsheet or a log."""

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>${alert(3)}{{value}}"
MARKDOWN = "[点我](javascript:alert(4)) ![](x) `a` **粗** <b>b</b> | 表 |"
TERMINAL = "\x1b[31m红\x1b]0;标题\x07\x1b[2J\x9b31m\x08\x08"
TURNED = "\u202e反着写\u202c\u2066x\u2069"
BROKEN = "第一行\r\n2026-01-01 ERROR 假的日志\r\n"
FORMULA = ("=cmd|' /c calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "＝1+1")
COMMANDS = "\x1b\x9b\x07\x08\x7f\u202e\u2066\r"


def has_commands(text: str) -> bool:
    """True where something in ``text`` would command a terminal or turn the writing."""
    return any(c in text for c in COMMANDS)
