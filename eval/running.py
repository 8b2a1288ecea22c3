"""What every eval command does with a run: tell it, write it, keep it, hold it to its gates."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from app.core.errors import PinganError
from app.settings import load_settings
from eval import gating
from eval.gating import TaskRun
from eval.report import Run, render_text
from eval.saved import keep_runs, write_runs

_SHOWN = 20


def say(name: str) -> None:
    """Tell on stderr what is being done."""
    click.echo(f"正在评测：{name}……", err=True)


def with_gates(task: str, run: Run) -> TaskRun:
    """A run beside its gates."""
    return TaskRun(task, run, gating.statuses(gating.load_gates(task), run.metrics))


def finish(
    items: Sequence[TaskRun], *, output: Path | None, accept: bool = False, keep: bool = True
) -> int:
    """Tell, write and keep the runs; 1 where a gate is red."""
    for item in items:
        sys.stdout.write(render_text(item.run, limit=0 if output is None else _SHOWN))
        sys.stdout.write("\n")
    if accept:
        for item in items:
            gating.accept(item.task, item.run.metrics)
        items = [with_gates(item.task, item.run) for item in items]
        click.echo("已把这次的结果记为闸门的基准。", err=True)
    if output is not None:
        write_runs(output, items)
        click.echo(f"结果写在 {output}。", err=True)
    if keep:
        _keep(items)
    red = [reason for item in items for reason in item.red]
    passed = "闸门全部通过。" if any(item.gates for item in items) else "这次没有适用的闸门。"
    sys.stdout.write("\n".join(f"闸门未过：{reason}。" for reason in red) or passed)
    sys.stdout.write("\n")
    return int(bool(red))


def _keep(items: Sequence[TaskRun]) -> None:
    """Keep the runs for the page; a folder that cannot be written to spoils no result."""
    try:
        folder = keep_runs(load_settings().home, items, datetime.now().astimezone())
    except PinganError as error:
        click.echo(f"这次结果没有留在网页的“评测”里：{error}", err=True)
        return
    click.echo(f"网页的“评测”里可以看到这次结果（{folder}）。", err=True)
