"""Hot leads: offered to managers, taken by exactly one, followed to an outcome."""
