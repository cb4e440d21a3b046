"""SuperOffice CRM Online, REST WebAPI v1. Inside this folder the vendor's names rule."""
