"""Where the crawler may connect: not to this machine, not into its network, however that is spelled."""

import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from twisted.internet.address import IPv4Address as TwistedAddress
from twisted.internet.address import IPv6Address as TwistedAddress6

from crawler.addresses import AddressGuard, is_public, literal_address, split_pair
from crawler.middlewares import ADMITS_PRIVATE, OWN_HOSTS, ForeignHostError, OwnHostMiddleware, PrivateAddressError

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1",
    "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2001:0:1::1",
    "fe80::1%eth0", "::ffff:0:127.0.0.1", "100::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "114.114.114.114", "223.5.5.5", "2400:3200::1", "::ffff:114.114.114.114", "64:ff9b::7272:7272",
]  # fmt: skip
SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0x7F.0.0.1", "0177.0.0.1",
    "017700000001", "0", "0.0", "0x0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]", "[fe80::1%25lo]",
]  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_a_private_address_is_not_public_whatever_it_is_wrapped_in(text):
    assert not is_public(text)


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_public(text):
    assert is_public(text)


@given(st.ip_addresses(v=4))
def test_an_address_and_its_mapped_form_have_one_verdict(address):
    assert (
        is_public(str(address))
        == is_public(f"::ffff:{address}")
        == is_public(str(IPv6Address((0xFFFF << 32) | int(address))))
    )


@given(st.ip_addresses(v=4, network="127.0.0.0/8"), st.sampled_from(["{:d}", "{:#x}", "{:#o}"]))
def test_an_address_is_recognised_in_every_number_that_spells_it(address, form):
    spelled = form.format(int(address)).replace("0o", "0")

    assert literal_address(spelled) == str(IPv4Address(socket.inet_aton(spelled)))
    assert not is_public(literal_address(spelled))


@pytest.mark.parametrize("text", ["www.example.gov.cn", "localhost", "a.1.b", "", "中国.cn"])
def test_a_name_is_no_literal_address(text):
    assert literal_address(text) is None


def test_a_pair_is_split_as_the_resolver_is_asked_for_it():
    assert split_pair("www.example.gov.cn:80") == ("www.example.gov.cn", 80)
    assert split_pair("[::1]:8080") == ("::1", 8080)


class Receiver:
    def __init__(self):
        self.addresses = []

    def resolutionBegan(self, resolution):  # noqa: N802
        pass

    def addressResolved(self, address):  # noqa: N802
        self.addresses.append(address.host)

    def resolutionComplete(self):  # noqa: N802
        pass


class Reactor:
    """A reactor of which only the resolver is asked, with the answers that a name server gives."""

    def __init__(self, *hosts):
        self.nameResolver = self
        self._hosts = hosts

    def resolveHostName(self, receiver, _name, port=0, *_):  # noqa: N802
        receiver.resolutionBegan(None)
        for host in self._hosts:
            kind = TwistedAddress6 if ":" in host else TwistedAddress
            receiver.addressResolved(kind("TCP", host, port))
        receiver.resolutionComplete()


def resolved(guard, name, port):
    receiver = Receiver()
    guard.resolveHostName(receiver, name, port)
    return receiver.addresses


def test_a_name_that_resolves_to_both_gives_only_the_public_addresses():
    guard = AddressGuard(Reactor("127.0.0.1", "114.114.114.114", "::1", "10.0.0.1"), 0)

    assert resolved(guard, "rebinding.example", 80) == ["114.114.114.114"]


def test_an_answer_from_the_cache_is_checked_again():
    guard = AddressGuard(Reactor("127.0.0.1"), 100)
    first, second = (resolved(guard, "cached.example", 80) for _ in range(2))

    assert (first, second) == ([], [])


def test_only_the_admitted_pair_of_host_and_port_may_be_private():
    guard = AddressGuard(Reactor("127.0.0.1"), 0)
    guard.admit([("127.0.0.1", 8001)])

    assert resolved(guard, "127.0.0.1", 8001) == ["127.0.0.1"]
    assert resolved(guard, "127.0.0.1", 8002) == []
    assert resolved(guard, "localhost", 8001) == []


def test_the_operators_proxy_may_stand_in_the_office():
    guard = AddressGuard(Reactor("10.0.0.5"), 0)
    guard.admit((), ["proxy.office"])

    assert resolved(guard, "proxy.office", 3128) == ["10.0.0.5"]
    assert resolved(guard, "www.example.gov.cn", 3128) == []


def passes(url, hosts, *, admits_private=False):
    request = Request(url, meta={OWN_HOSTS: frozenset(hosts), ADMITS_PRIVATE: admits_private})
    try:
        OwnHostMiddleware().process_request(request)
    except (ForeignHostError, PrivateAddressError):
        return False
    return True


@pytest.mark.parametrize(
    ("url", "is_passed"),
    [
        ("http://www.example.gov.cn/nb/", True),
        ("https://www.example.gov.cn/nb/", True),
        ("HTTP://WWW.EXAMPLE.GOV.CN:80/nb/", True),
        ("http://www.example.gov.cn:8080/nb/", False),
        ("http://zwgk.example.gov.cn/nb/", False),
        ("http://www.example.gov.cn.copies.example.org/", False),
        ("http://www.example.gov.cn@copies.example.org/", False),
        ("http://copies.example.org\\@www.example.gov.cn/", False),
        ("http://copies.example.org/#@www.example.gov.cn", False),
        ("ftp://www.example.gov.cn/nb/", False),
        ("file:///etc/hostname", False),
        ("data:text/html,x", False),
    ],
)
def test_a_request_stays_on_the_portals_own_hosts(url, is_passed):
    assert passes(url, ["www.example.gov.cn:80", "www.example.gov.cn:443"]) is is_passed


def test_a_request_that_does_not_say_whose_it_is_does_not_go():
    with pytest.raises(ForeignHostError):
        OwnHostMiddleware().process_request(Request("http://www.example.gov.cn/"))


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_this_machine_passes_as_a_portals_own(host):
    assert not passes(f"http://{host}/", ["127.0.0.1:80", "[::1]:80", f"{host}:80"])


def test_a_private_portal_passes_where_the_operator_admits_it():
    assert passes("http://127.0.0.1:8001/nb/", ["127.0.0.1:8001"], admits_private=True)
    assert not passes("http://127.0.0.1:8002/nb/", ["127.0.0.1:8001"], admits_private=True)
