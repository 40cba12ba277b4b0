"""What this room prints on the press of the house (`centres.pdf`): attendance lists and proofs. Import late."""
