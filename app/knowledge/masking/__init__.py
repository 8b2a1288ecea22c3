"""Past reports lend wording, never facts: everything that is another unit's is masked."""
