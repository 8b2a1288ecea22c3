"""Write the reference of all rules, ``docs/rules.md``, from the rules themselves.

``python -m app.checking.docs > docs/rules.md``
"""

import sys
from collections.abc import Iterator
from dataclasses import fields
from itertools import groupby

from app.checking.engine import load_rules
from app.checking.rule import Example, Rule
from app.report.profile import PROFILE_NAMES, PartKind, load_profile

_FAMILIES = {
    "PH": "占位与残留",
    "NU": "数字",
    "ST": "结构",
    "CO": "前后一致与沿用",
    "SO": "要点核对",
    "LA": "语言文字",
    "SE": "安全",
    "FO": "格式",
}
_NEEDS = {
    "": "",
    "facts": "给出要点（`--facts`）时才检查。",
    "previous": "给出去年的报告（`--previous`）时才检查。",
    "knowledge": "知识库里有别的单位的报告时才检查。",
}
_INTRODUCTION = """# 规则手册

本文由 `python -m app.checking.docs` 根据规则源码生成，请勿手工修改。

- 级别：错误、警告、提示。`pingan check` 默认有“错误”时以 1 退出，可用 `--fail-on` 调整。
- 例子里 `⟦⟧` 标出规则应当报告的范围；`⟦⟧` 中间没有文字，表示缺少的内容应当补在这里。
- 每条规则都可以在模板里关闭（`NU06: off`）、调整级别（`severity: info`）或改参数。
- 模板根据公开的平安建设考评细则归纳，是建议，不是规定。
"""


def render_rules() -> str:
    """The whole reference as Markdown."""
    rules = load_rules()
    lines = [_INTRODUCTION]
    lines += _overview(rules)
    for family, members in groupby(rules, key=lambda rule: rule.meta.code[:2]):
        lines.append(f"## {_FAMILIES.get(family, family)}（{family}）\n")
        for rule in members:
            lines += _rule(rule)
    lines += _profiles()
    return "\n".join(lines).rstrip() + "\n"


def _overview(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield "| 编号 | 名称 | 内容 | 默认级别 |"
    yield "|---|---|---|---|"
    for rule in rules:
        meta = rule.meta
        yield (
            f"| [{meta.code}](#{meta.code.lower()}) | {meta.name} | {meta.summary} "
            f"| {meta.severity.label} |"
        )
    yield ""


def _rule(rule: Rule) -> Iterator[str]:
    meta = rule.meta
    yield f"### {meta.code}\n"
    yield (
        f"**{meta.summary}**（`{meta.name}`，默认级别：{meta.severity.label}）。"
        f"{_NEEDS[meta.needs]}\n"
    )
    details = rule.doc.strip().partition("\n")[2].strip()
    if details:
        yield "\n".join(f"> {line}".rstrip() for line in details.splitlines()) + "\n"
    yield from _params(rule)
    for title, examples in (
        ("应当报告", [e for e in rule.examples if e.spans]),
        ("不应报告", [e for e in rule.examples if not e.spans and not e.near_miss]),
        ("看着像、其实没有问题", [e for e in rule.examples if e.near_miss]),
    ):
        yield f"{title}：\n"
        for example in examples:
            yield from _example(example)


def _params(rule: Rule) -> Iterator[str]:
    entries = fields(rule.params_type)
    if not entries:
        return
    yield "参数：\n"
    for entry in entries:
        yield f"- `{entry.name}`，默认 `{_shown(entry.default)}`"
    yield ""


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(str(item) for item in value) + "]"
    return str(value)


def _marked(example: Example) -> str:
    pieces: list[str] = []
    position = 0
    for span in sorted(example.spans):
        pieces += [example.text[position : span.start], "⟦", span.of(example.text), "⟧"]
        position = span.end
    return "".join(pieces) + example.text[position:]


def _example(example: Example) -> Iterator[str]:
    parts = [_marked(example).strip("\n")]
    if example.profile != PROFILE_NAMES[0]:
        parts.append(f"（模板：{example.profile}）")
    if example.facts:
        parts.append(f"—— 要点 ——\n{example.facts.strip()}")
    if example.previous:
        parts.append(f"—— 去年的报告 ——\n{example.previous.strip()}")
    if example.names:
        parts.append(f"—— 知识库里的单位 ——\n{'、'.join(example.names)}")
    text = "\n".join(parts)
    fence = "~~~~" if "```" in text or "~~~" in text else "```"
    yield f"{fence}text\n{text}\n{fence}\n"


def _profiles() -> Iterator[str]:
    yield "## 模板\n"
    yield "`--profile auto`（默认）按落款、标题和正文认出单位类型，并在结果里写明按什么认出。\n"
    for name in PROFILE_NAMES:
        profile = load_profile(name)
        yield f"### {profile.title}（`{name}`）\n"
        for part in profile.parts:
            mark = "，必备" if part.mandatory else ""
            kind = "" if part.kind is PartKind.WORK else f"，{part.kind.value}"
            yield f"- {part.title}（`{part.key}`{kind}{mark}）"
        yield ""


def main() -> None:
    """Print the reference."""
    sys.stdout.write(render_rules())


if __name__ == "__main__":
    main()
