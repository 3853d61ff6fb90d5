"""Training: sessions, places and who has one, letters and calendars about them."""
