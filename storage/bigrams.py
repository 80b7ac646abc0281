"""Chinese text as bigrams, so that a full-text index finds words without knowing any.

SQLite's own trigram index finds nothing for words of two characters, which most Chinese words are. Here
each character is indexed together with the next one, and the last of a run also alone; a query is cut in
the same way and asked as a phrase. A single character is asked as the beginning of a bigram.
"""

from __future__ import annotations

import re
import unicodedata
from operator import add

_RUN = re.compile(r"[^\W_]+")


def bigrams(text: str) -> str:
    """The index's tokens for a text, separated by spaces.

    Punctuation and white space end a run: nothing is found across them. Full and half width, upper and
    lower case are the same.
    """
    return " ".join([token for run in _runs(text) for token in (*_pairs(run), run[-1])])


def search_phrase(words: str) -> str | None:
    """The FTS5 expression that finds sections with all these words, None where there is nothing to ask.

    Words are separated by white space and punctuation; each is found anywhere, also inside others.
    """
    return " AND ".join(_phrase(run) for run in _runs(words)) or None


def _phrase(run: str) -> str:
    # Runs are letters and digits only, so that no quotation mark can end the phrase.
    return f'"{run}" *' if len(run) == 1 else f'"{" ".join(_pairs(run))}"'


def _pairs(run: str) -> list[str]:
    return list(map(add, run, run[1:]))


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())
