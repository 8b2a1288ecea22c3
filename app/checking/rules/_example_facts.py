"""The fact sheet the examples of SO01 to SO04 are checked against."""

FACTS = """单位：临溪县云渡镇
年度：2025

- 排查矛盾纠纷42件，化解40件
- 开展消防演练6次，780余人次参加
- 渡口安全检查60次，未发生水上交通事故
- 获评全县平安建设先进集体
- 调解员年龄偏大，法律知识更新跟不上
"""
