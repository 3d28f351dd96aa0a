"""Who asks, behind proxies and against forgery."""

import pytest

from immunoportal.network import client_network, household, parse_networks

OURS = parse_networks(["127.0.0.1", "10.0.0.0/8", "fd00::/8"])


class TestParseNetworks:
    def test_takes_addresses_and_networks_of_both_kinds(self):
        found = parse_networks(["127.0.0.1", "10.1.2.3/8", "::1", "fd00::/8"])

        assert [str(network) for network in found] == [
            "127.0.0.1/32", "10.0.0.0/8", "::1/128", "fd00::/8",
        ]  # fmt: skip

    @pytest.mark.parametrize("entry", ["", "localhost", "10.0.0.0/33", "1.2.3", "*", "10.0.0.0/"])
    def test_refuses_what_is_neither(self, entry):
        with pytest.raises(ValueError, match="does not appear to be"):
            parse_networks([entry])


class TestClientNetwork:
    @pytest.mark.parametrize(
        ("remote", "forwarded_for", "network"),
        [
            # Nobody between.
            ("203.0.113.7", "", "203.0.113.7"),
            ("2001:db8::7", "", "2001:db8::7"),
            # A proxy of ours.
            ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
            ("127.0.0.1", " 203.0.113.7 ", "203.0.113.7"),
            ("127.0.0.1", "2001:DB8:0::7", "2001:db8::7"),
            ("fd00::2", "203.0.113.7", "203.0.113.7"),
            # An IPv4 address on a socket for both kinds.
            ("::ffff:203.0.113.7", "", "203.0.113.7"),
            ("::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"),
            ("127.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
            # Two of them.
            ("127.0.0.1", "203.0.113.7, 10.2.3.4", "203.0.113.7"),
            # All the way within our own network.
            ("127.0.0.1", "10.9.9.9, 10.2.3.4", "10.9.9.9"),
            ("127.0.0.1", "", "127.0.0.1"),
            # A Unix socket, which only our proxy can reach.
            ("", "203.0.113.7", "203.0.113.7"),
            ("", "203.0.113.7, 127.0.0.1", "203.0.113.7"),
            ("", "", "unix"),
            ("", " , ,", "unix"),
        ],
    )
    def test_is_the_first_that_is_not_ours(self, remote, forwarded_for, network):
        assert client_network(remote, forwarded_for, OURS) == network

    @pytest.mark.parametrize(
        ("remote", "forwarded_for", "network"),
        [
            # No proxy of ours has written this.
            ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
            ("203.0.113.7", "127.0.0.1", "203.0.113.7"),
            ("2001:db8::7", "198.51.100.1", "2001:db8::7"),
            # What the client claims stands to the left of what our proxy saw.
            ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
            ("127.0.0.1", "127.0.0.1, 10.0.0.1, 203.0.113.7, 10.2.3.4", "203.0.113.7"),
            ("", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ],
    )
    def test_believes_no_forged_header(self, remote, forwarded_for, network):
        assert client_network(remote, forwarded_for, OURS) == network

    @pytest.mark.parametrize(
        "garbage",
        [
            "unknown", "_hidden", "1.2.3.4.5", "999.1.1.1", "[x]:80", "\0",
            "<script>", "é", "a" * 10_000, "203.0.113.7 198.51.100.1", "0x7f000001", "٣.٣.٣.٣",
        ],
    )  # fmt: skip
    def test_stops_where_nothing_can_be_read(self, garbage):
        assert client_network("127.0.0.1", garbage, OURS) == "127.0.0.1"
        assert client_network("127.0.0.1", f"198.51.100.1, {garbage}", OURS) == "127.0.0.1"
        assert client_network("127.0.0.1", f"{garbage}, 10.2.3.4", OURS) == "10.2.3.4"
        assert client_network("", garbage, OURS) == "unix"
        assert client_network("203.0.113.7", garbage, OURS) == "203.0.113.7"

    @pytest.mark.parametrize(
        ("hop", "network"),
        [("203.0.113.7:80", "203.0.113.7"), ("[2001:db8::1]:80", "2001:db8::1")],
    )
    def test_reads_a_hop_that_has_a_port(self, hop, network):
        assert client_network("127.0.0.1", hop, OURS) == network

    def test_without_proxies_of_ours_the_header_says_nothing(self):
        assert client_network("127.0.0.1", "203.0.113.7", []) == "127.0.0.1"

    def test_a_very_long_header_is_read_from_its_end(self):
        forged = ", ".join(["198.51.100.1"] * 10_000)

        assert client_network("127.0.0.1", f"{forged}, 203.0.113.7", OURS) == "203.0.113.7"


class TestHousehold:
    @pytest.mark.parametrize(
        ("network", "at_hand"),
        [
            ("203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::", "2001:db8:1:2::/64"),
            ("fe80::1%eth0", "fe80::/64"),
            ("unix", "unix"),
            ("", ""),
        ],
    )
    def test_is_what_one_visitor_has_at_hand(self, network, at_hand):
        assert household(network) == at_hand

    def test_tells_neighbours_apart(self):
        assert household("2001:db8:1:2::1") != household("2001:db8:1:3::1")
