"""The edge: channels, the web, the two transactions, the clock, the command line."""
