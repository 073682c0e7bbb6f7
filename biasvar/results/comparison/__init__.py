"""Two studies side by side: the difference of their risks and parts, cell by cell, with intervals."""
