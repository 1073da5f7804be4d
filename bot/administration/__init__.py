"""What admins do inside Telegram: bring quizzes, try, publish and pause them, see who stopped on the way."""
