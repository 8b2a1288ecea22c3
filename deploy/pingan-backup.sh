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
# 数据库正在写也能拿到一份完整的：用 SQLite 自己的备份接口；其余文件都是整个替换的，直接复制
"$python" - "$home" "$work/home" <<'PY'
import shutil
import sqlite3
import sys
from pathlib import Path

home, target = map(Path, sys.argv[1:])


def is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


for path in sorted(home.rglob("*")):
    place = target / path.relative_to(home)
    if path.is_symlink() or path.name.endswith(("-wal", "-shm", ".lock", ".tmp")):
        continue
    if path.is_dir():
        place.mkdir(parents=True, exist_ok=True)
    elif path.is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        if is_database(path):
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as source:
                copy = sqlite3.connect(place)
                source.backup(copy)
                copy.close()
            source.close()
        else:
            shutil.copy2(path, place)
PY
name="$target/pingan-$(date +%Y%m%d-%H%M%S).tar.gz"
tar -C "$work" -czf "$name.part" home
tar -tzf "$name.part" >/dev/null
mv "$name.part" "$name"
echo "已备份到 $name"
