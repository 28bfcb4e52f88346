"""What is asked of a module's imports and exports before it may ship, one function a rule."""
