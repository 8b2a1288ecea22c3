"""pingan: drafts and checks the annual 平安建设工作总结 of Chinese offices."""

__version__ = "0.1.0"
