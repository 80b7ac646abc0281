"""What may have been seen of one agency-year around its due day: scans, sightings, reports and words, for laws."""

from __future__ import annotations

from datetime import UTC, date

from hypothesis import strategies as st

from storage.records import Outcome
from storage.report import DateSource
from tests.monitor.stories import END, HOUR, evidence, look, report, sighting, word

OUTCOMES = st.sampled_from(list(Outcome))
INSTANTS = st.integers(-300, 400).map(lambda hours: (END + hours * HOUR).astimezone(UTC))
LOOKS = st.lists(
    st.builds(
        lambda at, outcome, control: look(at, outcome=outcome, control=control),
        INSTANTS,
        OUTCOMES,
        st.sampled_from(["control", None]),
    ),
    max_size=8,
).map(lambda looks: tuple(sorted(looks, key=lambda one: one.started_at)))
WORDS = st.lists(st.builds(lambda at, absent: word(at, absent=absent), INSTANTS, st.booleans()), max_size=2)
SIGHTINGS = st.builds(
    lambda at, day, is_bulk: sighting(at, listed_on=day, is_bulk=is_bulk),
    INSTANTS,
    st.none() | st.dates(date(2025, 1, 1), date(2025, 2, 28)),
    st.booleans(),
)
STATED_DAYS = st.lists(
    st.tuples(st.dates(date(2025, 1, 1), date(2025, 2, 28)), st.sampled_from(list(DateSource))), max_size=3
)
REPORTS = st.lists(
    st.builds(lambda at, dates, attested: report(at, *dates, attested=attested), INSTANTS, STATED_DAYS, st.booleans()),
    max_size=1,
)
EVIDENCE = st.builds(
    lambda looks, seen, reports, words: evidence(*looks, sightings=seen, reports=reports, attestations=words),
    LOOKS,
    st.lists(SIGHTINGS, max_size=2),
    REPORTS,
    WORDS,
)
