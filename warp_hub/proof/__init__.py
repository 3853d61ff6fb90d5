"""The leak test: canaries at every marking and state, walked through every outlet as every kind of viewer."""
