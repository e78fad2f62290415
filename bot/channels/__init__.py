"""The ways to reach people: one file a channel. A channel verifies, parses and sends, and knows neither flows nor tables."""
