"""The edge of replies: what is looked up and done, what the clock tells, and the command line."""
