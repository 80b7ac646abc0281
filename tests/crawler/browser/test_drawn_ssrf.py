"""A drawn page that tries to reach this machine by all that a browser offers: nothing is connected to."""

from __future__ import annotations

import json

import pytest

from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from storage.records import Outcome
from tests.crawler.spellings import spellings
from tests.crawler.test_network import FINANCE, HTML, looked_at, portal
from tests.crawler.test_ssrf import Canary

TITLE = f"{FINANCE}2024年政府信息公开工作年度报告"
SCRIPT = """
const all = %s, few = %s, stun = %s;
const quiet = (work) => { try { const done = work(); if (done && done.catch) done.catch(() => 0); } catch (_) {} };
const put = (tag, given) => quiet(() => document.body.append(Object.assign(document.createElement(tag), given)));
all.forEach((url, number) => {
  quiet(() => fetch(url, {mode: 'no-cors'}));
  if (number %% 6 === 0) put('iframe', {src: url});
});
const here = location.origin;
quiet(() => new WebSocket(here.replace('http', 'ws') + '/unruly/socket'));
quiet(() => new SharedWorker(URL.createObjectURL(new Blob([`fetch("${here}/unruly/shared")`]))));
quiet(() => new EventSource(here + '/unruly/events'));
quiet(() => navigator.sendBeacon(here + '/unruly/beacon', 'x'));
put('a', {href: '/unruly/popup', target: '_blank', ping: here + '/unruly/ping'}); document.body.lastChild.click();
quiet(() => window.open('/unruly/opened'));
put('link', {rel: 'prefetch', href: '/unruly/prefetched'});
put('form', {action: '/unruly/form', method: 'post', target: '_blank'}); quiet(() => document.body.lastChild.submit());
for (const url of few) {
  put('img', {src: url}); put('script', {src: url}); put('video', {src: url}); put('embed', {src: url});
  put('object', {data: url}); put('audio', {src: url});
  for (const rel of ['prefetch', 'preload', 'dns-prefetch', 'preconnect', 'prerender', 'stylesheet', 'icon',
    'modulepreload', 'manifest']) put('link', {rel, href: url, as: 'script'});
  put('style', {textContent: `@import url("${url}"); body { background: url("${url}") }`});
  quiet(() => new WebSocket(url.replace(/^http/, 'ws')));
  quiet(() => new EventSource(url));
  quiet(() => navigator.sendBeacon(url, 'x'));
  quiet(() => window.open(url));
  quiet(() => { const sent = new XMLHttpRequest(); sent.open('POST', url); sent.send('x'); });
  quiet(() => new Worker(URL.createObjectURL(new Blob([`fetch("${url}"); importScripts("${url}")`]))));
  quiet(() => new SharedWorker(URL.createObjectURL(new Blob([`fetch("${url}")`]))));
  put('a', {href: url, target: '_blank', download: 'x', ping: url});
  document.body.lastChild && document.body.lastChild.click();
  put('form', {action: url, method: 'post', target: '_blank'}); quiet(() => document.body.lastChild.submit());
  put('iframe', {srcdoc: `<meta http-equiv="refresh" content="0;url=${url}"><img src="${url}">`});
}
for (const way of ['img', 'script', 'iframe', 'embed']) put(way, {src: '/away/' + way});
put('link', {rel: 'stylesheet', href: '/away/css'});
for (const way of ['fetch', 'again']) quiet(() => fetch('/away/' + way));
quiet(() => navigator.serviceWorker.register('/worker.js'));
quiet(() => {
  const peer = new RTCPeerConnection({iceServers: stun.map((urls) => ({urls, username: 'u', credential: 'p'}))});
  peer.createDataChannel('x');
  return peer.createOffer().then((offer) => peer.setLocalDescription(offer));
});
quiet(() => { const web = new WebTransport(few[0].replace('http:', 'https:')); return web.ready; });
setTimeout(() => { quiet(() => { location.href = few[0]; }); }, 2500);
setTimeout(() => {
  const list = document.createElement('ul');
  list.innerHTML = '<li><a href="/nb/a1.html">%s</a><span>2025-01-20</span></li>'
    + '<li><a onclick="location.href = ' + "'" + few[0] + "'" + '">澄湖县民政局2024年政府信息公开工作年度报告</a></li>';
  document.getElementById('app').append(list);
}, 5000);
"""
WORKER = 'self.addEventListener("install", () => {{ fetch("{0}"); importScripts("{0}"); }});'


def hostile_site(port, own):
    urls = [each.url for each in spellings(own, port)]
    few = [f"http://127.0.0.1:{port}/few", f"http://[::1]:{port}/few", f"http://localhost:{port}/few"]
    stun = [f"stun:127.0.0.1:{port}", f"turn:127.0.0.1:{port}?transport=tcp", f"turn:127.0.0.1:{port}?transport=udp"]
    script = SCRIPT % (json.dumps(urls), json.dumps(few), json.dumps(stun), TITLE)
    shell = "<html><title>年报</title><body><div id=app></div><script src=/app.js></script></body></html>".encode()
    tells = {
        "Link": f"<{few[0]}>; rel=preload; as=script, <{few[0]}>; rel=preconnect",
        "Report-To": json.dumps({"group": "x", "max_age": 60, "endpoints": [{"url": few[0]}]}),
        "NEL": json.dumps({"report_to": "x", "max_age": 60, "success_fraction": 1}),
        "Content-Security-Policy-Report-Only": f"default-src 'none'; report-uri {few[0]}",
        "Alt-Svc": f'h2="127.0.0.1:{port}"; ma=60',
    }
    words = "<p>" + "本年度依法公开信息。" * 30 + "</p>"
    away = Page(b"", HTML, 302, {"Location": few[0]})
    return Site(
        {
            "/nb/": Page(shell, HTML, headers=tells),
            "/nb/a1.html": Page(f"<html><title>{TITLE}</title><h1>{TITLE}</h1>{words}</html>".encode(), HTML),
            "/app.js": Page(script.encode(), "text/javascript; charset=utf-8"),
            "/worker.js": Page(WORKER.format(few[0]).encode(), "text/javascript"),
        },
        ("/nb/",),
        {"/away/": lambda _: away},
    )


@pytest.mark.browser
def test_a_drawn_page_reaches_nothing_but_its_portal(tmp_path):
    with Canary() as canary, PortalServer(Site({})) as server:
        server.site = hostile_site(canary.port, server.host)
        seen = looked_at([portal("hostile", server.base_url)], tmp_path, browser="auto", is_one_scan=False)
        hosts = [visit.host for visit in server.visits]
        paths = [visit.path for visit in server.visits]

    assert canary.heard == []
    assert set(hosts) == {server.host}
    assert "/app.js" in paths
    assert "/worker.js" not in paths
    assert [path for path in paths if path.startswith("/unruly/")] == []
    assert [scan.outcome for scan in seen["hostile"]] == [Outcome.COMPLETE, Outcome.INCOMPLETE]
    assert f"http://127.0.0.1:{canary.port}/few" in seen["hostile"][1].detail
