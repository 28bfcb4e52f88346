"""What programs cost, phase by phase: nothing is told here that was not measured."""
