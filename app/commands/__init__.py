"""The commands of ``pingan``, one module each, imported only when called."""
