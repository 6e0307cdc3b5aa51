"""For all tests."""

# Its pytest plugin would import it at the end of the run, when the garbage of a long run is collected in the middle of
# the import; CPython 3.11 does not bear that (greenlets that die inside of `ast.parse`).
import hypothesis

__all__ = ["hypothesis"]
