"""Where private keys live, and the clock that outsiders trust."""
