"""Fictional drafts of towns: each paragraph its own, unless a test copies one."""

from pathlib import Path

TOWNS = ("云渡镇", "柏泉镇", "石桥镇", "青溪镇", "白鹭镇", "松岭镇", "荷塘镇")
_TOPICS = (
    "镇里把水库周边的巡查排成表，{0}由{1}轮流值守，遇到游泳和钓鱼的当场劝离，救生圈和警示牌按月检查，"
    "缺的当周补齐，家长群里每周提醒两次",
    "{0}集市人多车杂，{1}在早市前把占道的摊位引进大棚，消防通道画了黄线，灭火器逐个摊位核对，"
    "电线老化的由电工免费更换，散市后再走一遍才收工",
    "{1}把反诈宣传送进{0}的茶馆和理发店，店主当宣传员，谁家老人接到陌生电话就到店里问一声，"
    "银行网点发现大额转账先打电话核实，再请民警到场劝阻",
    "{0}的老旧小区由{1}挂点，楼道里的杂物约好日子集中清理，电动自行车统一停进车棚充电，"
    "物业每晚查看一次，住户有意见就写在门口的本子上，三天内答复",
    "{1}和{0}的网格员一起走访独居老人，米面油电逐项看，煤气管路逐户查，"
    "冬天取暖用炭火的装上报警器，子女在外的留下邻居电话，有事先就近照应",
    "学校门口上下学时段由{1}执勤，{0}的家长志愿者协助，临时停车位画在路对面，"
    "校车司机每学期体检一次，行车记录由学校和交管所同时查看",
    "{0}的工地多，{1}按月抽查脚手架和临时用电，发现问题当场拍照上传，限期三天改好，"
    "逾期不改的停工整顿，整改情况贴在工地门口让大家看",
)
_PLACES = ("上河村", "中街", "下坝村", "前岭村", "河东社区", "南门社区", "桥头村")
_CREWS = ("护村队", "平安志愿队", "老党员小组", "青年突击队", "巡防队", "联防小组", "值班小队")
FORMULA = (
    "坚持人民至上、生命至上，统筹发展和安全，以时时放心不下的责任感抓好各项工作，努力建设更高水平的平安，"
    "为高质量发展创造安全稳定的社会环境。"
)


def paragraph(number: int, topic: int) -> str:
    return _TOPICS[topic].format(_PLACES[number], _CREWS[(number + topic) % 7]) + "。"


def own_paragraph(number: int) -> str:
    """A paragraph that no other draft has."""
    return paragraph(number, number)


def draft(number: int, *more: str, cases: int = 0, year: int = 2025) -> str:
    town = TOWNS[number]
    cases = cases or 120 + 9 * number
    lines = (
        f"临溪县{town}{year}年平安建设工作总结",
        FORMULA,
        "一、矛盾纠纷化解",
        f"全年排查矛盾纠纷{cases}件，化解{cases - 3}件。{own_paragraph(number)}",
        *more,
        "二、存在的问题",
        "停车位不够，旺季秩序还需加强，部分调解员年龄偏大，法律知识更新跟不上。",
        f"临溪县{town}人民政府",
        f"{year}年12月10日",
    )
    return "\n".join(lines) + "\n"


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
