"""The probe: what a tenant does where the vendor's documents are silent, found out on one record that the user names.

``reading``, ``writing`` and ``company`` ask, ``hands`` touches the record, ``restoring`` puts back, ``keeping`` keeps note and result in
the store, ``session`` leads through all of it. Only fields that the engine owns are written, and everything is put back and read again,
also after a Ctrl-C, and after a ``kill -9`` by the next call.
"""
