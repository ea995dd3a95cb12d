"""Physics: from fitted parameters with roles to conductivities, capacitances and permittivities."""
