"""Adapter: the widget's script and the page that shows it, as a browser gets them."""

import gzip
import hashlib

from fastapi import FastAPI, Request, Response

from . import widget

# Seconds before a site's visitors ask whether the script has changed.
_FRESH = 600


def offer(app: FastAPI, script: str, demonstration: str) -> None:
    """Add the script and the demonstration to the application, under these paths."""
    plain = widget.script().encode()
    packed = gzip.compress(plain, 9, mtime=0)
    mark = f'"{hashlib.sha256(plain).hexdigest()[:16]}"'
    headers = {"cache-control": f"public, max-age={_FRESH}", "etag": mark, "vary": "accept-encoding"}

    @app.get(script, include_in_schema=False)
    def get_script(request: Request) -> Response:
        if request.headers.get("if-none-match") == mark:
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(plain, media_type="text/javascript", headers=headers)
        return Response(packed, media_type="text/javascript", headers={**headers, "content-encoding": "gzip"})

    @app.get(demonstration, include_in_schema=False)
    def get_demonstration(request: Request) -> Response:
        address = str(request.base_url).rstrip("/")
        return Response(widget.demonstration(address), media_type="text/html")

    @app.get(f"{demonstration}.css", include_in_schema=False)
    def get_sheet() -> Response:
        return Response(widget.demonstration_sheet(), media_type="text/css")
