"""What families write back: their threads, who answers them, and when they can be rung."""
