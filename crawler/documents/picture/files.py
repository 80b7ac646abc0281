"""The bytes of a picture file to pages as pixels, within limits, whatever the bytes are."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from crawler.documents.picture.page import PageImage
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.documents.picture.page import Pixels

MAX_PIXELS = 60_000_000
"""Of one frame: A4 at 600 dpi has 35 million, a long screenshot less."""
MAX_FRAMES = 300
MAX_SIDE = 40_000
_MIN_SIDE = 8
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "MPO", "DIB")
_RESOLUTION = (30.0, 2400.0)


def page_images(data: bytes) -> list[PageImage]:
    """The pages in a picture file: one, or the frames of a TIFF.

    Raises UnreadableError `too_large` before a picture is unpacked that would fill the memory, `damaged`
    for what is no picture or is torn.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return list(_frames(data))
        except UnreadableError:
            raise
        except Image.DecompressionBombError as error:
            raise UnreadableError("too_large", f"{error}; {MAX_PIXELS} are read at most") from error
        except (UnidentifiedImageError, OSError, ValueError, EOFError, SyntaxError) as error:
            raise UnreadableError("damaged", f"no whole picture: {error}") from error
        except MemoryError as error:
            raise UnreadableError("too_large", "the picture does not fit into memory") from error
        except Exception as error:  # Pillow's decoders raise whatever their index and struct operations raise
            raise UnreadableError("damaged", f"no whole picture: {type(error).__name__}: {error}") from error


def _frames(data: bytes) -> Iterator[PageImage]:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
        if count > MAX_FRAMES:
            raise UnreadableError("too_large", f"{count} frames, {MAX_FRAMES} are read at most")
        total = 0
        for number in range(count):
            image.seek(number)
            width, height = image.size
            total += width * height
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE or total > 10 * MAX_PIXELS:
                raise UnreadableError("too_large", f"{width} × {height} pixels, {MAX_PIXELS} are read at most")
            if min(width, height) < _MIN_SIDE:
                raise UnreadableError("illegible", f"{width} × {height} pixels are too few for print")
            dpi = _resolution(image)
            image.load()
            yield PageImage(number + 1, _pixels(ImageOps.exif_transpose(image)), dpi)


def _resolution(image: Image.Image) -> float | None:
    stated = image.info.get("dpi")
    try:
        value = float(stated[1]) if stated else 0.0
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    return value if _RESOLUTION[0] <= value <= _RESOLUTION[1] else None


def _pixels(image: Image.Image) -> Pixels:
    """Grey or blue-green-red; what is transparent is white."""
    if image.mode.startswith(("I", "F")):
        values = np.asarray(image, dtype=np.float32)
        most = float(values.max()) if values.size else 0.0
        top = 65535.0 if most > 255 else 255.0  # noqa: PLR2004 (16 bits or 8)
        return np.asarray(np.clip(values * (255.0 / top), 0, 255), dtype=np.uint8)
    if image.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in image.info:
        colour = image.convert("RGBA")
        ground = Image.new("RGBA", colour.size, "white")
        image = Image.alpha_composite(ground, colour).convert("RGB")
    if image.mode in {"1", "L"}:
        return np.array(image.convert("L"))
    return np.ascontiguousarray(np.array(image.convert("RGB"))[:, :, ::-1])
