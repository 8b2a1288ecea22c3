"""``pingan config``: whether the ``pingan.toml`` of the working folder counts."""

import click

from app.core.errors import ConfigError
from app.settings import CONFIG_FILE, FolderConfig, allow_folder_config, folder_config


@click.group(options_metavar="[选项]", subcommand_metavar="命令 [参数]…")
def config() -> None:
    """当前文件夹里的 pingan.toml 可能是随别人的文件来的，要先允许才用。"""


@config.command("allow", help="允许当前文件夹的 pingan.toml；内容改动后要再允许。")
def allow() -> None:
    """Remember this file's place and content."""
    found = folder_config()
    if found is None:
        raise ConfigError(f"当前文件夹里没有 {CONFIG_FILE}（数据文件夹里的不用允许）。")
    allow_folder_config(found)
    click.echo(f"已允许 {found.path}，它设置 {names_of(found)}；内容改动后要再允许一次。")


def names_of(found: FolderConfig) -> str:
    """What it sets, to be read."""
    return "、".join(found.names) or "不了什么（没有认识的项）"


def tell_folder_config() -> None:
    """Say on stderr that there is a file that does not count, and what it would set."""
    try:
        found = folder_config()
    except ConfigError as error:
        click.echo(f"注意：{error}", err=True)
        return
    if found is not None and not found.is_allowed:
        click.echo(
            f"注意：当前文件夹有 {CONFIG_FILE}，它要设置 {names_of(found)}，没有用它；"
            "确实要用，先看清内容，再运行一次 pingan config allow。",
            err=True,
        )
