"""Everything between a Telegram framework and the product: one small typed port."""
