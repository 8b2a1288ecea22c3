"""Measure words of official prose, and what a number with each of them is."""

import re

from app.core.quantity import QuantityKind

_COUNT = """
件 件次 起 次 人次 人 批 批次 名 个 家 家次 户 户次 场 场次 处 条 条次
份 张 幅 块 台 台次 套 辆 辆次 车次 部 支 篇 篇次 项 项次 宗 案 例 座
所 间 栋 幢 亩 公顷 公里 千米 米 平方米 平方公里 立方米 吨 公斤 千克 克
升 元 美元 港元 欧元 种 类 组 队 班次 只 头 棵 株 册 枚 面 盏 具 瓶
桶 箱 袋 对 双 艘 架 架次 片 段 岁 学时 课时 课 节 堂 讲 股 层 轮 遍
趟 回 点次 人天 工日 卷 卷次 盒 期 笔 单 票 道 路 根 本 口 眼 门 副
分 尾 羽 孔 位 千瓦时 千瓦 兆瓦 度 网格 车 班 句 步 顿 床 列 码 行 扇
把 顶 樘 格 颗 罐 斤 站 组次 卡 盘 杆 筐 丈 尺 梯次 包 发 丛 挂 束
眼井 店次 校次 村次 环 频次 通 集 版 幕
"""
_PERIOD = """
小时 分钟 秒 天 周 星期 个月 年 周年 年间 个小时 个工作日 工作日 学年 学期
个季度 季度 月 昼夜
"""
UNITS: dict[str, QuantityKind] = dict.fromkeys(_COUNT.split(), QuantityKind.COUNT)
UNITS |= dict.fromkeys(_PERIOD.split(), QuantityKind.PERIOD)
UNITS |= {
    "个百分点": QuantityKind.POINTS,
    "百分点": QuantityKind.POINTS,
    "%": QuantityKind.PERCENT,
    "％": QuantityKind.PERCENT,
    "‰": QuantityKind.PERCENT,
    "倍": QuantityKind.MULTIPLE,
}
# After a Chinese numeral these are names or slogans, not measure words: 三股势力 stays a count,
# 四位一体, 四面八方, 五句话, 三门峡 do not.
NOT_AFTER = {
    "位": ("一体",),
    "面": ("八方", "红旗"),
    "门": ("峡",),
    "步": ("走", "并作"),
    "家": ("渠",),
    "路": ("口",),
    "口": ("之家",),
    "本": ("账",),
    "头": ("六臂",),
    "行": ("各业",),
    "通": ("一平",),
    "道": ("口",),
    "分": ("之", "钟", "天"),
    "人": ("成虎",),
    "包": ("一靠",),
    "站": ("式",),
    "环": ("路", "内", "外"),
    "发": ("展",),
    "卡": ("口",),
    "把": ("关", "握", "控", "好", "牢", "手"),
    "网格": (),
    "课": ("题",),
    "列": ("入", "为", "席"),
    "集": ("中", "体", "聚"),
    "单": ("位", "元"),
    "票": ("否决",),
    "格": ("式",),
    "挂": ("牌", "图", "钩"),
    "束": ("缚",),
    "版": ("本",),
}


_BY_FIRST: dict[str, tuple[str, ...]] = {
    first: tuple(sorted((u for u in UNITS if u[0] == first), key=len, reverse=True))
    for first in dict.fromkeys(u[0] for u in UNITS)
}


def match_unit(text: str, start: int) -> str:
    """The longest measure word at ``start``; empty where there is none."""
    for unit in _BY_FIRST.get(text[start : start + 1], ()):
        if text.startswith(unit, start) and not (
            unit in NOT_AFTER
            and any(text.startswith(t, start + len(unit)) for t in NOT_AFTER[unit])
        ):
            return unit
    return ""


def unit_pattern(first_not_in: str) -> str:
    """An alternation that matches what :func:`match_unit` finds.

    Units that begin with a character of ``first_not_in`` are left out.
    """
    forms = (
        re.escape(unit) + (f"(?!{'|'.join(NOT_AFTER[unit])})" if NOT_AFTER.get(unit) else "")
        for first, units in _BY_FIRST.items()
        if first not in first_not_in
        for unit in units
    )
    return "|".join(forms)
