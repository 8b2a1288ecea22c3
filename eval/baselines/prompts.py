"""The prompts of the baselines, and the seed their model is given."""

SEED = 0

PLAIN_RAG = """你是一名公文写作专家。请参考下面的往年材料，根据给出的工作要点，为{unit}撰写{year}年\
平安建设工作总结的“{title}”部分。

往年材料：
{passages}

工作要点：
{facts}

请写出这一部分的正文。"""

FIND_MISTAKES = """下面是一份平安建设工作总结中的一段。请找出其中的错误：\
没填完的占位符、前后矛盾或算错的数字、缺漏、序号错误、错别字、标点错误、重复的文字。
每个错误写一行，只写有错的原文片段（照抄原文，不超过30字），不要解释。没有错误就只写“无”。

正文：
{text}"""
