"""What families write back to an announcement, and how a person of the school answers them."""
