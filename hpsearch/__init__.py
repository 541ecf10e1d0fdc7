"""hpsearch: a hyperparameter search service that keeps every trial and says how sure it is."""
