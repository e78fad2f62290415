"""The resource directory: who helps with what, where, when and in which languages."""
