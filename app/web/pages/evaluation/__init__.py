"""The tab 评测."""
