"""Other ways to do the work of a study, each a program of its own."""
