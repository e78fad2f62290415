"""People a school brings with it in a file: read, understood, imported, and introduced in waves."""
