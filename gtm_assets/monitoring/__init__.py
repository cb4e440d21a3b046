"""Tables people look at: the sync board and, later, coverage, costs and lineage."""
