"""The one command line: options for every verb, the verbs, and how an error is told."""

from __future__ import annotations

import sqlite3
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import click

from monitor.commands import alerts, backup, crawl, explain, read, registry, service, watch
from monitor.commands.session import Session, language_of, read_instant
from monitor.failures import failure_text, print_failure, print_usage_error
from monitor.service.children import end_with_parent
from monitor.texts import say
from storage.errors import ConfigurationError, ReportsError

BAD_USAGE = 2


class Verbs(click.Group):
    """The rim of the command line: what a person must act on becomes one message and an exit code.

    With -v the traceback is told too. Anything that is no `ReportsError`, file or database error is a
    fault of this program and is not hidden.
    """

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - click's own signature
    ) -> click.Context:
        """Read the options before the verb; exit 2 where they cannot be used."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.ClickException as error:
            print_usage_error(error, _language(getattr(error, "ctx", None)))
            raise click.exceptions.Exit(error.exit_code) from error

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the verb; exit 2 for an option or a configuration that cannot be used, 1 for what failed."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except click.ClickException as error:
            print_usage_error(error, _language(ctx))
            ctx.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            click.echo("\n" + say(_language(ctx), "aborted"), err=True)
            ctx.exit(1)
        except (ReportsError, OSError, sqlite3.Error) as error:
            if ctx.params.get("verbose"):
                traceback.print_exc()
            language = _language(ctx)
            print_failure(failure_text(error, language), language)
            ctx.exit(BAD_USAGE if isinstance(error, ConfigurationError) else 1)


def _language(ctx: click.Context | None) -> str:
    """The configuration's language as far as it can be read, else Chinese."""
    config = ctx.params.get("config") if ctx else None
    try:
        return language_of(Session(config, None, 0.0, is_verbose=False))
    except (ReportsError, OSError):
        return "zh"


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="配置文件，默认为当前目录下的 nianbao.toml。",
)
@click.option("--now", metavar="TIME", help="以此时刻代替时钟：带时区的 ISO 8601，如 2025-02-10T09:00:00+08:00。")
@click.option("-v", "verbose", is_flag=True, help="explain 不省略任何一行；出错时给出完整的调用栈。")
@click.version_option(package_name="nianbao")
@click.pass_context
def main(ctx: click.Context, config: Path | None, now: str | None, *, verbose: bool) -> None:
    """政府信息公开工作年度报告的巡查：是否公开、是否按时、是否合规。"""
    end_with_parent()
    session = Session(config, None, time.monotonic(), is_verbose=verbose)
    if now is not None:
        language = "zh" if ctx.invoked_subcommand == "init" else language_of(session)
        session = Session(config, read_instant(now, language), session.started, is_verbose=verbose)
    ctx.obj = session


for verb in (
    registry.init,
    registry.registry,
    crawl.crawl,
    crawl.ingest,
    read.read,
    crawl.reparse,
    watch.check,
    watch.status,
    explain.explain,
    watch.attest,
    alerts.alerts,
    alerts.notify,
    backup.backup,
    backup.restore,
    service.run,
    service.serve,
    service.demo,
):
    main.add_command(verb)

if __name__ == "__main__":
    sys.exit(main())
