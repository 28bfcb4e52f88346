"""One file a step: what it reads and makes, what decides its result, and how it is run."""
