"""Home Assistant's library as it listens all day: prints what it makes of each advertisement.

Usage: async_upnp_client_listener.py <own IPv4 address>
"""

import asyncio
import json
import sys

from async_upnp_client.ssdp_listener import SsdpListener

ROOT_DEVICE = "upnp:rootdevice"


def heard(device, target, source):
    if target == ROOT_DEVICE:
        facts = {"source": source.name, "locations": sorted(device.locations)}
        print(json.dumps(facts), flush=True)


async def main(address):
    listener = SsdpListener(callback=heard, source=(address, 0))
    await listener.async_start()
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1]))
