"""Circuit files of lipon_eis: data, one TOML a circuit; README.md describes the format."""
