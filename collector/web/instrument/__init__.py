"""One instrument: what it showed, how well it is known, which papers it rests on."""
