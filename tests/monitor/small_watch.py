"""A small watch for tests: five agencies of one portal in files, a database, and the real command line on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from click.testing import CliRunner

from monitor.cli import main
from storage.agency_table import COLUMNS
from storage.database import open_database, save_run
from storage.received import ReadCapture
from storage.records import Candidate, Capture, EndProof, Outcome, Scan, ScanPage
from storage.report import DateSource, StatedDate
from tests.builders import report
from tests.monitor.stories import DAY, END

LIST = "http://127.0.0.1:8100/nb/"
PUBDATE = DateSource.META_PUBDATE
CONTROL = "平川市水利局2023年政府信息公开工作年度报告"
AGENCIES = (
    ("nongji", "平川市农业机械局", "local_department", "", "", ""),
    ("nongye", "平川市农业农村局", "local_department", "", "", ""),
    ("lvyou", "平川市旅游局", "local_department", "2024-10-31", "", ""),
    ("liuhe", "平川市柳河镇人民政府", "township_government", "", "02-20", "平政办发〔2021〕3号"),
    ("caizheng", "平川市财政局", "local_department", "", "02-28", "平政办发〔2021〕3号"),
)
SUCCESSIONS = """\
[[succession]]
agency = "nongji"
successor = "nongye"
on = 2025-02-10
kind = "merged"
paper = "平编〔2025〕2号"

[[succession]]
agency = "lvyou"
on = 2024-11-01
kind = "dissolved"
paper = "平编〔2024〕9号"
"""
WAIVERS = """\
[[waiver]]
agency = "liuhe"
year = 2024
rule = "late"
reason = "洪灾"
by = "张三"
until = 2025-02-28
"""


class Watch:
    """A registry and a database in a folder, and the command line on them."""

    def __init__(self, folder):
        self.folder = folder
        registry = folder / "registry"
        registry.mkdir()
        rows = (
            f"{key},{name},{kind},370799,pingchuan,,,,,{end},{due},{basis}"
            for key, name, kind, end, due, basis in AGENCIES
        )
        (registry / "agencies.csv").write_text("\n".join((",".join(COLUMNS), *rows)) + "\n", "utf-8")
        (registry / "portals.toml").write_text(
            '[pingchuan]\nname = "平川市人民政府"\nbase_url = "http://127.0.0.1:8100/"\n', "utf-8"
        )
        (registry / "successions.toml").write_text(SUCCESSIONS, "utf-8")
        (registry / "waivers.toml").write_text(WAIVERS, "utf-8")
        (folder / "nianbao.toml").write_text('[crawl]\ncontact = "mailto:ops@example.org"\n', "utf-8")
        self.db = open_database(folder / "data" / "nianbao.db")

    def see(self, at, *, found=(), outcome=Outcome.COMPLETE, detail="", control=CONTROL):
        """One scan of the column for everybody; `found`: agency → its report as it was read, None: only its row."""
        run = f"run-{at.isoformat()}"
        scan = Scan(
            id=f"{run}/1", run=run, portal="pingchuan", column_url=LIST, agencies=tuple(key for key, *_ in AGENCIES),
            started_at=at, finished_at=at + timedelta(minutes=1), outcome=outcome, detail=detail,
            pages=(ScanPage(LIST, 200, "f" * 64, 12),), rows_seen=12, stated_total=12, end_proof=EndProof.STATED_TOTAL,
            control_title=control,
        )  # fmt: skip
        rows, captures, readings = [], [], []
        for key, body in dict(found).items():
            url = f"{LIST}{key}.html"
            rows.append(Candidate(scan.id, "2024年年报", url, None, key, 2024))
            if body is not None:
                digest = f"{hash((key, at)) & 0xFFFFFFFF:064x}"
                captures.append(
                    Capture(digest, scan.id, url, url, 200, "text/html", at, 9, agency=key, report_year=2024)
                )
                readings.append(ReadCapture(captures[-1], key, 2024, body, parser_version="1"))
        save_run(self.db, run_id=run, scans=[scan], candidates=rows, captures=captures, reports=readings, at=at)

    def nianbao(self, *verb, now=END + 30 * DAY, options=()):
        arguments = ["--config", str(self.folder / "nianbao.toml"), "--now", now.isoformat(), *options, *verb]
        result = CliRunner(env={"COLUMNS": "80"}).invoke(main, arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def explain(self, agency, **how):
        """The page without its line breaks and gaps."""
        return "".join(self.nianbao("explain", agency, "2024", **how).split())


def dated(day, **others):
    return replace(report(**others), published_on=day, dates=(StatedDate(day, PUBDATE),))
