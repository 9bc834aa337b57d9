"""One module per family of pages; `web.app` gathers their routes."""
