"""Fake portals, one module a family: each follows what is known of the family, its quirks can be switched on."""

from __future__ import annotations

from crawler.simulator.families import (
    aspx,
    chinatax,
    drawn,
    easttone,
    epoint,
    gkmlpt,
    hanweb,
    hanweb_xxgk,
    ilist,
    jpaas,
    lonsun,
    openness,
    static,
    traps,
    trs,
    trs_search,
    truecms,
    ucap,
    vsb,
)
from crawler.simulator.families.fake import Fake, FakePortal, Quirk
from crawler.simulator.families.holding import Entry, Holding

__all__ = ["FAKES", "Entry", "Fake", "FakePortal", "Holding", "Quirk"]

FAKES: tuple[Fake, ...] = (
    *gkmlpt.FAKES,
    *chinatax.FAKES,
    *ucap.FAKES,
    *jpaas.FAKES,
    *hanweb.FAKES,
    *hanweb_xxgk.FAKES,
    *truecms.FAKES,
    *lonsun.FAKES,
    *openness.FAKES,
    *epoint.FAKES,
    *easttone.FAKES,
    *trs.FAKES,
    *trs_search.FAKES,
    *vsb.FAKES,
    *ilist.FAKES,
    *aspx.FAKES,
    *static.FAKES,
    *drawn.FAKES,
    *traps.FAKES,
)
"""Every fake portal, by family."""
