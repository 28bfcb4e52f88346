"""A run with less than is granted: what its guest sees then, and what its check is."""

from __future__ import annotations

from dataclasses import replace

from wasip1_build.dataclass import dataclass
from wasip1_build.runtime.granted import Layout, Place
from wasip1_build.runtime.trial import Subject
from wasip1_build.spec.model import Check, DirGrant, Grants

# What stands in the place of a directory, so that those behind it keep their file descriptors and
# Go's working directory (the first of them) does not move to another: empty, under a name that no
# program asks for.
STAND_IN = DirGrant(host="", guest="/.left-out")
_NONE: frozenset[int] = frozenset()
_NO_NAMES: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Cut:
    """What is taken away; directories and arguments by their index in the spec.

    `dirs` are left out, `emptied` have a stand-in in their place, `read_only` cannot be written.
    `variables` are of grants.env or of grants.env-inherit.
    """

    dirs: frozenset[int] = _NONE
    emptied: frozenset[int] = _NONE
    read_only: frozenset[int] = _NONE
    variables: frozenset[str] = _NO_NAMES
    args: frozenset[int] = _NONE
    stdin: bool = False

    def __or__(self, other: Cut) -> Cut:
        """Both cuts together."""
        return Cut(
            self.dirs | other.dirs,
            self.emptied | other.emptied,
            self.read_only | other.read_only,
            self.variables | other.variables,
            self.args | other.args,
            self.stdin or other.stdin,
        )


NOTHING = Cut()


def grants_after(grants: Grants, cut: Cut) -> Grants:
    """The grants as the spec would have them; a stand-in is none of them."""
    return Grants(
        dirs=tuple(
            replace(grant, mode="ro") if number in cut.read_only else grant
            for number, grant in enumerate(grants.dirs)
            if number not in cut.dirs | cut.emptied
        ),
        env={name: value for name, value in grants.env.items() if name not in cut.variables},
        env_inherit=tuple(name for name in grants.env_inherit if name not in cut.variables),
        args=tuple(arg for number, arg in enumerate(grants.args) if number not in cut.args),
        stdin=grants.stdin and not cut.stdin,
    )


def subject_after(subject: Subject, cut: Cut) -> Subject:
    """What all runs have in common after a cut."""
    layout, listings = layout_after(subject.layout, cut), subject.listings
    if cut.emptied:
        listings = (*listings, ())
    return replace(
        subject, layout=layout, listings=listings, grants=grants_after(subject.grants, cut)
    )


def layout_after(layout: Layout, cut: Cut) -> Layout:
    """Where the remaining directories are. The trees stay the same, so that two grants of one tree
    share it as before; with a stand-in there is one more, an empty one."""
    stand_in = Place(STAND_IN, len(layout.roots), "")
    places = []
    for number, place in enumerate(layout.places):
        if number in cut.emptied:
            places.append(stand_in)
        elif number in cut.read_only:
            places.append(replace(place, grant=replace(place.grant, mode="ro")))
        elif number not in cut.dirs:
            places.append(place)
    more = (layout.roots[0].with_name(STAND_IN.guest[1:]),) if cut.emptied else ()
    return Layout(tuple(places), (*layout.roots, *more))


def check_after(check: Check, cut: Cut) -> Check:
    """The check without what it gives to what is taken away, which would be refused."""
    given = {name: value for name, value in check.env.items() if name not in cut.variables}
    if cut.stdin:
        return replace(check, env=given, stdin=None, stdin_file=None)
    return replace(check, env=given)
