"""Privacy: what is held about a person is shown, exported, taken back and erased, by them and by the clock."""
