"""Names of metrics as people read them."""

from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    "mutants": "植入缺陷",
    "combined": "组合缺陷",
    "sentences": "句子",
    "sentences_more": "更多句子",
    "samples": "示例报告",
    "heldout": "留出部分",
    "robustness": "换写法",
    "corpus": "标注语料",
    "edited": "编辑过的文本",
    "baseline": "正则基线",
    "model": "模型找错",
    "speed": "速度",
    "composer": "组稿",
    "hostile": "乱写的模型",
    "chain": "本程序＋模型",
    "plain": "普通检索提示",
    "own": "自己的要点表",
    "reports": "报告",
    "statements": "说法",
    "drafted": "起草",
    "placement": "各行写在哪里",
    "intake": "来料",
    "clean": "编辑过的文本",
    "recall": "召回率",
    "precision": "准确率",
    "exact": "完全相符",
    "extra_per_1000": "每千字误报",
    "errors_per_1000": "每千字错误",
    "warnings_per_1000": "每千字警告",
    "findings_per_1000": "每千字发现",
    "errors": "没评成的份数",
    "kinds": "种类",
    "texts": "份数",
    "sheets": "份数",
    "findings": "发现",
    "ratio": "用时倍数",
    "chars_per_s": "每秒字数",
    "unsourced": "无出处数字",
    "altered": "改动的事实",
    "foreign": "别家名称",
    "claims": "无依据说法",
    "residue": "格式残留",
    "checker_errors": "核查错误",
    "lost_figures": "漏掉的数字",
    "prompt_leaks": "提示词泄露",
    "coverage": "要点写全",
    "copied": "照抄比例",
    "length": "字数",
    "seconds": "秒",
    "prompt_tokens": "输入词元",
    "completion_tokens": "输出词元",
    "heldout_faults": "留出部分不合格",
    "found": "找到",
    "false_alarms": "误报",
    "kept": "放过有依据的",
    "caught": "挡住没依据的",
    "plan_as_done": "打算写成已做",
    "problem_as_result": "问题写成成绩",
    "award_as_problem": "荣誉写进问题",
    "pending_as_received": "待定荣誉写成已得",
    "note_as_fact": "提醒写进稿子",
    "readable": "读得出",
    "facts": "要点",
    "noise": "混进要点的闲话",
    "headers": "单位、年度不对",
    "per_10000": "每万字",
    "time_ratio": "用时与普通检索提示之比",
}


def title_of(metric: str) -> str:
    """``mutants.NU01.recall`` as 植入缺陷·NU01·召回率; what has no name stays as it is."""
    return "·".join(_WORDS.get(word, word) for word in metric.split("."))


def reason_of(metric: str, reason: str) -> str:
    """Why a gate is red, with the metric's name as people read it."""
    return title_of(metric) + reason.removeprefix(metric)
