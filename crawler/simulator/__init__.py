"""Made-up reports, the shapes they are published in, and sample portals on loopback that publish them."""
