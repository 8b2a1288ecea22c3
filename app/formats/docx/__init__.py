"""Word files: read exactly, annotated at the exact words, laid out by GB/T 9704—2012."""
