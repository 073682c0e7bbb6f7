"""The studies of the chapter, in its order, on one page."""
