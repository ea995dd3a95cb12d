"""Constants of nature that more than one formula needs."""

VACUUM_PERMITTIVITY = 8.8541878128e-12  # F/m, CODATA 2018
