"""Host:port pairs: written one way, however the operator wrote them."""

from __future__ import annotations

import pytest

from storage.hosts import host_port, hosts_of_entry, hosts_of_url

ADDRESSES = {
    "http://www.anqiu.gov.cn/": "www.anqiu.gov.cn:80",
    "https://WWW.Anqiu.gov.cn/a?b#c": "www.anqiu.gov.cn:443",
    "http://www.anqiu.gov.cn.:8080": "www.anqiu.gov.cn:8080",
    "http://[0:0:0:0:0:0:0:1]:81/": "[::1]:81",
    "https://[2001:DB8::1]/": "[2001:db8::1]:443",
    "http://安丘.政务.cn/": "xn--thq904a.xn--zfr164b.cn:80",
    "http://127.0.0.1:8001/x": "127.0.0.1:8001",
    "http://under_score.gov.cn/": "under_score.gov.cn:80",
}
NO_ADDRESSES = (
    "",
    "www.anqiu.gov.cn",
    "ftp://www.anqiu.gov.cn/",
    "file:///etc/passwd",
    "http:///path",
    "http://user@host/",
    "http://user:secret@host/",
    "http://host:/",
    "http://host:0/",
    "http://host:65536/",
    "http://host:x/",
    "http://a b/",
    "http://a\tb/",
    "http://host\\@other/",
    "http://[::1/",
    "http://[fe80::1%25eth0]/",
    "http://a..b/",
    "http://-a.cn/",
    "http://127.1/",
    "http://0x7f.0.0.1/",
    "http://2130706433/",
    "http://256.1.1.1/",
    "http://*.gov.cn/",
)


@pytest.mark.parametrize(("address", "expected"), ADDRESSES.items())
def test_a_host_and_port_are_written_one_way(address, expected):
    assert host_port(address) == expected


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_web_address_has_no_host(address):
    with pytest.raises(ValueError, match="no h"):
        host_port(address)


def test_an_address_without_a_port_makes_both_default_ports_its_own():
    assert hosts_of_url("https://a.gov.cn/") == ("a.gov.cn:443", "a.gov.cn:80")
    assert hosts_of_url("http://a.gov.cn/") == ("a.gov.cn:80", "a.gov.cn:443")


def test_a_written_port_makes_only_itself_its_own():
    assert hosts_of_url("http://127.0.0.1:8001/") == ("127.0.0.1:8001",)
    assert hosts_of_entry("a.gov.cn:81") == ("a.gov.cn:81",)


def test_an_entry_may_leave_the_port_out():
    assert hosts_of_entry("A.gov.cn") == ("a.gov.cn:80", "a.gov.cn:443")
    assert hosts_of_entry("[::1]") == ("[::1]:80", "[::1]:443")


@pytest.mark.parametrize("entry", ["", "::1", "http://a.gov.cn", "a.gov.cn/x", "*.gov.cn", "u@a.gov.cn", "a:99999"])
def test_an_entry_is_a_host_and_nothing_else(entry):
    with pytest.raises(ValueError, match="no h"):
        hosts_of_entry(entry)
