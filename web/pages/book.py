"""The pages about the book beside a volunteer's own account."""

from web.pages import adjust, book_settings, gifts, periods

ROUTES = (*adjust.ROUTES, *book_settings.ROUTES, *gifts.ROUTES, *periods.ROUTES)
