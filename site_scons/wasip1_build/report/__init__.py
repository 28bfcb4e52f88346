"""What a build came to, told to a person, a script, a page and a pull request."""
