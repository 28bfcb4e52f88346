"""What `scons bench` measures, phase by phase."""
