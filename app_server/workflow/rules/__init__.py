"""Pure rules of workflow: the closed language, what a diagram may hold, how tables decide."""
