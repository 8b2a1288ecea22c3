"""The ``pingan`` command. Each subcommand is imported only when it is called."""

import gettext
import os
import sys
import threading
from importlib import import_module
from pathlib import Path

import click

from app import __version__
from app.commands.terminal import shown_streams
from app.core.errors import PinganError
from app.core.faults import refusal_behind
from app.core.private import keep_new_files_private
from app.patterns import kept_patterns, load_checker
from app.settings import CONFIG_FILE

_COMMANDS = {
    "check": ("app.commands.check", "核查总结：占位符、数字矛盾、缺漏部分、重复文字……"),
    "draft": ("app.commands.draft", "按要点起草总结"),
    "rewrite": ("app.commands.rewrite", "改写总结的一个部分：更简练、更充实、更正式"),
    "facts": ("app.commands.facts", "列出要点表里读到的数字和名称"),
    "kb": ("app.commands.kb", "管理往年总结的知识库"),
    "eval": ("app.commands.eval", "评测：核查的准确率、召回率和速度"),
    "web": ("app.commands.web", "打开网页"),
    "users": ("app.commands.users", "管理能登录网页的人：添加、改密码、角色"),
    "config": ("app.commands.config", "允许使用当前文件夹的 pingan.toml"),
    "doctor": ("app.commands.doctor", "查看配置和运行环境"),
}
_KEEPERS = ("kb", "web", "users")  # what they write is the data folder's
_INTERNAL_ERROR = 3
_INTERRUPTED = 130


class _LazyGroup(click.Group):
    """Lists its commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        if cmd_name == "check":
            with kept_patterns():
                load_checker()
        command: click.Command = getattr(import_module(_COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("命令"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in _COMMANDS.items()])


@click.group(cls=_LazyGroup, options_metavar="[选项]", subcommand_metavar="命令 [参数]…")
@click.version_option(__version__, message="pingan %(version)s", help="显示版本并退出。")
@click.pass_context
def cli(context: click.Context) -> None:
    """起草和核查平安建设工作总结。全部功能可以断网使用。"""
    if context.invoked_subcommand != "config" and Path(CONFIG_FILE).exists():
        from app.commands.config import tell_folder_config  # noqa: PLC0415  # only where there is one

        tell_folder_config()
    if context.invoked_subcommand in _KEEPERS:
        keep_new_files_private()


def _speak_chinese() -> None:
    """Let click's own messages come from our catalogue, whatever the user's locale."""
    os.environ["LANGUAGE"] = "zh_CN"
    gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))


def main() -> None:
    """Run the command line; the exit code follows the documented meaning."""
    _speak_chinese()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    with shown_streams():
        code = _run()
    if any(t is not threading.main_thread() and not t.daemon for t in threading.enumerate()):
        # Python would wait for a call to a silent model, which nobody waits for any more.
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
    sys.exit(code)


def _run() -> int:
    """The command's exit code; every error ends here as a sentence."""
    try:
        code = cli.main(prog_name="pingan", standalone_mode=False)
    except PinganError as error:
        click.echo(f"错误：{error}", err=True)
        code = error.exit_code
    except click.exceptions.Abort:
        click.echo("已中断。", err=True)
        code = _INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BrokenPipeError:
        # The reader went away (pingan check … | head): not our error, and nothing to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:  # the outermost frame: a sentence, not a traceback
        if os.environ.get("PINGAN_DEBUG"):
            raise
        told = refusal_behind(error)  # a full disk, say, is no defect
        if told is not None:
            click.echo(f"错误：{told}", err=True)
            return told.exit_code
        click.echo(
            f"程序内部出错（{type(error).__name__}）。请设置环境变量 PINGAN_DEBUG=1 再运行一次，"
            "把显示的内容交给维护人员。",
            err=True,
        )
        code = _INTERNAL_ERROR
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    main()
