"""Claims: what a study expects, stated before it is trained, in the cells and quantities of its own tables."""
