"""`run`, `serve` and `demo`: what stays up until it is stopped."""

from __future__ import annotations

import click

from monitor.commands.session import Session, configuration_of, reader_of
from monitor.commands.texts import say
from storage.errors import ConfigurationError

HOST, PORT = "127.0.0.1", 8001

host_option = click.option("--host", metavar="H", default=HOST, show_default=True, help="监听的地址。")
port_option = click.option(
    "--port", metavar="P", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="监听的端口。"
)


@click.command()
@click.pass_obj
def run(session: Session) -> None:
    """常驻服务：定时扫描、检查、通知，并提供查询网站。"""
    configuration = configuration_of(session)
    if session.given_now is not None:
        raise ConfigurationError(say(configuration.language, "run_without_now"))
    from monitor import jobs

    jobs.run_service(configuration)


@click.command()
@host_option
@port_option
@click.pass_obj
def serve(session: Session, host: str, port: int) -> None:
    """只开查询网站。"""
    from monitor.site import serve as serve_site

    configuration = configuration_of(session)
    with reader_of(configuration):
        click.echo(say(configuration.language, "serving", site_address(host, port)))
    serve_site(configuration.database, host, port, language=configuration.language)


def site_address(host: str, port: int) -> str:
    """Where a browser finds the site."""
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


@click.command()
@click.option("--no-serve", "is_printing_only", is_flag=True, help="打印完即结束，不开网站。")
@click.pass_obj
def demo(session: Session, *, is_printing_only: bool) -> None:
    """在本机的示例网站上走完全部流程：扫描、存档、解析、入库、检查、告警。"""
    from monitor.demo import FOLDER, run_demo

    run_demo(FOLDER, session.now(), click.echo, port=None if is_printing_only else PORT)
