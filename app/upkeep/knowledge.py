"""The local knowledge base: its records, what is made from them, and the list beside it."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.core.errors import KnowledgeError
from app.settings import Settings
from app.upkeep.databases import complaints, looked, read_only, unreadable
from app.upkeep.flaws import Flaw, Mend, Quarantine, RepairResult, StoreHealth, listed

if TYPE_CHECKING:
    from app.knowledge.store import KnowledgeStore

_NAME = "知识库"


def check_knowledge(settings: Settings) -> StoreHealth:
    """What is kept of past reports in the data folder; nothing is asked of a server."""
    folder = settings.home / "kb"
    if not any((folder / name).exists() for name in ("chroma", "records.sqlite3")):
        where = "在 Chroma 服务器上，用它自己的办法查" if settings.chroma_url else "还没有内容"
        return StoreHealth(_NAME, where)
    from app.knowledge.storage.tables import RECORDS, REPORTS  # noqa: PLC0415  # loads Chroma

    def look(db: sqlite3.Connection) -> StoreHealth:
        query = "SELECT COUNT(*) FROM records WHERE kind = ?"
        (count,) = db.execute(query, (REPORTS,)).fetchone()
        return StoreHealth(_NAME, f"往年总结 {count} 份")

    path = folder / RECORDS.file
    if not path.exists():
        return StoreHealth(_NAME, "是旧版本的存法，下次打开时转换")
    area = looked(path, RECORDS, _NAME, look)
    return area if area.flaws else replace(area, flaws=tuple(_index_amiss(settings, folder)))


def _index_amiss(settings: Settings, folder: Path) -> list[Flaw]:
    """What Chroma holds is made from the records, and is made again where it is not whole."""
    from app.knowledge.storage.chroma import DATABASE_FILE, StoreLocation, inspect_folder  # noqa: PLC0415
    from app.knowledge.storage.state import StoreState  # noqa: PLC0415
    from app.knowledge.storage.tables import META, LocalTable, records_database  # noqa: PLC0415
    from app.knowledge.store import KnowledgeStore  # noqa: PLC0415
    from app.services.knowledge import configured_embedder  # noqa: PLC0415

    place, path = StoreLocation(folder / "chroma"), folder / "chroma" / DATABASE_FILE
    broken = Flaw("检索用的段落和向量缺失或已损坏", mend=_rebuilding(settings))
    try:
        with read_only(path) as db:
            if complaints(db):
                return [broken]
    except sqlite3.Error as error:
        return [unreadable(path, "知识库的索引", error, broken) if path.exists() else broken]
    active = StoreState(LocalTable(records_database(folder), META)).active
    try:
        inspect_folder(place, is_filled=bool(active))
        with KnowledgeStore(
            settings.home, configured_embedder(settings), is_rebuilding=True
        ) as store:
            return list(_contents_amiss(settings, store))
    except KnowledgeError:
        return [broken]


def _contents_amiss(settings: Settings, store: "KnowledgeStore") -> Iterator[Flaw]:
    from app.knowledge.reference_index import describes, load_sidecar  # noqa: PLC0415

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

    def mend(_: Quarantine) -> RepairResult:
        from app.services.knowledge import open_store  # noqa: PLC0415

        with open_store(settings) as again, again.locked():
            again.tell_checker(is_whole=True)
        return RepairResult("单位名录已重写")

    if not is_told:
        yield Flaw("单位名录和知识库对不上，核查时不能和别的单位对比", mend=mend)


def _rebuilding(settings: Settings) -> Mend:
    def mend(_: Quarantine) -> RepairResult:
        from app.services.knowledge import rebuild  # noqa: PLC0415

        passages, _aside = rebuild(settings)
        return RepairResult(f"知识库已从留下的原文重建，共 {passages} 段")

    return mend
