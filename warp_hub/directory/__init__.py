"""Members: who belongs, what they show of themselves, and how those who run a WARP or lead a body keep it right."""
