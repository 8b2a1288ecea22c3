"""``pingan eval``: what the product is worth, in figures that anybody can make again."""

import sys
from pathlib import Path

import click

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_THERE = click.Path(path_type=Path, exists=True)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_OUTPUT = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="把全部结果写到这个文件夹：Markdown、JSON 和可以单独打开的网页。",
)
_ACCEPT = click.option("--accept", is_flag=True, help="把这次的结果记为闸门的基准（下限不变）。")
_MODEL = click.option(
    "--model", metavar="M", help="同时评测这个模型，地址取 OPENAI_BASE_URL；默认取 PINGAN_MODEL。"
)
_OFFLINE = click.option("--offline", is_flag=True, help="配置了模型也不用，只评测不用模型的部分。")
_LIMIT = click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="只取前 N 份要点表，四类单位轮流取。"
)


@click.group(
    name="eval",
    help="评测：核查、检索和起草各有多准，与基准比是好是坏。",
    options_metavar="[选项]",
    subcommand_metavar="任务 [参数]…",
)
def evaluation() -> None:
    """The group the tasks hang on."""


@evaluation.command(
    options_metavar="[选项]", help="评测核查：标注语料、植入缺陷、句子、示例报告、稳健性、速度。"
)
@click.option("--corpus", type=_FOLDER, help="带 labels.jsonl 的标注语料文件夹。")
@click.option("--edited", type=_FOLDER, help="专业编辑过的文本文件夹，用来数误报。")
@click.option("--seed", type=int, default=0, show_default=True, help="植入缺陷的随机种子。")
@click.option("--speed", is_flag=True, help="同时测速度。")
@click.option("--model", metavar="M", help="同时让这个模型找错，作为对照；地址取 OPENAI_BASE_URL。")
@_ACCEPT
@_OUTPUT
def check(
    corpus: Path | None,
    edited: Path | None,
    seed: int,
    speed: bool,
    model: str | None,
    accept: bool,
    output: Path | None,
) -> int:
    """Run the checker's evaluation; exit 1 where a gate is red."""
    from app.settings import load_settings  # noqa: PLC0415  # heavy, as all below
    from eval import running  # noqa: PLC0415
    from eval.tasks.check import TASK, CheckTaskOptions, run_check  # noqa: PLC0415

    options = CheckTaskOptions(
        corpus=corpus,
        edited=edited,
        seed=seed,
        with_speed=speed,
        settings=load_settings(model=model) if model else None,
    )
    run = run_check(options, running.say)
    return running.finish([running.with_gates(TASK, run)], output=output, accept=accept)


@evaluation.command(
    options_metavar="[选项]", help="评测检索：BM25、各向量器、混合检索各找得多准；--scale 测规模。"
)
@click.option("--corpus", type=_FOLDER, help="已标注的语料文件夹，连同示例报告一起评。")
@click.option("--scale", is_flag=True, help="改测规模：合成报告增到十万段，看收入和检索快慢。")
@click.option(
    "--passages",
    type=click.IntRange(min=1000),
    default=100_000,
    show_default=True,
    help="--scale 增到多少段。",
)
@_ACCEPT
@_OUTPUT
def retrieve(
    corpus: Path | None, scale: bool, passages: int, accept: bool, output: Path | None
) -> int:
    """Run the retrieval evaluation; exit 1 where a gate is red."""
    from app.settings import load_settings  # noqa: PLC0415
    from eval import running  # noqa: PLC0415
    from eval.tasks.retrieve import (  # noqa: PLC0415
        TASK,
        RetrieveOptions,
        run_retrieve,
        run_scale,
    )

    if scale:
        run = run_scale(passages, running.say)
    else:
        run = run_retrieve(RetrieveOptions(corpus, load_settings()), running.say)
    return running.finish([running.with_gates(TASK, run)], output=output, accept=accept)


@evaluation.command(
    options_metavar="[选项]", help="评测起草：组稿、接模型的起草和普通检索提示，写同一批要点表。"
)
@click.option("--corpus", type=_FOLDER, help="自己的要点表文件夹（txt、md、docx、xlsx）。")
@_MODEL
@_OFFLINE
@_LIMIT
@click.option(
    "--minutes",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="M",
    help="接模型的部分到 M 分钟就不再写下一份，只算写完的；0 为不限。按 Ctrl-C 也只算写完的。",
)
@_ACCEPT
@_OUTPUT
def draft(
    corpus: Path | None,
    model: str | None,
    offline: bool,
    limit: int | None,
    minutes: float,
    accept: bool,
    output: Path | None,
) -> int:
    """Run the drafting evaluation; exit 1 where a gate is red."""
    from app.settings import load_settings  # noqa: PLC0415
    from eval import running  # noqa: PLC0415
    from eval.tasks.draft import TASK, DraftOptions, run_draft  # noqa: PLC0415

    settings = load_settings(model="" if offline else model)
    options = DraftOptions(settings, limit=limit or 0, sheets=corpus, minutes=minutes)
    run = run_draft(options, running.say)
    return running.finish([running.with_gates(TASK, run)], output=output, accept=accept)


