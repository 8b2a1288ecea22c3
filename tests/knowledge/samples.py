"""Invented reports of invented units, built to order."""

from pathlib import Path

from app.knowledge.clean import clean_report
from app.knowledge.corrections import Corrections
from app.knowledge.embedders import HashedNgramEmbedder
from app.knowledge.records import PreparedReport, prepare_report
from app.knowledge.store import KnowledgeStore

SMALL = HashedNgramEmbedder(64)


def report_text(unit: str = "临溪县云渡镇", year: int = 2024, *, drills: int = 6) -> str:
    """A short report with figures and names, in four parts."""
    return f"""{unit}{year}年平安建设工作总结

{year}年，{unit}坚持预防为主，扎实做好各项平安建设工作。现将有关情况总结如下。
一、加强组织领导，压实平安建设责任
成立平安建设领导小组，主要负责人任组长，与各村签订责任书{drills + 20}份。领导小组每季度召开例会，研究解决重点难点问题。
二、抓实矛盾纠纷排查化解
（一）排查在早
网格员坚持每周走访，及时掌握邻里、土地、婚姻家庭方面的矛盾苗头，做到发现得早、化解得了。全年排查矛盾纠纷{drills * 7}件，化解{drills * 7 - 2}件。
（二）调解在小
建立说事室，请老党员和乡贤参与调解，把道理讲在情分里。
三、守牢安全生产和消防安全底线
组织消防演练{drills}场，检查沿街商铺{drills * 30}家次，发现火灾隐患{drills * 9}处，全部完成整改。对老旧电线逐户更换，为独居老人安装烟感报警器。
四、存在的问题和下一步打算
工作中还存在网格员力量不足、群众防范意识不够强等问题。下一步，将加强培训，完善机制，推动平安建设再上新台阶。

{unit}人民政府
{year}年12月20日
"""  # noqa: E501  # lines as long as an office writes them


def prepared(
    text: str | None = None,
    *,
    name: str = "云渡镇.txt",
    source: str = "",
    corrections: Corrections | None = None,
) -> PreparedReport:
    """A report ready to be added."""
    cleaned = clean_report(report_text() if text is None else text)
    return prepare_report(cleaned, source=source or name, name=name, corrections=corrections)


def open_small(home: Path) -> KnowledgeStore:
    """A store with a small, fast embedder."""
    return KnowledgeStore(home, SMALL)
