"""A scanned page of a PDF is taken with exactly the pixels of its scan."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from crawler.documents.pdf.pictures import rendered


@pytest.mark.parametrize(("size", "dpi"), [((876, 1240), 150), ((1654, 2339), 200), ((1386, 1969), 199)])
def test_a_scan_is_not_blurred_by_a_pixel_too_many(size, dpi):
    grain = np.random.default_rng(3).integers(0, 255, (size[1], size[0]), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(grain).convert("RGB").save(stream, "PDF", resolution=dpi)
    document = pypdfium2.PdfDocument(stream.getvalue())
    (image,) = document[0].get_objects()
    scan = image.get_bitmap().to_numpy()

    (page,) = rendered(stream.getvalue(), [(0, 0, float(dpi))])

    assert page.pixels.shape == scan.shape
    assert (page.pixels == scan).all()
