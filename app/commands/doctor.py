"""``pingan doctor``: every setting, where it comes from, and whether it works."""

import click

from app.services.health import probe_all
from app.settings import load_settings

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
def doctor() -> int:
    """Print settings and probes; exit code 2 where something configured does not work."""
    settings = load_settings()
    click.echo("配置：")
    for name, title in _TITLES.items():
        value = getattr(settings, name)
        if name in ("api_key", "chroma_token"):
            value = "已设置" if value else ""
        elif isinstance(value, tuple):
            value = "、".join(value)
        click.echo(f"  {title}：{value or '（未设置）'}  ←{settings.sources[name]}")
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
