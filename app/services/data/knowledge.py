"""The local knowledge base: its database, its vectors, and what lies beside it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import KnowledgeError
from app.services.data.databases import complaints, files_of, read_only, unreadable
from app.services.data.flaws import Area, Flaw, Mend, Mended, Quarantine, listed
from app.settings import Settings

if TYPE_CHECKING:
    from app.knowledge.store import KnowledgeStore

_NAME = "知识库"
_LABEL = "知识库的数据文件"


def check_knowledge(settings: Settings) -> Area:
    """What is kept of past reports in the data folder; nothing is asked of a server."""
    folder = settings.home / "kb"
    path = folder / "chroma" / "chroma.sqlite3"
    if not (folder / "chroma").is_dir():
        where = "在 Chroma 服务器上，用它自己的办法查" if settings.chroma_url else "还没有内容"
        return Area(_NAME, where)
    if path.exists():
        try:
            with read_only(path) as db:
                if found := complaints(db):
                    return Area(_NAME, "已损坏", (_damage(path, found),))
        except sqlite3.Error as error:
            return Area(_NAME, "读不出来", (unreadable(path, _LABEL, error, _damage(path, [])),))
    try:
        return _looked(settings, folder)
    except KnowledgeError as error:
        is_lost = not path.exists() or not path.stat().st_size
        mend = None if is_lost else _rebuilding(settings)
        return Area(_NAME, "读不出来", (Flaw(str(error).removesuffix("。"), mend=mend),))


def _damage(path: Path, found: list[str]) -> Flaw:
    def mend(quarantine: Quarantine) -> Mended:
        kept = quarantine.copy(files_of(path), "kb")
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as db:
            db.execute("REINDEX")
            db.commit()
            if not complaints(db):
                return Mended(f"知识库的索引已重做；原样的一份在 {kept}")
        told = "知识库修不好，请用备份恢复，或运行 pingan kb rebuild --reset（损坏的会改名留存）"
        return Mended(f"{told}再重新加入往年总结", is_whole=False)

    shown = f"（{'；'.join(found[:3])}）" if found else ""
    return Flaw(f"{_LABEL} {path} 已损坏{shown}", "有备份的话，先用备份恢复", mend)


def _looked(settings: Settings, folder: Path) -> Area:
    from app.knowledge.chroma import Place, inspect_folder  # noqa: PLC0415  # loads Chroma
    from app.knowledge.store import MARKER_FILE, KnowledgeStore  # noqa: PLC0415
    from app.services.knowledge import configured_embedder  # noqa: PLC0415

    was_created = (folder / MARKER_FILE).exists()
    inspect_folder(Place(folder / "chroma"), was_created=was_created)
    if not was_created:
        return Area(_NAME, "还没有内容")
    embedder = configured_embedder(settings)
    with KnowledgeStore(settings.home, embedder, is_rebuilding=True) as store:
        flaws = tuple(_flaws(settings, store))
        return Area(_NAME, f"往年总结 {len(store.records())} 份", flaws)


def _flaws(settings: Settings, store: "KnowledgeStore") -> Iterator[Flaw]:
    from app.knowledge.sidecar import describes, load_sidecar, refresh_sidecar  # noqa: PLC0415

    records = store.records()
    textless = [r.name for r in records if not store.report_text(r.record_id)]
    if textless:
        told = f"有 {len(textless)} 份往年总结没有留下原文：{listed(textless)}"
        yield Flaw(told, "请重新加入这几份")
    active = store.state.active
    if active:
        vectors = store.open_vectors(active)
        short = [r.name for r in records if vectors.count_report(r.report_id) != r.passages]
        if short:
            told = f"有 {len(short)} 份往年总结的段落不全：{listed(short)}"
            yield Flaw(told, mend=_rebuilding(settings))
        elif vectors.count() != sum(r.passages for r in records):
            yield Flaw("知识库里有没有登记的段落", mend=_rebuilding(settings))
    try:
        load_sidecar(store.folder)
        is_told = describes(store.folder, store.state.generation)
    except KnowledgeError:
        is_told = False

    def mend(_: Quarantine) -> Mended:
        from app.services.knowledge import open_store  # noqa: PLC0415

        with open_store(settings) as again, again.locked():
            refresh_sidecar(again, is_whole=True)
        return Mended("单位名录已重写")

    if not is_told:
        yield Flaw("单位名录和知识库对不上，核查时不能和别的单位对比", mend=mend)


def _rebuilding(settings: Settings) -> Mend:
    def mend(_: Quarantine) -> Mended:
        from app.services.knowledge import rebuild  # noqa: PLC0415

        passages, _aside = rebuild(settings)
        return Mended(f"知识库已从留下的原文重建，共 {passages} 段")

    return mend
