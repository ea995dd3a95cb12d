"""Sample spectra of lipon_eis: data, simulated exports in instrument layouts, each with its truth."""
