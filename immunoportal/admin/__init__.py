"""The administration: its site, and what the admin pages of all apps share.

Nothing is registered here. Django makes the site when the first model is registered, by importing
``immunoportal.admin.site``, and so this module: a model that was registered here would get a site
that is then thrown away.
"""
