"""Rules on the parts of a report: its sections, its form, its tables and their rows."""

from __future__ import annotations

from monitor.checks.rules.model import FORM, Rule, Words
from storage.records import Severity

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

STRUCTURE_RULES = (
    Rule(
        "section-missing",
        _ERROR,
        Words("缺少规定的部分", "A prescribed section is missing"),
        Words(
            "按统一格式的六个部分补齐，没有内容的部分也应保留标题并说明。",
            "Complete the form's six sections; one with nothing to report keeps its heading and says so.",
        ),
        ("regulations-2019-50-1", *FORM),
        {"": Words("缺少第{section}部分“{heading}”。", "Section {section} (“{heading}”) is missing.")},
    ),
    Rule(
        "section-empty",
        _ERROR,
        Words("规定的部分没有实质内容", "A prescribed section says nothing"),
        Words(
            "写明本年度的实际情况；存在的问题和改进情况不能只写“无”。",
            "Describe the year's work; problems and improvements cannot be answered with “none”.",
        ),
        ("regulations-2019-50-1", *FORM),
        {
            "": Words(
                "第{section}部分“{heading}”只有{length}个字，没有实质内容。",
                "Section {section} (“{heading}”) has only {length} characters and says nothing.",
            )
        },
    ),
    Rule(
        "section-order",
        _WARNING,
        Words("各部分顺序颠倒或重复", "Sections are out of order or repeated"),
        Words(
            "按统一格式的顺序排列六个部分，每个部分只出现一次。", "Put the six sections in the form's order, each once."
        ),
        FORM,
        {
            "": Words(
                "各部分的顺序为{order}，应为一、二、三、四、五、六。",
                "The sections stand in the order {order}, not 1 to 6.",
            )
        },
    ),
    Rule(
        "section-extra",
        _WARNING,
        Words("多出统一格式没有的部分", "There is a section that the form does not have"),
        Words("把内容并入统一格式规定的六个部分。", "Move its content into the form's six sections."),
        FORM,
        {"": Words("多出统一格式没有的部分“{heading}”。", "The form has no section “{heading}”.")},
    ),
    Rule(
        "heading-variant",
        _INFO,
        Words("标题用语与统一格式不同", "A heading is worded differently from the form's"),
        Words("标题按统一格式的用语书写。", "Use the form's own wording for headings."),
        FORM,
        {"": Words("标题“{printed}”与统一格式的用语不同。", "The heading “{printed}” is not worded as in the form.")},
    ),
    Rule(
        "form-outdated",
        _ERROR,
        Words("使用的格式不适用于该年度", "The form does not apply to that year"),
        Words("改用该年度适用的统一格式重新填报。", "Fill in the form that applies to that year."),
        FORM,
        {
            "": Words(
                "{year}年度报告应使用{expected_notice}印发的格式，实际使用的是{printed_notice}的格式。",
                "A report on {year} must use the form of {expected_notice}; it uses that of {printed_notice}.",
            )
        },
    ),
    Rule(
        "form-mixed",
        _WARNING,
        Words("新旧格式混用", "Old and new form are mixed"),
        Words("全部表格统一使用该年度适用的格式。", "Use one form, the one that applies to that year, for all tables."),
        FORM,
        {
            "": Words(
                "表格中同时有{of_2019}（2019年格式）和{of_2021}（2021年格式）。",
                "The tables have both {of_2019} (form of 2019) and {of_2021} (form of 2021).",
            )
        },
    ),
    Rule(
        "table-missing",
        _ERROR,
        Words("缺少统计表", "A table is missing"),
        Words("按统一格式补充统计表，没有发生的项目填0。", "Add the form's table; what did not occur is 0."),
        FORM,
        {"": Words("第{section}部分缺少统计表“{table}”。", "Section {section} lacks its table (“{table}”).")},
    ),
    Rule(
        "table-as-picture",
        _WARNING,
        Words("统计表以图片形式公布", "A table is published as a picture"),
        Words(
            "把图片换成网页表格，便于公众检索和复制。",
            "Replace the picture by a table that can be searched and copied.",
        ),
        FORM,
        {
            "": Words(
                "第{section}部分没有可读取的统计表“{table}”，只有图片，其中数据无法核对。",
                "Section {section} has pictures in place of its table (“{table}”); the figures cannot be checked.",
            ),
            "read": Words(
                "第{section}部分的统计表“{table}”以图片形式公布，数据由图片识别得出。",
                "Section {section} publishes its table (“{table}”) as a picture; its figures were recognised from it.",
            ),
        },
    ),
    Rule(
        "table-as-attachment",
        _WARNING,
        Words("统计表仅在附件中", "A table is only attached"),
        Words("在正文中直接列出统计表。", "Put the table into the text itself."),
        FORM,
        {
            "": Words(
                "第{section}部分没有统计表“{table}”，只有附件，其中数据未核对。",
                "Section {section} has attachments in place of its table (“{table}”); the figures are not checked.",
            ),
            "read": Words(
                "第{section}部分的统计表“{table}”只在附件中，数据取自{attachments}。",
                "The table (“{table}”) of section {section} is only attached; its figures come from {attachments}.",
            ),
        },
    ),
    Rule(
        "row-missing",
        _ERROR,
        Words("统计表缺少项目", "A row of a table is missing"),
        Words("按统一格式补齐该项目，没有发生的填0。", "Add the row as in the form; what did not occur is 0."),
        FORM,
        {"": Words("{place}缺失。", "{place} is missing.")},
    ),
    Rule(
        "row-unexpected",
        _WARNING,
        Words("统计表多出项目", "A table has a row too many"),
        Words(
            "删除统一格式没有的行，数据填入对应的项目。",
            "Remove rows that the form does not have and put their figures where they belong.",
        ),
        FORM,
        {
            "group_with_numbers": Words(
                "“{label}”是分组标题，不应填写数据。", "“{label}” heads a group of rows and takes no figures."
            ),
            "repeated": Words("“{label}”一行重复出现。", "The row “{label}” is repeated."),
            "unknown_label": Words("统一格式中没有“{label}”一行。", "The form has no row “{label}”."),
        },
    ),
)
