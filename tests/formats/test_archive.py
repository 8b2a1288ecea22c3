import io
import stat
import struct
import tracemalloc
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InputError
from app.formats.archive import (
    ArchiveLimits,
    ArchiveMember,
    SkippedMember,
    is_archive,
    open_archive,
    read_archive,
)


def pack(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


class Plain(zipfile.ZipInfo):
    """A member whose name is written as raw bytes without the UTF-8 mark."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw.decode("latin-1"))
        self.raw = raw

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # zipfile's own name
        return self.raw, self.flag_bits & ~0x800


def pack_raw(members: dict[bytes, bytes], extra: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            info = Plain(name)
            info.extra = extra
            archive.writestr(info, data)
    return buffer.getvalue()


def read_all(data: bytes, **options: object) -> tuple[dict[str, bytes], dict[str, str]]:
    taken: dict[str, bytes] = {}
    skipped: dict[str, str] = {}
    for item in read_archive(data, "一批.zip", **options):  # type: ignore[arg-type]
        if isinstance(item, ArchiveMember):
            taken[item.name] = item.data
        else:
            assert isinstance(item, SkippedMember)
            skipped[item.name] = item.reason
    return taken, skipped


def test_members_in_nested_folders_come_in_stable_order() -> None:
    data = pack({"乙/丙/2024.txt": b"2", "甲.txt": b"1", "乙/": b""})
    taken, skipped = read_all(data)
    assert list(taken.items()) == [("乙/丙/2024.txt", b"2"), ("甲.txt", b"1")]
    assert skipped == {}


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8"])
def test_unmarked_chinese_names_are_read(encoding: str) -> None:
    names = ["云渡镇/2024年总结.txt", "青岚市档案馆.docx", "联通.txt", "a.txt"]
    data = pack_raw({name.encode(encoding): b"x" for name in names})
    taken, _ = read_all(data)
    assert sorted(taken) == sorted(names)


def test_a_gbk_name_that_happens_to_be_utf8_is_read_as_gbk() -> None:
    raw = "膜.txt".encode("gbk")
    other = "目.txt".encode("gbk")
    taken, _ = read_all(pack_raw({raw: b"x", other: b"y"}))
    assert sorted(taken) == sorted(["膜.txt", "目.txt"])


def test_a_unicode_path_field_names_the_member() -> None:
    raw = b"????.txt"
    name = "云渡镇.txt".encode()
    body = b"\x01" + struct.pack("<L", zlib.crc32(raw)) + name
    taken, _ = read_all(pack_raw({raw: b"x"}, struct.pack("<HH", 0x7075, len(body)) + body))
    assert list(taken) == ["云渡镇.txt"]
    wrong = b"\x01" + struct.pack("<L", 1) + name
    taken, _ = read_all(pack_raw({raw: b"x"}, struct.pack("<HH", 0x7075, len(wrong)) + wrong))
    assert list(taken) == ["????.txt"]


@pytest.mark.parametrize(
    "name",
    ["../a.txt", "甲/../../a.txt", "/etc/a.txt", "C:\\a.txt", "..\\a.txt", "a\n.txt", "C:a.txt"],
)
def test_names_that_lead_out_are_refused(name: str) -> None:
    taken, skipped = read_all(pack({name: b"x", "好.txt": b"y"}))
    assert list(taken) == ["好.txt"]
    assert ["指到了压缩包之外" in reason for reason in skipped.values()] == [True]
    assert all(shown.isprintable() for shown in skipped)


def test_a_name_with_dots_inside_is_fine() -> None:
    taken, skipped = read_all(pack({"2024..总结.txt": b"x", "./甲.txt": b"y"}))
    assert sorted(taken) == ["2024..总结.txt", "甲.txt"]
    assert skipped == {}


@pytest.mark.parametrize(
    "name",
    [
        "__MACOSX/._甲.txt",
        "甲/._甲.txt",
        ".DS_Store",
        "甲/~$总结.docx",
        "Thumbs.db",
        "desktop.ini",
        ".git/config",
    ],
)
def test_what_systems_leave_behind_is_passed_over(name: str) -> None:
    assert read_all(pack({name: b"x"})) == ({}, {})


def test_archives_inside_are_named_and_not_opened() -> None:
    taken, skipped = read_all(pack({"里.zip": pack({"甲.txt": b"x"}), "里.RAR": b"Rar!"}))
    assert taken == {}
    assert set(skipped) == {"里.zip", "里.RAR"}
    assert all("不再展开" in reason for reason in skipped.values())


def test_other_kinds_are_named() -> None:
    taken, skipped = read_all(pack({"图.png": b"x", "甲.TXT": b"y"}), suffixes={".txt", ".docx"})
    assert list(taken) == ["甲.TXT"]
    assert skipped == {"图.png": "不是docx或txt文件，没有读取。"}


def test_an_encrypted_member_is_named_and_the_others_are_read() -> None:
    data = bytearray(pack({"密.txt": b"x", "明.txt": b"y"}))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 0x1
    taken, skipped = read_all(bytes(data))
    assert taken == {"明.txt": b"y"}
    assert "去掉密码" in skipped["密.txt"]


def test_an_unknown_packing_is_named() -> None:
    data = bytearray(pack({"甲.txt": b"x"}))
    at = data.find(b"PK\x01\x02")
    data[at + 10 : at + 12] = struct.pack("<H", 99)
    assert "压缩方式不支持" in read_all(bytes(data))[1]["甲.txt"]


def test_a_damaged_member_is_named_and_the_others_are_read() -> None:
    data = bytearray(pack({"坏.txt": b"abcdefgh" * 9, "好.txt": b"y"}, zipfile.ZIP_STORED))
    at = data.find(b"abcdefgh")
    data[at] ^= 0xFF
    taken, skipped = read_all(bytes(data))
    assert taken == {"好.txt": b"y"}
    assert "已损坏" in skipped["坏.txt"]


def test_a_link_is_named() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("链.txt")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert "链接" in read_all(buffer.getvalue())[1]["链.txt"]


def test_of_two_members_with_one_name_the_first_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("甲.txt", "1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("甲.txt", "2")
    taken, skipped = read_all(buffer.getvalue())
    assert taken == {"甲.txt": b"1"}
    assert "同名" in skipped["甲.txt"]


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    data = pack({"炸.txt": b"\0" * (64 * 2**20)})
    tracemalloc.start()
    with pytest.raises(InputError, match=r"一批\.zip.*压缩炸弹"):
        read_all(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 2**20


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (ArchiveLimits(max_members=2), "超过2个"),
        (ArchiveLimits(max_unzipped_bytes=20), "压缩炸弹"),
        (ArchiveLimits(max_bytes=100), "分成几个压缩包"),
    ],
)
def test_limits_are_kept(limits: ArchiveLimits, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_all(pack({f"{i}.txt": b"0123456789" for i in range(3)}), limits=limits)


def test_one_member_too_large_does_not_stop_the_others() -> None:
    data = pack({"大.txt": b"x" * 2**21, "小.txt": b"y"})
    taken, skipped = read_all(data, limits=ArchiveLimits(max_member_bytes=2**20))
    assert list(taken) == ["小.txt"]
    assert "超过1MB" in skipped["大.txt"]


def test_a_huge_directory_is_refused_before_it_is_read() -> None:
    limits = ArchiveLimits(max_members=5)
    data = bytearray(pack({"甲.txt": b"x"}))
    at = data.rfind(b"PK\x05\x06")
    data[at + 12 : at + 16] = struct.pack("<L", 5 * 2000)
    with pytest.raises(InputError, match="超过5个"):
        read_all(bytes(data), limits=limits)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "是空的"),
        (b"Rar!\x1a\x07\x00" + b"x" * 40, "rar"),
        (b"7z\xbc\xaf\x27\x1c" + b"x" * 40, "7z"),
        (b"not a zip at all", "不是zip"),
        (pack({"a.txt": b"x"})[:-30], "已损坏"),
    ],
    ids=["empty", "rar", "7z", "text", "cut"],
)
def test_what_is_no_zip_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_all(data)


def test_a_file_is_read_member_by_member(tmp_path: Path) -> None:
    path = tmp_path / "一批.zip"
    path.write_bytes(pack({"甲.txt": b"1", "乙.txt": b"2"}))
    with open_archive(path) as archive:
        assert archive.names == ("乙.txt", "甲.txt")
        assert archive.read("甲.txt") == b"1"
    with (
        pytest.raises(InputError, match=r"没有\.zip.*打不开"),
        open_archive(tmp_path / "没有.zip"),
    ):
        pass


def test_memory_holds_one_member_at_a_time() -> None:
    noise = [bytes([i]) * 2**20 * 4 for i in range(12)]
    data = pack({f"{i}.txt": item for i, item in enumerate(noise)}, zipfile.ZIP_STORED)
    del noise
    tracemalloc.start()
    for item in read_archive(data, "x.zip"):
        assert isinstance(item, ArchiveMember)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 5 * 2**20


def test_archives_are_told_by_their_name() -> None:
    assert is_archive("甲/一批.ZIP")
    assert not is_archive("总结.docx")


@given(st.binary(max_size=400))
def test_random_bytes_never_break_the_reader(noise: bytes) -> None:
    for data in (noise, b"PK\x03\x04" + noise, noise + pack({"a.txt": b"x"})[-60:]):
        with suppress(InputError):
            read_all(data)


@given(st.integers(0, 200), st.integers(0, 255))
def test_a_changed_byte_never_breaks_the_reader(at: int, value: int) -> None:
    data = bytearray(pack({"甲.txt": b"x" * 30, "乙/丙.txt": b"y"}))
    data[at % len(data)] = value
    with suppress(InputError):
        read_all(bytes(data))
