"""The subcommands of ``gtm``, one module a subject. Thin: each reads settings, calls one function, prints."""
