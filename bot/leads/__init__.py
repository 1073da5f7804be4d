"""The leads as a table that spreadsheets open, and that nobody's words can turn into an attack."""
