"""From an indication to a measurement result: the ground floor that knows GUM and VIM."""
