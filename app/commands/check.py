"""``pingan check``: run the checker over files and folders."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from app.checking.baseline import load_baseline
from app.commands.terminal import exact
from app.core.errors import ConfigError, InputError
from app.core.files import write_atomically
from app.core.finding import CheckResult, Severity
from app.formats.source import barrier
from app.services.batch import BatchOptions, BatchResult, check_batch
from app.services.checking import CheckOptions, Failed
from app.services.lexicon import home_lexicons
from app.services.reference_index import known_folder
from app.settings import Settings, load_settings

_FORMATS = ("text", "json", "html", "xlsx", "sarif")
_NEVER = "never"
_UNREADABLE = 2
_CRASHED = 3
_LINE = 70
_FILE = click.Path(path_type=Path)


def _render(batch: BatchResult, form: str, unused: tuple[str, ...] | None) -> str | bytes:
    results, documents, cohort = batch.results, batch.documents, batch.cohort
    if form == "json":
        from app.formats.results.check.json import render_json  # noqa: PLC0415  # only the one asked for

        return render_json(results, unused_baseline=unused, cohort=cohort)
    if form == "html":
        from app.formats.results.check.html import render_html  # noqa: PLC0415

        return render_html(results, documents, cohort=cohort)
    if form == "xlsx":
        from app.formats.results.check.xlsx import render_xlsx  # noqa: PLC0415

        return render_xlsx(results, documents, cohort=cohort)
    if form == "sarif":
        from app.formats.results.check.sarif import render_sarif  # noqa: PLC0415

        return render_sarif(results, documents)
    from app.formats.results.check.text import render_text  # noqa: PLC0415

    return render_text(results, documents, cohort=cohort)


def _rendered(
    batch: BatchResult, form: str, unused: tuple[str, ...] | None
) -> tuple[BatchResult, str | bytes]:
    """The results as text; a draft that cannot be written down is told as failed."""
    if not batch.drafts:
        return batch, ""
    try:
        with barrier("结果"):
            return batch, _render(batch, form, unused)
    except InputError:
        good, failed = [], list(batch.failed)
        for draft in batch.drafts:
            try:
                with barrier(draft.source.name):
                    _render(BatchResult((draft,)), form, None)
                good.append(draft)
            except InputError as error:
                failed.append(Failed(draft.source.name, str(error)))
        if len(good) == len(batch.drafts):
            raise
        rest = BatchResult(tuple(good), tuple(failed))
        return rest, _render(rest, form, None) if good else ""


def _unused_baseline(path: Path | None, results: Iterable[CheckResult]) -> tuple[str, ...] | None:
    """Entries of the baseline that no finding needed; ``None`` where there is no baseline."""
    if path is None:
        return None
    used = [s.finding.fingerprint for result in results for s in result.suppressed]
    return load_baseline(path).unused(used)


def _settings() -> Settings | None:
    """The configuration; without it the check goes on."""
    try:
        return load_settings()
    except ConfigError as error:
        _warn(f"{error}这次没有核对知识库里别单位的名称和段落，也没有用本机的词表。")
        return None


def _warn(message: str) -> None:
    click.echo(f"注意：{message}", err=True)


def _exit_code(results: Iterable[CheckResult], fail_on: str, *, has_failed: bool) -> int:
    findings = [f for result in results for f in result.findings]
    if any(f.rule == "XX00" for f in findings):
        return _CRASHED
    if has_failed:
        return _UNREADABLE
    if fail_on == _NEVER:
        return 0
    return int(any(f.severity.rank >= Severity(fail_on).rank for f in findings))


def _report(done: int, total: int, name: str) -> None:
    """Tell how far it is, on a terminal always in the same line."""
    if total < 2:
        return
    told = f"已核查 {done}/{total} 份：{name}"
    if not sys.stderr.isatty():
        click.echo(told, err=True)
        return
    click.echo(f"\r\x1b[K{told[:_LINE]}", err=True, nl=done == total)


@click.command(
    options_metavar="[选项]",
    help="核查一份或多份总结；PATH 可以是文件（txt、md、docx、pdf）、文件夹或zip压缩包。",
)
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=_FILE)
@click.option(
    "--profile",
    default="auto",
    show_default=True,
    metavar="auto|机关|国企|乡镇|市级|FILE",
    help="按哪一类单位的要求核查；auto 自动识别。",
)
@click.option("--facts", type=_FILE, help="要点表，用来核对数字和事项是否有出处。")
@click.option("--previous", type=_FILE, help="本单位上一年的总结，用来核对所引去年数字。")
@click.option("--baseline", type=_FILE, help="豁免清单：每行“指纹: 理由”。")
@click.option(
    "--lexicon",
    type=_FILE,
    multiple=True,
    help="词表：固定说法、单位简称、允许的名称、错别字；数据文件夹里的“词表.txt”总是一并使用。",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    default="text",
    show_default=True,
    help="结果的格式。",
)
@click.option("-o", "--output", type=_FILE, help="结果写入的文件；不写则显示在屏幕上。")
@click.option(
    "--annotate",
    type=_FILE,
    metavar="DIR",
    help="把问题写成Word批注：报送的Word原样保留，另存到这个文件夹；其他格式先转成Word。",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", _NEVER]),
    default="error",
    show_default=True,
    help="发现哪一级及以上的问题时退出码为 1。",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="同时核查的进程数。"
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    default="",
    help="交给几台机器组成的Dask集群核查，写调度程序的地址，例如 127.0.0.1:8786；"
    "结果与本机核查一样，这时 --jobs 不起作用（见部署说明）。",
)
@click.option(
    "--no-kb", is_flag=True, help="不与知识库比对（别单位的名称、照抄的段落）；默认有知识库就比对。"
)
@click.option("--emit-text", is_flag=True, help="只打印读到的全文，结果中的位置按它计算。")
def check(
    paths: tuple[Path, ...],
    profile: str,
    facts: Path | None,
    previous: Path | None,
    baseline: Path | None,
    lexicon: tuple[Path, ...],
    form: str,
    output: Path | None,
    annotate: Path | None,
    fail_on: str,
    jobs: int,
    cluster: str,
    no_kb: bool,
    emit_text: bool,
) -> int:
    """Check files; the exit code is 0, 1, 2 or 3 as documented."""
    if emit_text:
        return _emit_text(paths)
    if form == "xlsx" and output is None:
        raise click.UsageError("xlsx 是表格文件，不能显示在屏幕上，请用 -o 指定要写入的文件。")
    settings = _settings()
    knowledge = None if no_kb or settings is None else known_folder(settings)
    lexicons = (*(home_lexicons(settings) if settings else ()), *lexicon)
    options = CheckOptions(profile, facts, previous, baseline, knowledge, lexicons)
    batch = check_batch(
        paths,
        BatchOptions(
            options,
            jobs=jobs,
            cluster=cluster,
            trusted_hosts=settings.trusted_hosts if settings else (),
            annotate=annotate,
            has_cohort=form != "sarif",
        ),
        on_done=_report,
        on_warning=_warn,
    )
    unused = None if batch.failed else _unused_baseline(baseline, batch.results)
    batch, rendered = _rendered(batch, form, unused)
    for failure in batch.failed:
        click.echo(f"错误：{failure.message}", err=True)
    if unused:
        listed = "、".join(unused)
        _warn(f"豁免清单 {baseline} 有 {len(unused)} 条没有用到，可以删去：{listed}")
    if annotate is not None:
        written = sum(d.annotated is not None for d in batch.drafts)
        click.echo(f"带批注的Word文件已写入 {annotate}：{written} 份", err=True)
    if batch.drafts:
        _put_out(rendered, output)
    return _exit_code(batch.results, fail_on, has_failed=bool(batch.failed))


def _put_out(rendered: str | bytes, output: Path | None) -> None:
    if output is not None:
        write_atomically(output, rendered)
        click.echo(f"结果已写入 {output}", err=True)
    elif isinstance(rendered, str):
        sys.stdout.write(rendered if rendered.endswith("\n") else rendered + "\n")


def _emit_text(paths: Iterable[Path]) -> int:
    from app.formats import read_bytes  # noqa: PLC0415
    from app.services.sources import Opener, find_sources  # noqa: PLC0415

    sources, failed = find_sources(paths)
    opener = Opener()
    for source in sources:
        try:
            exact(sys.stdout).write(read_bytes(opener.read(source), source.name).text)
        except InputError as error:
            failed.append(Failed(source.name, str(error)))
    opener.close()
    for failure in failed:
        click.echo(f"错误：{failure.message}", err=True)
    return _UNREADABLE if failed else 0
