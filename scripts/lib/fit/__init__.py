"""Try Eyewitness on every Home Assistant that it is offered to, and on what comes next."""
