# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mutual.py DIRECTORY HOST SECONDS: serves what is at http://HOST to those who have a certificate, for so long.

In DIRECTORY lie ca.crt, server.crt and server.key; the port goes to DIRECTORY/port, and who removes that ends it.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
import time
from pathlib import Path


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass  # either side may hang up
    finally:
        writer.close()


async def serve(place: Path, host: str, seconds: float) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place / "server.crt", place / "server.key")
    context.load_verify_locations(place / "ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    address, _colon, port = host.partition(":")

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        their_reader, their_writer = await asyncio.open_connection(address, int(port))
        await asyncio.gather(pass_on(reader, their_writer), pass_on(their_reader, writer))

    server = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=context)
    (place / "port.new").write_text(str(server.sockets[0].getsockname()[1]))
    (place / "port.new").rename(place / "port")
    deadline = time.monotonic() + seconds
    while (place / "port").exists() and time.monotonic() < deadline:
        await asyncio.sleep(0.2)


asyncio.run(serve(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
