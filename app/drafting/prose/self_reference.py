"""What a unit calls itself."""

_SUBJECTS = (
    ("局", "我局"),
    ("委员会", "我委"),
    ("委", "我委"),
    ("公司", "公司"),
    ("集团", "集团"),
    ("医院", "医院"),
    ("镇", "全镇上下"),
    ("乡", "全乡上下"),
    ("街道", "街道上下"),
    ("街道办事处", "街道上下"),
    ("馆", "我馆"),
    ("院", "我院"),
    ("校", "我校"),
    ("学", "我校"),
    ("厅", "我厅"),
    ("办公室", "我办"),
    ("市", "全市上下"),
    ("县", "全县上下"),
    ("区", "全区上下"),
    ("站", "我站"),
    ("所", "我所"),
    ("会", "我会"),
    ("厂", "全厂"),
    ("大队", "大队"),
    ("支队", "支队"),
    ("中队", "中队"),
    ("管理委员会", "管委会"),
    ("管委会", "管委会"),
    ("社区", "社区"),
    ("部", "我部"),
    ("处", "我处"),
    ("分公司", "分公司"),
    ("街道办", "街道上下"),
    ("幼儿园", "我园"),
    ("社", "我社"),
    ("中心", "中心"),
    ("银行", "我行"),
    ("镇人民政府", "全镇上下"),
    ("乡人民政府", "全乡上下"),
    ("市人民政府", "全市上下"),
    ("县人民政府", "全县上下"),
    ("区人民政府", "全区上下"),
)


def subject_of(unit: str) -> str:
    """What a unit calls itself in its own report."""
    if "银行" in unit and unit.endswith("公司"):
        return "我行"
    for suffix, word in sorted(_SUBJECTS, key=lambda item: -len(item[0])):
        if unit.endswith(suffix):
            return word
    return "我单位"


def own_noun(unit: str) -> str:
    """The unit as one that gets an honour: 我镇, 公司, 我局."""
    word = subject_of(unit)
    if word.endswith("上下"):
        return "我" + word[1] if word.startswith("全") else word.removesuffix("上下")
    return word
