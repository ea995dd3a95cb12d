"""Instrument exports to `Spectrum`: recognised by content, refused rather than read wrongly.

One module a format; its docstring is the specification of the layout. `registry` names
them. What they share: `text` (encodings, line ends), `numbers` (decimal comma), `names` (of
columns, and units), `columns`, `rows` (which lines are data), `values` (signs,
contradictions), `plausible`, `sweeps` (several spectra in one table), `header`, `finish`. Most files hold nothing
unusual, and for those there are shorter ways with the same outcome: `block` (numbers all at once), `ordinary` (one
sweep of which nothing is to be said), `deferred` (headers understood when somebody asks).
"""

from lipon_eis.readers.failure import Failure
from lipon_eis.readers.files import Found, find_files
from lipon_eis.readers.reading import Reading, gather, read, read_many
from lipon_eis.readers.registry import formats

__all__ = ["Failure", "Found", "Reading", "find_files", "formats", "gather", "read", "read_many"]
