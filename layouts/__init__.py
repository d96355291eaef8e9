"""Components made from values: no query, no callback, no request."""
