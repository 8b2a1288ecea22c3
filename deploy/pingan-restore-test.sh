#!/usr/bin/env bash
# 试恢复：把一份备份解到临时文件夹里检查，不动正在用的数据。用法：pingan-restore-test.sh 备份.tar.gz
set -euo pipefail
backup=${1:?请写备份文件，例如 /backup/pingan/pingan-20260101-020000.tar.gz}
[ -f "$backup" ] || { echo "没有备份文件 $backup" >&2; exit 2; }
python=${PINGAN_PYTHON:-python3}
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -C "$work" -xzf "$backup"
[ -d "$work/home" ] || { echo "$backup 不是 pingan-backup.sh 做的备份" >&2; exit 2; }
if PINGAN_CHROMA_URL='' "$python" -m app.cli doctor --data --home "$work/home"; then
    echo "这份备份可以恢复：$backup"
else
    code=$?
    echo "这份备份有上面的问题，请换一份再试，并查看数据文件夹本身。" >&2
    exit "$code"
fi
