"""What the stages need of the world outside, as protocols that adapters and fakes sign."""
