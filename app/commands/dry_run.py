"""Show what a draft would send, word for word."""

import json

from app.services.draft_model import DryRun


def show_dry_run(run: DryRun, *, form: str, has_remote_search: bool = False) -> str:
    """The dry run as text, or as JSON where ``form`` asks for it."""
    return _as_json(run) if form == "json" else _as_text(run, has_remote_search)


def _as_text(run: DryRun, has_remote_search: bool) -> str:
    lines = [
        "试运行：以下是起草时会发送的全部内容，现在什么都没有发送。",
        f"发往：{run.address}（模型 {run.model}，{_trust(run)}）",
        f"共{len(run.calls)}次请求，输入约{run.tokens}个词元。",
    ]
    if run.needs_consent:
        lines.append(f"还没有往 {run.host} 发送过：起草时会先问是否同意。")
    if run.composed:
        lines.append(f"不发送、由要点直接成文的部分：{'、'.join(run.composed)}。")
    if has_remote_search:
        lines.append(
            "检索用的向量器在外部，试运行没有检索，实际起草时还会带上遮住数字和名称的参考。"
        )
    if run.leaks:
        found = "；".join(f"{leak.where}的{leak.kind}（{leak.shown}）" for leak in run.leaks)
        then = "起草时会拒绝发送" if run.is_blocked else "因为是信任的主机，起草时会照常发送"
        lines.append(f"外发检查发现：{found}。{then}。")
    else:
        lines.append("外发检查没有发现密级标志和个人信息。")
    lines.append("如果模型写的句子与要点不符，会带着该句和有关要点再问一次，不会发送别的内容。")
    system = ""
    for number, call in enumerate(run.calls, 1):
        lines += ["", f"━━ 第{number}次：{call.section}（约{call.tokens}个词元）━━"]
        if call.passages:
            lines.append(f"参考段落：{'、'.join(call.passages)}")
        same = call.system == system
        lines += ["〔系统提示〕", "（与上一次相同）" if same else call.system]
        lines += ["〔内容〕", call.user]
        system = call.system
    return "\n".join(lines) + "\n"


def _trust(run: DryRun) -> str:
    return "本机或信任的主机" if run.is_trusted else "外部主机"


def _as_json(run: DryRun) -> str:
    value = {
        "schema_version": 1,
        "address": run.address,
        "model": run.model,
        "trusted": run.is_trusted,
        "blocked": run.is_blocked,
        "needs_consent": run.needs_consent,
        "prompt_tokens": run.tokens,
        "leaks": [
            {"kind": leak.kind, "where": leak.where, "shown": leak.shown} for leak in run.leaks
        ],
        "composed": list(run.composed),
        "calls": [
            {
                "section": call.section,
                "tokens": call.tokens,
                "passages": list(call.passages),
                "messages": [
                    {"role": "system", "content": call.system},
                    {"role": "user", "content": call.user},
                ],
            }
            for call in run.calls
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
