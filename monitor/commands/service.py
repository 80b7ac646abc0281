"""`run`, `serve` and `demo`: what stays up until it is stopped."""

from __future__ import annotations

import signal
from contextlib import closing, suppress

import click

from monitor.commands.printing import print_table
from monitor.commands.session import Session, configuration_of, language_of
from monitor.texts import heading, say, word
from storage.errors import ConfigurationError

HOST, PORT = "127.0.0.1", 8001
EVERY_PORTAL = "*"

host_option = click.option("--host", metavar="H", default=HOST, show_default=True, help="监听的地址。")
port_option = click.option(
    "--port", metavar="P", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="监听的端口。"
)


@click.command()
@host_option
@port_option
@click.option("--no-site", "has_no_site", is_flag=True, help="不开网站。")
@click.pass_obj
def run(session: Session, host: str, port: int, *, has_no_site: bool) -> None:
    """常驻服务：定时扫描、检查、通知，并提供查询网站。"""
    configuration = configuration_of(session)
    if session.given_now is not None:
        raise ConfigurationError(say(configuration.language, "run_without_now"))
    from monitor.service.running import run_service

    run_service(configuration, site=None if has_no_site else ("--host", host, "--port", str(port)))


@click.command()
@host_option
@port_option
@click.pass_obj
def serve(session: Session, host: str, port: int) -> None:
    """只开查询网站。"""
    from monitor.site import serve as serve_site
    from storage.database import open_reader

    configuration = configuration_of(session)
    # The site stays: it takes no database whose changes it could not notice.
    with closing(open_reader(configuration.database)):
        click.echo(say(configuration.language, "serving", site_address(host, port)))
    serve_site(configuration.database, host, port, language=configuration.language)


def site_address(host: str, port: int) -> str:
    """Where a browser finds the site."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@click.command()
@click.option("--no-serve", "is_printing_only", is_flag=True, help="打印完即结束，不开网站。")
@click.option(
    "--portals",
    "portal",
    is_flag=False,
    flag_value=EVERY_PORTAL,
    metavar="[KEY[+QUIRK]...]",
    help="列出各建站系统的模拟网站；写明 KEY 则在本机打开那一个，供浏览器查看。",
)
@click.pass_obj
def demo(session: Session, portal: str | None, *, is_printing_only: bool) -> None:
    """在本机的示例网站上走完全部流程：扫描、存档、解析、入库、检查、告警。"""
    if portal is not None:
        _show_portals(portal, language_of(session))
        return
    from monitor.demo import FOLDER, run_demo

    run_demo(FOLDER, session.now(), click.echo, port=None if is_printing_only else PORT)


def _show_portals(asked: str, language: str) -> None:
    from monitor.demo import built_portal, portal_rows, serve_portal

    if asked == EVERY_PORTAL:
        keys = ("key", "family", "title", "outcome", "browser")
        rows = (
            (*row[:3], word(language, row.outcome), word(language, "yes" if row.needs_browser else None))
            for row in portal_rows()
        )
        print_table([heading(language, key) for key in keys], rows)
        return
    built = built_portal(asked)
    if built is None:
        raise ConfigurationError(say(language, "no_fake", asked))
    # Started in the background by a shell, a process is told to be deaf to Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        serve_portal(built, lambda url: click.echo(say(language, "serving_fake", asked, url)))
