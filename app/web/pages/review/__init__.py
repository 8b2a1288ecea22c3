"""The tab 审阅."""
