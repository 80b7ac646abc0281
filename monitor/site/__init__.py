"""The site: datasette on the live database, for people who supervise, score and study annual reports.

Chinese first, read-only, without JavaScript. Everything shown can be exported as CSV and JSON.
"""

from __future__ import annotations

from monitor.site.server import Site, application, serve

__all__ = ["Site", "application", "serve"]
