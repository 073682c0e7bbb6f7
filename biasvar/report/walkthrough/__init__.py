"""Studies of one folder of presets, in order, on one page: those of the chapter, and published demonstrations."""
