"""What members take away: block lists for their tools, files for their spreadsheets, and the tokens for it."""
