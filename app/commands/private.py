"""Tell of a data folder that others could read, once it is so no more."""

from pathlib import Path

import click

from app.core.private import tighten


def keep_private(home: Path) -> Path:
    """The data folder, for its owner alone; what was open to others is told of."""
    if tighten(home):
        click.echo(f"数据文件夹 {home} 里有别的用户能看的文件，已改成只有自己能看。", err=True)
    return home