@evaluation.command(
    options_metavar="[选项]",
    name="first-contact",
    help="评测陌生材料：别人写的句子、报告、要点表、说法和来料，各读得怎样；没有闸门。",
)
@click.argument("folder", metavar="DIR", type=_FOLDER)
@click.option(
    "--clean",
    multiple=True,
    type=_THERE,
    metavar="PATH",
    help="专业编辑过的文本（txt 文件或文件夹），数每万字误报；可写几次。",
)
@_OUTPUT
def first_contact(folder: Path, clean: tuple[Path, ...], output: Path | None) -> int:
    """Run on strangers' material; always exit 0, there are no gates."""
    from eval import running  # noqa: PLC0415
    from eval.gating import TaskRun  # noqa: PLC0415
    from eval.tasks.first_contact import (  # noqa: PLC0415
        TASK,
        FirstContactOptions,
        run_first_contact,
    )

    run = run_first_contact(FirstContactOptions(folder, clean), running.say)
    return running.finish([TaskRun(TASK, run)], output=output)


@evaluation.command(
    options_metavar="[选项]",
    help="评测外发检查：带密级标志、个人信息的拦住多少，没有的误拦多少。FILE 是自己的样例，"
    '每行一个 JSON 对象：{"text": 文字, "sensitive": true 或 false, "kind": 种类}；不写用自带的。',
)
@click.argument("file", metavar="[FILE]", required=False, type=_FILE)
@_ACCEPT
@_OUTPUT
def guard(file: Path | None, accept: bool, output: Path | None) -> int:
    """Run the guard's evaluation; exit 1 where a gate is red."""
    from eval import running  # noqa: PLC0415
    from eval.tasks.guard import TASK, run_guard  # noqa: PLC0415

    run = run_guard(file)
    return running.finish([running.with_gates(TASK, run)], output=output, accept=accept)


@evaluation.command(
    options_metavar="[选项]", name="all", help="依次评测核查、检索和起草，合成一份报告。"
)
@click.option("--corpus", type=_FOLDER, help="带 labels.jsonl 的标注语料，或自己的要点表。")
@click.option("--edited", type=_FOLDER, help="专业编辑过的文本文件夹，用来数误报。")
@click.option("--seed", type=int, default=0, show_default=True, help="植入缺陷的随机种子。")
@_MODEL
@_OFFLINE
@_LIMIT
@_ACCEPT
@_OUTPUT
def everything(
    corpus: Path | None,
    edited: Path | None,
    seed: int,
    model: str | None,
    offline: bool,
    limit: int | None,
    accept: bool,
    output: Path | None,
) -> int:
    """Run every task; exit 1 where a gate of any is red."""
    from app.settings import load_settings  # noqa: PLC0415
    from eval import running  # noqa: PLC0415
    from eval.tasks.all import AllOptions, run_all  # noqa: PLC0415

    options = AllOptions(
        settings=load_settings(model="" if offline else model),
        corpus=corpus,
        edited=edited,
        seed=seed,
        limit=limit or 0,
    )
    runs = run_all(options, running.say)
    items = [running.with_gates(task, run) for task, run in runs.items()]
    return running.finish(items, output=output, accept=accept)


@evaluation.command(
    options_metavar="[选项]", help="比较两次评测；甲、乙是 -o 写出的文件夹或其中的 JSON 文件。"
)
@click.argument("before", metavar="甲", type=_THERE)
@click.argument("after", metavar="乙", type=_THERE)
@_OUTPUT
def diff(before: Path, after: Path, output: Path | None) -> int:
    """Compare two runs document by document; always exit 0, it judges nothing."""
    from eval.compare import compare  # noqa: PLC0415
    from eval.gating import TaskRun  # noqa: PLC0415
    from eval.report import render_text  # noqa: PLC0415
    from eval.saved import read_runs, write_runs  # noqa: PLC0415

    run = compare(read_runs(before), read_runs(after))
    sys.stdout.write(render_text(run))
    if output is not None:
        write_runs(output, [TaskRun("diff", run)])
        click.echo(f"结果写在 {output}。", err=True)
    return 0


eval = evaluation  # noqa: A001  # the command line looks a command up by its own name
