"""Verbs of office prose: those a clause opens with, and those a counted noun implies."""

from dataclasses import dataclass

#: A clause that opens with one of these needs no verb put before it.
OPENING_VERBS = tuple(
    """
    开展 组织 召开 举办 签订 印发 制定 修订 出台 建立 健全 完善 成立 组建 设立 新增
    新建 建成 安装 加装 更换 更新 改造 升级 投入 配备 购置 投放 发放 张贴 悬挂 排查
    化解 调解 调处 受理 接待 办理 办结 处理 处置 整改 整治 查处 查出 发现 检查 巡查
    巡逻 走访 慰问 帮扶 帮助 救助 培训 演练 宣传 宣讲 劝阻 劝返 止付 挽回 抓获 破获
    立案 侦破 打击 关停 拆除 清理 清除 消除 修复 推进 推动 推行 实现 完成 落实 加强
    强化 深化 坚持 对 将 把 为 与 向 从 由 在 按 联合 会同 配合 协助 指导 督促 邀请
    聘请 选派 选聘 招募 吸纳 吸收 动员 发动 依托 利用 通过 围绕 针对 结合 获 荣获
    获评 被 未 无 没有 全年 全市 全镇 全乡 全县 全局 全区 累计 连续 共 今年 上半年
    下半年 我 公司 采集 录入 登记 评估 研判 研究 听取 专题 开发 上线 开通 启用 运行
    签 装 发 设 发生 现有 有 拆 修 参加 参与 选树 评选 表彰 命名 创建 打造 提升 压降
    降低 减少 增加 下降 上升 编排 制作 拍摄 播放 推送 发布 收集 征集 采纳 解决 帮教
    管控 管理 服务 安置 结对 支付 追回 返还 罚款 没收 约谈 问责 通报 考核 督办 交办
    """.split()
)

#: Things done that are counted in 次, 场, 期: 消防检查6次 means 开展消防检查6次.
EVENTS = tuple(
    """
    维保 整治行动 行动 排查治理 检查 巡查 巡逻 排查 整治 走访 宣传 督查 督导 自查
    夜查 巡防 宣传活动 谈心谈话 专项行动 回访 扫描 活动 暗访 调研 抽查 检测 巡检 风险评估 会诊
    快检 设卡检查 夜巡 打非 抢修 义诊 清查 测评 普查
    """.split()
)


@dataclass(frozen=True, slots=True)
class Implied:
    """``verb`` is understood before one of ``nouns`` that is counted in one of ``units``."""

    verb: str
    nouns: tuple[str, ...]
    units: str


_MEETINGS = Implied("召开", ("会议", "例会", "推进会", "调度会", "座谈会", "联席会"), "次场")
_PLEDGES = Implied("签订", ("责任书", "承诺书", "责任状"), "份")
_DRILLS = Implied("组织", ("演练", "演习", "拉练"), "次场期轮")
_LEAFLETS = Implied("发放", ("宣传资料", "宣传单", "宣传册", "明白纸", "倡议书", "宣传手册"), "份")
IMPLIED_LATER = (
    _MEETINGS,
    _PLEDGES,
    _LEAFLETS,
    _DRILLS,
    Implied("发现", ("隐患", "漏洞"), "处个项"),
)
IMPLIED = (
    _MEETINGS,
    _PLEDGES,
    _LEAFLETS,
    Implied("举办", ("培训班", "讲座", "宣讲", "法治课", "讲堂", "专题培训"), "次场期"),
    _DRILLS,
    Implied("举办", ("竞赛", "比赛", "比武", "赶集日", "晚会"), "次场期"),
    Implied("办理", ("法律援助案件",), "件"),
    Implied("组织", ("培训",), "次场期轮人"),
    Implied("排查", ("矛盾纠纷",), "件"),
    Implied("接待", ("来访", "群众来访"), "批"),
    Implied("受理", ("信访投诉", "投诉举报", "投诉", "信访件", "信访事项", "诉求"), "件"),
    Implied("开展", EVENTS, "次场期轮批家台站项"),
    Implied("发现", ("隐患",), "处个项"),
    Implied("发生", ("事故", "火灾", "爆管", "命案", "刑事案件"), "起"),
    Implied("落实", ("经费", "专项资金", "安全资金"), "万元"),
    Implied(
        "现有",
        tuple(
            """
            网格 网格员 社区矫正对象 患者 志愿者 护林员 保安 保安员 劝导站 警务室 服务站 救援站
            消防站 驿站 调委会 留守儿童 独居老人 法治副校长 义警 安检门
            """.split()
        ),
        "个名人座处支套",
    ),
)
