"""``pingan doctor``: every setting and whether it works; whether what is kept is whole."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.settings import Settings, load_settings
from app.upkeep.health import probe_all

if TYPE_CHECKING:
    from app.upkeep.flaws import StoreHealth

_TITLES = {
    "home": "数据文件夹",
    "base_url": "模型地址",
    "api_key": "模型密钥",
    "model": "模型名称",
    "embedder": "检索向量",
    "chroma_url": "知识库地址",
    "chroma_token": "知识库密钥",
    "trusted_hosts": "信任的模型主机",
}


@click.command(options_metavar="[选项]", help="列出每项配置的值和来源，并检查所指的东西是否可用。")
@click.option("--data", "is_data", is_flag=True, help="改为检查数据文件夹里的内容是否完好。")
@click.option("--mend", is_flag=True, help="连同 --data：修补能修补的，先停掉网页再用。")
@click.option("--home", type=click.Path(path_type=Path), help="数据文件夹；默认取 PINGAN_HOME。")
def doctor(is_data: bool, mend: bool, home: Path | None) -> int:
    """Print settings and probes; exit code 2 where something configured does not work."""
    settings = load_settings(home=home)
    if is_data:
        return _data(settings, is_mending=mend)
    if mend:
        raise click.UsageError("--mend 要和 --data 一起用。")
    click.echo("配置：")
    _print_settings(settings)
    click.echo("检查：")
    probes = probe_all(settings)
    for probe in probes:
        click.echo(f"  {probe.label}  {probe.name}：{probe.detail}")
        if probe.advice:
            click.echo(f"        {probe.advice}")
    faults = sum(probe.is_fault for probe in probes)
    hints = sum(not probe.is_well for probe in probes) - faults
    if faults:
        click.echo(f"有 {faults} 项异常，请按上面的办法处理后再运行一次 pingan doctor。")
    else:
        click.echo(f"可以使用；有 {hints} 项提示，不处理也能用。" if hints else "可以使用。")
    return 2 if faults else 0


def _print_settings(settings: Settings) -> None:
    for name, title in _TITLES.items():
        value = getattr(settings, name)
        if name == "api_key":
            value = "已设置" if value else ""
        elif isinstance(value, tuple):
            value = "、".join(value)
        click.echo(f"  {title}：{value or '（未设置）'}  ←{settings.sources[name]}")


def _data(settings: Settings, *, is_mending: bool) -> int:
    """Print the state of all that is kept: 0 whole, 1 something is wrong, 2 not to be looked at."""
    from app.upkeep.check import check_data, flaws_of, mend_data  # noqa: PLC0415
    from app.upkeep.flaws import Quarantine  # noqa: PLC0415

    areas = check_data(settings)
    click.echo(f"数据文件夹 {settings.home}：")
    _print_areas(areas)
    is_whole = True
    if is_mending and any(f.mend for f in flaws_of(areas)):
        click.echo("修补：")
        for done in mend_data(areas, Quarantine(settings.home, datetime.now())):  # noqa: DTZ005
            click.echo(f"  {done.told}。")
            is_whole &= done.is_whole
        click.echo("修补以后：")
        areas = check_data(settings)
        _print_areas(areas)
    flaws = flaws_of(areas)
    can = sum(f.mend is not None for f in flaws)
    if not flaws:
        click.echo("内容完好。" if is_whole else "其余完好；损失的部分见上面，请用备份恢复。")
        return 0 if is_whole else 1
    hint = f"，其中 {can} 处可以修补：停掉网页后运行 pingan doctor --data --mend" if can else ""
    click.echo(f"有 {len(flaws)} 处不对{hint}。")
    return 2 if any(f.is_unknown for f in flaws) else 1


def _print_areas(areas: "tuple[StoreHealth, ...]") -> None:
    for area in areas:
        click.echo(f"  {'异常' if area.flaws else '正常'}  {area.name}：{area.detail}")
        for flaw in area.flaws:
            click.echo(f"        {flaw.what}{f'；{flaw.advice}' if flaw.advice else ''}。")
