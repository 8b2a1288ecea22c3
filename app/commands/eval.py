"""``pingan eval``: what the product is worth, in figures that anybody can make again."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eval.report import Run

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_SHOWN = 20


@click.group(
    name="eval",
    help="评测：核查的准确率、召回率和速度。",
    options_metavar="[选项]",
    subcommand_metavar="任务 [参数]…",
)
def evaluation() -> None:
    """The group the tasks hang on."""


@evaluation.command(help="评测核查：标注语料、植入缺陷、句子、示例报告、稳健性、速度。")
@click.option("--corpus", type=_FOLDER, help="带 labels.jsonl 的标注语料文件夹。")
@click.option("--edited", type=_FOLDER, help="专业编辑过的文本文件夹，用来数误报。")
@click.option("--seed", type=int, default=0, show_default=True, help="植入缺陷的随机种子。")
@click.option("--speed", is_flag=True, help="同时测速度。")
@click.option("--accept", is_flag=True, help="把这次的结果记为闸门的基准（下限不变）。")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="把全部结果写到这个文件夹：check.md、check.json。",
)
def check(
    corpus: Path | None,
    edited: Path | None,
    seed: int,
    speed: bool,
    accept: bool,
    output: Path | None,
) -> int:
    """Run the checker's evaluation; exit 1 where a gate is red."""
    from eval import gating  # noqa: PLC0415  # heavy
    from eval.report import render_text  # noqa: PLC0415
    from eval.tasks.check import TASK, CheckOptions, run_check  # noqa: PLC0415

    options = CheckOptions(corpus=corpus, edited=edited, seed=seed, with_speed=speed)
    run = run_check(options, lambda name: click.echo(f"正在评测：{name}……", err=True))
    sys.stdout.write(render_text(run, limit=0 if output is None else _SHOWN))
    if output is not None:
        _write(output, run)
    if accept:
        gating.accept(TASK, run.metrics)
        click.echo("已把这次的结果记为闸门的基准。", err=True)
    red = gating.failures(gating.load_gates(TASK), run.metrics)
    sys.stdout.write("\n".join(f"闸门未过：{reason}。" for reason in red) or "闸门全部通过。")
    sys.stdout.write("\n")
    return int(bool(red))


def _write(folder: Path, run: "Run") -> None:
    from app.core.errors import ExportError  # noqa: PLC0415
    from app.exporters.atomic import write_atomically  # noqa: PLC0415
    from eval.report import render_json, render_markdown  # noqa: PLC0415

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"建不了文件夹 {folder}，请换个位置再试。") from error
    write_atomically(folder / "check.md", render_markdown(run))
    write_atomically(folder / "check.json", render_json(run))
    click.echo(f"结果写在 {folder}。", err=True)


eval = evaluation  # noqa: A001  # the command line looks a command up by its own name
