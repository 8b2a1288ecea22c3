"""Markdown left in running text: every sort once, bold apart from names left out."""

import pytest

from app.language.structure.markup import bold_pairs, read_emoji, read_markdown

DRAFT = """\
### 一、组织领导
**全年召开会议6次**，办结率达**98%**。
- 排查隐患86处
- [ ] 回访住户
> 群众反映良好
---
| 类别 | 件数 |
| --- | --- |
```text
~~删去~~，==亮出==，`代码`，[附件](https://example.invalid/a)，\\rightarrow
```
"""


def sorts(text: str) -> dict[str, int]:
    return {marks.name: len(marks.spans) for marks in read_markdown(text)}


def test_every_sort_of_mark_is_found_once_with_all_its_places() -> None:
    assert sorts(DRAFT) == {
        "代码围栏": 2,
        "标题": 1,
        "待办框": 1,
        "表格线": 1,
        "链接": 1,
        "代码": 1,
        "删除线": 1,
        "高亮": 1,
        "公式": 1,
        "加粗": 2,
        "列表": 1,
        "引用": 1,
        "分隔线": 1,
    }


@pytest.mark.parametrize(
    "text",
    [
        "- 排查隐患86处\n- 整改82处",
        "一\n---\n二",
        "#平安云渡#话题阅读86万次",
        "脚注[1]见附表，同期数*100%，4×4米，1+N+X",
        "**镇赴省、进京零上访，**信访工作有序。",
        "由**负责。**负责巡逻。",
        "得分>60分，A|B两区，a==b",
        "",
    ],
)
def test_what_only_looks_like_a_mark_is_left_alone(text: str) -> None:
    assert sorts(text) == {}


def test_a_single_bold_term_is_not_sure() -> None:
    (marks,) = read_markdown("推广**“码上办”**小程序。")
    assert not marks.is_sure
    assert all(marks.is_sure for marks in read_markdown("**压实责任**，**化解矛盾**。"))


def test_bold_is_told_from_names_left_out() -> None:
    text = "**“码上办”**上线，**36件**办结，**局牵头组织**镇。"
    assert [pair.of(text) for pair in bold_pairs(text)] == []
    text = "**“码上办”**上线，**36件**办结，**压实责任**到人。"
    assert len(bold_pairs(text)) == 3


def test_emoji_are_found_but_no_signs_of_print() -> None:
    text = "✅完成，👍好；√ ✓ ☑ ★ ● → ① ©"
    assert [span.of(text) for span in read_emoji(text)] == ["✅", "👍"]
