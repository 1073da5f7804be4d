"""How people come in: deep links, recommendations, and what they say about where they heard of us."""
