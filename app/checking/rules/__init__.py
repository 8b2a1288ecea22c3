"""One file a rule; ``app.checking.engine.load_rules`` finds them by file name."""
