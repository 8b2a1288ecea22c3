"""What web pages, download sites and templates leave in a text copied from them."""

import re

_END = r"(?=[^\S\n]{0,20}(?:\n|\Z))"
_TAGS = (
    "p|br|div|span|a|table|tbody|tr|td|th|img|b|strong|em|font|h[1-6]|li|ul|ol"
    "|script|style|iframe|o:p|u|i|center"
)
WEB = "网页残留"
_PAYWALL = "下载网站的残留"
_TEMPLATE = "模板里的填写说明"
_CHOICE = "模板里没有选定的写法"
BROKEN = "无法显示的字符"

_BOTH_WAYS = re.compile(
    "(?:增加|增长|上升|提高|升高|减少|下降|降低)[（(]"
    "(?:(?<=[加长升高].)(?:减少|下降|降低)|(?<=[少降低].)(?:增加|增长|上升|提高))[）)]"
)

#: A sign that must occur, the pattern, what it is, whether deleting it is the one right fix.
PATTERNS: tuple[tuple[str, re.Pattern[str], str, bool], ...] = (
    ("##", re.compile(r"##[^\S\n]?[A-Za-z_]\w{0,30}[^\S\n]?##"), WEB, True),
    ("<", re.compile(rf"</?(?:{_TAGS})(?:[^\S\n][^<>\n]{{0,400}})?/?>", re.IGNORECASE), WEB, True),
    ("<!--", re.compile(r"<!--[^<>\n]{0,400}-->"), WEB, True),
    (
        "&",
        re.compile(
            r"&(?:nbsp|amp|lt|gt|quot|[lr][ds]quo|middot|[mn]dash|hellip|ensp|emsp"
            r"|#\d{1,6}|#[xX][0-9a-fA-F]{1,5});"
        ),
        WEB,
        True,
    ),
    ("\\u", re.compile(r"\\u[0-9a-fA-F]{4}"), WEB, False),
    *((sign, re.compile(f"{sign}{sign[-1]}*"), BROKEN, False) for sign in ("锟斤拷", "烫烫烫")),
    ("\\n", re.compile(r"(?:\\r)?\\n(?![A-Za-z])"), WEB, False),
    ("字号", re.compile(r"[【\[（(]?字号[：:][^\n】\]）)]{0,16}[】\]）)]?"), WEB, True),
    ("字体", re.compile(r"[【\[（(]字体[：:][^\n】\]）)]{0,16}[】\]）)]"), WEB, True),
    (
        "打印",
        re.compile(r"[【\[]?打印(?:本页|此页|文章)(?![一-鿿]{2,8}\d)[】\]]?|[【\[]打印[】\]]"),
        WEB,
        True,
    ),
    ("关闭", re.compile(r"[【\[]?关闭(?:窗口|本页)[】\]]?|[【\[]关闭[】\]]"), WEB, True),
    (
        "扫一扫",
        re.compile(r"扫一扫(?:在)?手机(?:上)?(?:打开|浏览|查看)?(?:当前页(?:面)?)?"),
        WEB,
        True,
    ),
    (
        "相关",
        re.compile(r"(?<![一-鿿])[【\[]?相关(?:报道|阅读|链接|文章|新闻|推荐|附件)[】\]]?[：:]"),
        WEB,
        False,
    ),
    ("位置", re.compile(r"(?:您的|当前|您现在的)位置[：:][^\n]{0,60}"), WEB, True),
    ("首页", re.compile(r"(?:网站)?首页[^\S\n]?(?:>|＞|»|>>|&gt;)[^\n]{0,60}"), WEB, True),
    ("上一篇", re.compile(r"(?<![一-鿿])上一篇[：:][^\n]{0,60}"), WEB, True),
    ("下一篇", re.compile(r"(?<![一-鿿])下一篇[：:][^\n]{0,60}"), WEB, True),
    ("浏览", re.compile(r"浏览(?:次数|量)[：:][^\S\n]?\d{0,8}"), WEB, True),
    (
        "点击",
        re.compile(
            r"点击(?:数|率|量|次数)[：:][^\S\n]?\d{1,8}|点击(?:此处|这里)?(?:下载|查看更多|展开)"
        ),
        WEB,
        True,
    ),
    (
        "阅读",
        re.compile(r"阅读(?:次数|量|数)[：:][^\S\n]?\d{1,8}|(?<=\n)阅读全文|展开阅读全文"),
        WEB,
        True,
    ),
    ("责任编辑", re.compile(r"[（(\[【]?责任编辑[：:][^\n）)\]】]{0,20}[）)\]】]?"), WEB, True),
    ("来源", re.compile(r"(?<=\n)(?:信息|文章|稿件)?来源[：:][^\n。]{1,40}" + _END), WEB, True),
    (
        "发布",
        re.compile(r"(?<=\n)(?:信息)?发布(?:时间|日期|机构|人)[：:][^\n。]{1,40}" + _END),
        WEB,
        True,
    ),
    ("分享到", re.compile("分享到[：:]"), WEB, True),
    ("公开", re.compile(rf"[-_—－][^\S\n]?(?:政务公开|政府信息公开|信息公开){_END}"), WEB, True),
    ("网站", re.compile(rf"[-_—－][^\S\n]?[一-鿿]{{2,20}}门户网站{_END}"), WEB, True),
    ("页", re.compile(r"_第\d{1,4}页|第\d{1,4}页[^\S\n]?[，,/]?[^\S\n]?共\d{1,4}页"), WEB, True),
    (
        "PAGE",
        re.compile(r"(?<![A-Za-z])(?:NUM)?PAGES?(?:[^\S\n]?\\\*[^\S\n]?\w{1,20})?(?![A-Za-z])"),
        WEB,
        True,
    ),
    (
        "会员",
        re.compile(
            "正式会员可(?:完整)?阅读(?:全文)?|(?:开通|升级|购买)会员[^\n，。"
            "]{0,12}(?:阅读|下载|查看)"
        ),
        _PAYWALL,
        True,
    ),
    (
        "省略",
        re.compile(
            r"[（(]?(?:此处|以下|中间)?省略[^\S\n]?(?:约)?\d{1,6}[^\S\n]?字[）)]?"
            r"|[（(]以下省略[）)]"
        ),
        _PAYWALL,
        True,
    ),
    (
        "网",
        re.compile(
            r"(?:本文|文章|资料|内容|文档)[^\n，。；]{0,4}(?:来源于?|来自|摘自|转自)(?:网络|互联网)"
            r"(?:[，,]?仅供(?:参考|学习)[^\n。，]{0,8})?"
        ),
        _PAYWALL,
        False,
    ),
    ("隐藏", re.compile(r"(?:此处)?隐藏[^\S\n]?\d{1,6}[^\S\n]?字"), _PAYWALL, True),
    (
        "下载",
        re.compile(
            r"下载后可以?(?:任意|自行|直接|随意)?(?:编辑|修改|使用|打印)|(?:本|此)(?:文档|文|资料)[^\n，。"
            r"]{0,10}下载(?:使用)?|免费下载"
        ),
        _PAYWALL,
        True,
    ),
    (
        "文库",
        re.compile(r"(?:百度|豆丁|道客|原创力|人人|金锄头)文库|www\.[a-z0-9]{2,20}wenku\.com"),
        _PAYWALL,
        True,
    ),
    (
        "范文",
        re.compile(r"范文(?:网|大全|模板|[一二三四五六七八九十\d]{1,2}[：:])|(?:精选|优秀)范文"),
        _PAYWALL,
        False,
    ),
    (
        "公众号",
        re.compile(r"(?:更多|关注)[^\n，。]{0,16}请(?:关注|搜索)[^\n，。]{0,16}公众号"),
        _PAYWALL,
        True,
    ),
    (
        "此处",
        re.compile(
            r"[（(【\[][^\n（()）【】\[\]]{0,6}此处(?:填|插入|写|添加|补充|简要|可|应|列"
            r"|略|说明|描述|替换)[^\n）)】\]]{0,60}[）)】\]]"
        ),
        _TEMPLATE,
        True,
    ),
    (
        "填写",
        re.compile(
            r"[（(【\[](?:请|可|由|需|在此|这里|根据|按)?[^\n（()）【】\[\]，。"
            r"]{0,12}填写[^\n）)】\]]{0,40}[）)】\]]"
        ),
        _TEMPLATE,
        True,
    ),
    (
        "填",
        re.compile(
            r"[（(【\[](?:选填|必填|可不填|不填|填空|请填|填(?:单位|地|数|姓|名"
            r"|具体)[^\n）)】\]]{0,20})[）)】\]]"
        ),
        _TEMPLATE,
        True,
    ),
    ("单位名称", re.compile(r"[（(【\[](?:本)?单位(?:全称|名称|简称)[）)】\]]"), _TEMPLATE, False),
    ("列明", re.compile(r"列明(?:…{1,2}|\.{3,6})"), _TEMPLATE, False),
    (
        "不列",
        re.compile(r"[（(](?:不涉及|没有|无)的?(?:可以?)?不列[^\n）)]{0,12}[）)]"),
        _TEMPLATE,
        True,
    ),
    (
        "表述",
        re.compile(r"[（(]如[^\n）)]{1,12}[作按用以][^\n）)]{1,12}表述[）)]"),
        _TEMPLATE,
        True,
    ),
    (
        "写明",
        re.compile(r"[（(【\[](?:请|应|需|要)?(?:具体)?写明[^\n）)】\]]{1,40}[）)】\]]"),
        _TEMPLATE,
        True,
    ),
    (
        "实际情况",
        re.compile(
            r"[（(【\[](?:请)?(?:根据|结合|按照?)[^\n）)】\]]{0,10}实际情况[^\n）)】\]]{0"
            r",24}[）)】\]]"
        ),
        _TEMPLATE,
        True,
    ),
    (
        "字以内",
        re.compile(r"[（(【\[][^\n（()）【】\[\]]{0,16}\d{2,5}字以内[）)】\]]"),
        _TEMPLATE,
        True,
    ),
    (
        "字数",
        re.compile(
            r"[（(【\[][^\n（()）【】\[\]，。]{0,8}字数[^\n（()）【】\[\]。]{0,20}[）)】\]]"
        ),
        _TEMPLATE,
        True,
    ),
    (
        "字",
        re.compile(
            r"[（(【\[][^\n（()）【】\[\]，。]{0,8}(?:不超过|不得?超过|不少于|不多于|不得?少于|限|约)"
            r"[^\S\n]?\d{2,5}[^\S\n]?字(?:左右|以上)?[）)】\]]"
            r"|[（(【\[]\d{2,5}[^\S\n]?字(?:左右|以上)[）)】\]]"
        ),
        _TEMPLATE,
        True,
    ),
    (
        "附页",
        re.compile(
            r"[（(【\[](?:[^\n（()）【】\[\]。]{0,8}可)?(?:另|加)?(?:附|加)页[^\n）)】\]]{0,12}[）)】\]]"
        ),
        _TEMPLATE,
        True,
    ),
    ("另附", re.compile(r"[（(【\[]可?另附(?:材料|说明|表)?[）)】\]]"), _TEMPLATE, True),
    (
        "根据",
        re.compile(
            r"[（(【\[][^\n（()）【】\[\]。]{0,6}根据(?:本|各)?(?:单位|地|自)?的?(?:实际|情况)(?:情况)?"
            r"[^\n（()）【】\[\]。]{0,14}(?:增减|删减|调整|修改|填写|补充)[^\n（()）【】\[\]。]{0,6}[）)】\]]"
        ),
        _TEMPLATE,
        True,
    ),
    ("（示例", re.compile(r"（示例[^\n）]{0,20}）"), _TEMPLATE, True),
    ("（", re.compile("（(?:参考)?(?:模板|样本|样稿|范本|范例)）"), _TEMPLATE, True),
    (
        "字",
        re.compile(
            r"^[ \u3000]{0,4}(?:备?注[：:])?本(?:部分|节|段|章|项)(?:内容)?(?:字数)?"
            r"(?:不超过|不得超过|不少于|不得少于|控制在)\d{2,5}字[^\n]{0,10}$",
            re.MULTILINE,
        ),
        _TEMPLATE,
        True,
    ),
    ("示例", re.compile(r"^[ \u3000]{0,4}示例[：:]", re.MULTILINE), _TEMPLATE, True),
    ("（略）", re.compile("（略）"), _TEMPLATE, False),
    *((bracket, _BOTH_WAYS, _CHOICE, False) for bracket in "（("),
    (
        "（未",
        re.compile("(已?(?:完成|发生|建立|开展|实现))（未(?:完成|发生|建立|开展|实现)）"),
        _CHOICE,
        False,
    ),
    (
        "/",
        re.compile(
            r"(?:增加/减少|增长/下降|上升/下降|提高/降低|升高/降低|是/否|有/无|达标/未达标)"
        ),
        _CHOICE,
        False,
    ),
)
