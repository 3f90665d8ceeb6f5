# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worked examples of RFC 7541, appendix C, as data: (section, header block, header list, table size after)."""

from __future__ import annotations

REQUEST_1 = [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com")]
REQUEST_2 = [*REQUEST_1, ("cache-control", "no-cache")]
REQUEST_3 = [
    (":method", "GET"),
    (":scheme", "https"),
    (":path", "/index.html"),
    (":authority", "www.example.com"),
    ("custom-key", "custom-value"),
]
RESPONSE_1 = [
    (":status", "302"),
    ("cache-control", "private"),
    ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
    ("location", "https://www.example.com"),
]
RESPONSE_2 = [(":status", "307"), *RESPONSE_1[1:]]
RESPONSE_3 = [
    (":status", "200"),
    ("cache-control", "private"),
    ("date", "Mon, 21 Oct 2013 20:13:22 GMT"),
    ("location", "https://www.example.com"),
    ("content-encoding", "gzip"),
    ("set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"),
]

# Section C.1: value, bits of the prefix, encoding.
INTEGERS = [(10, 5, "0a"), (1337, 5, "1f9a0a"), (42, 8, "2a")]

# Section C.2: each with a decoder of its own.
FIELDS = [
    (
        "C.2.1",
        "400a637573746f6d2d6b65790d637573746f6d2d686561646572",
        [("custom-key", "custom-header")],
        55,
    ),
    ("C.2.2", "040c2f73616d706c652f70617468", [(":path", "/sample/path")], 0),
    ("C.2.3", "100870617373776f726406736563726574", [("password", "secret")], 0),
    ("C.2.4", "82", [(":method", "GET")], 0),
]

# Sections C.3 to C.6: each sequence has one decoder; C.5 and C.6 have a table of 256 bytes.
SEQUENCES = {
    "C.3": [
        ("828684410f7777772e6578616d706c652e636f6d", REQUEST_1, 57),
        ("828684be58086e6f2d6361636865", REQUEST_2, 110),
        ("828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565", REQUEST_3, 164),
    ],
    "C.4": [
        ("828684418cf1e3c2e5f23a6ba0ab90f4ff", REQUEST_1, 57),
        ("828684be5886a8eb10649cbf", REQUEST_2, 110),
        ("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", REQUEST_3, 164),
    ],
    "C.5": [
        (
            "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54"
            "6e1768747470733a2f2f7777772e6578616d706c652e636f6d",
            RESPONSE_1,
            222,
        ),
        ("4803333037c1c0bf", RESPONSE_2, 222),
        (
            "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d"
            "4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b20766572"
            "73696f6e3d31",
            RESPONSE_3,
            215,
        ),
    ],
    "C.6": [
        (
            "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b"
            "97c8e9ae82ae43d3",
            RESPONSE_1,
            222,
        ),
        ("4883640effc1c0bf", RESPONSE_2, 222),
        (
            "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdf"
            "cd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
            RESPONSE_3,
            215,
        ),
    ],
}
TABLE_OF_256 = "3fe101"  # a size update to 256, as the peer's first word
