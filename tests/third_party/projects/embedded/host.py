"""The host of one check: the sum of what it is given."""


def add(_guest, one, other):
    return one + other


functions = {"env.add": add}
