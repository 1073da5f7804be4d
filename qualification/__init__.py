"""qualification."""
