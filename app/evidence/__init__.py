"""Facts against a text: figures compared, statements grounded, sums derived."""
