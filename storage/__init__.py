"""What is kept: tables, queries, and the rules the data must keep."""
