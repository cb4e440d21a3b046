"""Accounts, persons and the changes that led to them, from SuperOffice into the store."""
