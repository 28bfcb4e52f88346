"""The directory that PyPackageDir("wasip1_build.tools") names."""
