"""Numbers of official prose: Arabic and Chinese, with measure words and qualifiers."""
