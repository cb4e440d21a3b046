"""The stand-in of company websites: home pages, imprints, and some that are awkward."""
