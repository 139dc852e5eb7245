"""Long runs over real sockets: a day, a thousand hand-overs, kills and bursts."""
