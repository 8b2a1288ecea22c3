"""``pingan kb list``, ``show``, ``search``, ``used``: look into the knowledge base."""

from pathlib import Path

import click

from app.commands.kb_common import (
    FORMAT,
    HOME,
    PATH,
    TYPE,
    UNKNOWN,
    YEAR,
    find_one,
    opened,
    print_json,
    print_table,
    record_values,
)
from app.formats.limits import current_limits
from app.formats.source import read_limited
from app.knowledge.parts import part_title
from app.knowledge.passage import name_sources
from app.knowledge.records import ReportRecord
from app.knowledge.retriever import Hit, HybridRetriever
from app.services import knowledge_view as view
from app.services.knowledge_view import RecordFilter, ShownPassage, UsedSection


@click.command("list", help="列出知识库里的总结，可按单位、年度、类型和文字筛选。")
@click.option("--unit", default="", help="只看名称里有这些字的单位。")
@click.option("--year", type=YEAR, default=None, help="只看这一年度的。")
@click.option("--type", "unit_type", type=TYPE, default=None, help="只看这类单位。")
@click.option("--text", default="", help="只看题目、文件名或正文里有这些字的。")
@FORMAT
@HOME
def list_reports(
    *,
    unit: str,
    year: int | None,
    unit_type: str | None,
    text: str,
    output: str,
    home: Path | None,
) -> None:
    """List the reports."""
    wanted = RecordFilter(unit, year or 0, unit_type or "", text)
    with opened(home) as store:
        records = view.filter_records(store, wanted)
    if output == "json":
        print_json([record_values(record) for record in records])
        return
    if not records:
        click.echo("没有符合条件的总结，可用 pingan kb add 收入。")
        return
    rows = [
        (
            r.record_id,
            r.unit or UNKNOWN,
            str(r.year or UNKNOWN),
            r.unit_type or UNKNOWN,
            str(r.passages),
            str(r.chars),
            r.name,
        )
        for r in records
    ]
    print_table(("编号", "单位", "年度", "类型", "段落", "字数", "文件"), rows)


@click.command("show", help="看一份总结是怎样登记、怎样切段的；WANTED 是编号、文件名或单位。")
@click.argument("wanted", metavar="WANTED")
@click.option("--passages", "has_passages", is_flag=True, help="列出每一段的原文和遮住后的样子。")
@FORMAT
@HOME
def show(wanted: str, has_passages: bool, output: str, home: Path | None) -> None:
    """Show one report."""
    with opened(home) as store:
        record = find_one(store, wanted)
        passages = view.show_passages(store, record) if has_passages else ()
    if output == "json":
        values = record_values(record)
        if has_passages:
            values["passages"] = [_passage_values(item) for item in passages]
        print_json(values)
        return
    _print_record(record)
    for item in passages:
        click.echo(f"\n第{item.passage.position + 1}段｜{_part(item)}｜{item.where}")
        click.echo(f"  原文：{item.passage.text}")
        click.echo(f"  参考时：{item.masked}")


def _part(item: ShownPassage) -> str:
    key = item.passage.part
    return f"{item.part_title}（{key}）" if key else item.part_title


def _print_record(record: ReportRecord) -> None:
    said, told = record.corrections, record.recognised

    def corrected(value: str, is_corrected: object, recognised: object) -> str:
        return f"{value}（已更正，识别为：{recognised or UNKNOWN}）" if is_corrected else value

    click.echo(f"编号：{record.record_id}")
    click.echo(f"题目：{record.title or UNKNOWN}")
    click.echo(f"单位：{corrected(record.unit or UNKNOWN, said.unit, told.unit)}")
    click.echo(f"年度：{corrected(str(record.year or UNKNOWN), said.year, told.year)}")
    click.echo(f"类型：{corrected(record.unit_type or UNKNOWN, said.unit_type, told.unit_type)}")
    for item in said.parts:
        title = part_title(record.unit_type, item.part)
        click.echo(f"部分：{item.heading or view.OPENING} 已更正为 {title}")
    click.echo(f"文件：{record.name}（收入于 {record.added_at}）")
    click.echo(f"段落：{record.passages}段，共{record.chars}字")


def _passage_values(item: ShownPassage) -> dict[str, object]:
    return {
        "id": item.passage.id,
        "headings": list(item.passage.heading_path),
        "part": item.passage.part,
        "part_title": item.part_title,
        "text": item.passage.text,
        "masked": item.masked,
    }


