"""What admins do inside Telegram: bring quizzes, look at changes, publish, try, go back, pause."""
