"""What a printed cell is: a number, blank, or neither; and what is said about it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crawler.parser.numbers import read_number
from storage.report import Reading

COUNTS = (
    ("12", 12),
    ("0", 0),
    ("１２", 12),
    ("1,234", 1234),
    ("1，234", 1234),
    ("1 234", 1234),
    ("0件", 0),
    ("〇", 0),
    ("0　　", 0),
    ("\xa00", 0),
    ("3.0", 3),
    ("-3", -3),
    ("22（其中修订16件）", 22),
)
CHANGES = (("3", 3), ("+3", 3), ("-2", -2), ("−2", -2), ("增3", 3), ("减2", -2), ("减少2", -2), ("0/0", 0))
BLANKS = ("", " ", "/", "-", "—", "——", "－", "无", "／")
WORDS = ("约3", "l", "Ｏ", "12,34", "3/1", "十二", "见附件", "12\n34", "5 6")
MONEY = (
    ("3805463.74", "3805463.74"),
    ("56580.00", "56580.00"),
    ("1,234.50", "1234.50"),
    ("12.5万元", "12.5"),
    (".5", "0.5"),
)


@pytest.mark.parametrize(("text", "value"), COUNTS)
def test_a_count_is_read_in_every_way_of_writing_it(text, value):
    fact = read_number(text, is_money=False, is_signed=False).fact

    assert (fact.value, fact.reading) == (value, Reading.NUMBER)
    assert isinstance(fact.value, int)


@pytest.mark.parametrize(("text", "value"), CHANGES)
def test_a_change_keeps_its_sign(text, value):
    assert read_number(text, is_money=False, is_signed=True).fact.value == value


@pytest.mark.parametrize("text", BLANKS)
def test_a_mark_for_nothing_is_blank_and_never_zero(text):
    fact = read_number(text, is_money=False, is_signed=False).fact

    assert (fact.value, fact.reading) == (None, Reading.BLANK)


@pytest.mark.parametrize("text", WORDS)
def test_what_is_no_number_is_not_guessed(text):
    fact = read_number(text, is_money=False, is_signed=False).fact

    assert (fact.value, fact.reading, fact.text) == (None, Reading.NOT_A_NUMBER, text.strip())


@pytest.mark.parametrize(("text", "digits"), MONEY)
def test_money_keeps_the_digits_that_were_printed(text, digits):
    value = read_number(text, is_money=True, is_signed=False).fact.value

    assert isinstance(value, Decimal)
    assert str(value) == digits


def test_a_count_with_a_fraction_is_told_from_a_word():
    fact = read_number("1.5", is_money=False, is_signed=False).fact

    assert (fact.value, fact.reading) == (None, Reading.NOT_WHOLE)


@pytest.mark.parametrize(
    ("text", "is_normalised"),
    [("12", False), ("+3", False), ("0件", True), ("１", True), ("1,234", True), ("〇", True)],
)
def test_another_way_of_writing_is_noted(text, is_normalised):
    assert read_number(text, is_money=False, is_signed=True).normalised is is_normalised


def test_a_note_beside_the_number_is_kept():
    assert read_number("22（其中修订16件）", is_money=False, is_signed=False).note == "其中修订16件"


def test_a_number_of_thousands_of_digits_is_no_number_and_no_crash():
    fact = read_number("9" * 6000, is_money=False, is_signed=False).fact

    assert fact.reading is Reading.NOT_A_NUMBER
