"""What a spectrum says of itself, without a circuit: Kramers–Kronig consistency and relaxation times."""
