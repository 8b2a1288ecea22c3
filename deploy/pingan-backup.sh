#!/usr/bin/env bash
# 备份 PINGAN_HOME：不用停网页。用法：pingan-backup.sh 数据文件夹 备份文件夹
set -euo pipefail
home=${1:?请写数据文件夹，例如 /var/lib/pingan}
target=${2:?请写备份放在哪个文件夹}
[ -d "$home" ] || { echo "没有数据文件夹 $home" >&2; exit 2; }
python=${PINGAN_PYTHON:-python3}
umask 077
mkdir -p "$target"
work=$(mktemp -d "$target/.pingan-XXXXXX")
trap 'rm -rf "$work"' EXIT
# 先数据库，后文件：原文件在没有文稿用到之后还留一小时，数据库里登记的，复制的时候都还在。
# 数据库正在写也能拿到一份完整的：用 SQLite 自己的备份接口；其余文件都是整个替换的，直接复制。
"$python" - "$home" "$work/home" <<'PY'
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

home, target = map(Path, sys.argv[1:])
target.mkdir(parents=True)


def is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def is_wanted(path: Path) -> bool:
    is_part = path.parent.name == "originals" and "." in path.name  # an upload on its way
    return not path.is_symlink() and not is_part and not path.name.endswith(
        ("-wal", "-shm", ".lock", ".tmp")
    )


def kept(path: Path) -> Path:
    place = target / path.relative_to(home)
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


databases = [p for p in sorted(home.rglob("*")) if is_wanted(p) and p.is_file() and is_database(p)]
for path in databases:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
        with closing(sqlite3.connect(kept(path))) as copy:
            source.backup(copy)
for path in sorted(home.rglob("*")):
    if is_wanted(path) and path.is_dir():
        (target / path.relative_to(home)).mkdir(parents=True, exist_ok=True)
    elif is_wanted(path) and path.is_file() and path not in databases:
        try:
            shutil.copy2(path, kept(path))
        except FileNotFoundError:  # replaced or cleared meanwhile
            continue
for path in databases:
    with closing(sqlite3.connect(kept(path))) as copy:
        (told,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if told != "ok":
        sys.exit(f"{path} 已损坏，没有备份；请运行 pingan doctor --data 查看。")
review = target / "review" / "review.sqlite3"
if review.exists():
    with closing(sqlite3.connect(review)) as copy:
        named = {sha for (sha,) in copy.execute("SELECT sha FROM submissions WHERE batch != ''")}
    lost = [sha for sha in named if not (review.parent / "originals" / sha).is_file()]
    if lost:
        print(f"注意：有 {len(lost)} 份文稿的原文件在数据文件夹里就没有。", file=sys.stderr)
PY
name="$target/pingan-$(date +%Y%m%d-%H%M%S).tar.gz"
tar -C "$work" -czf "$name.part" home
tar -tzf "$name.part" >/dev/null
mv "$name.part" "$name"
echo "已备份到 $name"
