"""Fitting: weights, starts, solver, uncertainty, and `fit_stack`, which runs them in order."""