@click.command("search", help="检索往年段落，并说明每段的得分。")
@click.argument("query")
@click.option(
    "-k", "count", type=click.IntRange(1, 50), default=6, show_default=True, help="条数。"
)
@click.option("--part", default="", help="优先这一部分，写名称或代号，如 安全生产、safety。")
@click.option("--type", "unit_type", type=TYPE, default=None, help="优先这类单位。")
@click.option("--own-unit", default="", help="优先本单位的往年总结。")
@click.option("--exclude-unit", default="", help="不要这个单位的段落。")
@FORMAT
@HOME
def search(
    *,
    query: str,
    count: int,
    part: str,
    unit_type: str | None,
    own_unit: str,
    exclude_unit: str,
    output: str,
    home: Path | None,
) -> None:
    """Search the passages."""
    key = view.find_part(unit_type or "", part)
    with opened(home) as store:
        hits = HybridRetriever(store).search(
            query,
            k=count,
            part=key,
            unit_type=unit_type or "",
            own_unit=own_unit,
            exclude_unit=exclude_unit,
        )
        has_reports = bool(store.records())
    if output == "json":
        print_json([_hit_values(hit) for hit in hits])
        return
    if not hits:
        click.echo(
            "没有找到相近的段落。"
            if has_reports
            else "知识库还是空的，请先用 pingan kb add 收入往年总结。"
        )
        return
    for number, hit in enumerate(hits, start=1):
        _print_hit(number, hit)


def _print_hit(number: int, hit: Hit) -> None:
    passage = hit.passage
    where = " › ".join(passage.heading_path) or view.OPENING
    part = part_title(passage.unit_type, passage.part)
    click.echo(
        f"{number}. 得分{hit.score:.4f}｜{passage.unit or UNKNOWN} "
        f"{passage.year or UNKNOWN}｜{part}｜{where}"
    )
    click.echo(f"   {hit.why}")
    if hit.alike:
        click.echo(f"   另有{len(hit.alike)}段与它几乎相同，已略去：{name_sources(hit.alike)}")
    click.echo(f"   {passage.text}\n")


def _hit_values(hit: Hit) -> dict[str, object]:
    passage = hit.passage
    return {
        "id": passage.id,
        "unit": passage.unit,
        "year": passage.year,
        "part": passage.part,
        "headings": list(passage.heading_path),
        "text": passage.text,
        "score": hit.score,
        "dense_rank": hit.dense_rank,
        "lexical_rank": hit.lexical_rank,
        "similarity": hit.similarity,
        "why": hit.why,
        "left_out_alike": [passage.id for passage in hit.alike],
    }


@click.command(
    "used", help="看一份稿子参考了哪些往年段落；DRAFT 是 draft --format json 存下的文件。"
)
@click.argument("draft", metavar="DRAFT", type=PATH)
@FORMAT
@HOME
def used(draft: Path, output: str, home: Path | None) -> None:
    """List the passages a saved draft used."""
    uses = view.read_uses(read_limited(draft, current_limits()), draft.name)
    with opened(home) as store:
        sections = view.used_passages(store, uses)
    if output == "json":
        print_json([_section_values(section) for section in sections])
        return
    total = len({item.id for section in sections for item in section.passages})
    for section in sections:
        click.echo(f"【{section.title or view.OPENING}】")
        for item in section.passages:
            if item.shown is None:
                click.echo(f"  {item.id}：这一段已不在知识库里（总结已移除或更新）。")
                continue
            passage = item.shown.passage
            click.echo(
                f"  {item.id}｜{passage.unit or UNKNOWN} {passage.year or UNKNOWN}｜"
                f"{item.shown.where}｜用了{item.sentences}处"
            )
            click.echo(f"    参考时：{item.shown.masked}")
        if not section.passages:
            click.echo("  没有参考往年段落。")
    click.echo(f"共参考{total}段。")


def _section_values(section: UsedSection) -> dict[str, object]:
    return {
        "title": section.title,
        "passages": [
            {
                "id": item.id,
                "sentences": item.sentences,
                "is_there": item.shown is not None,
                **(_passage_values(item.shown) if item.shown else {}),
            }
            for item in section.passages
        ],
    }
