"""A control point on Home Assistant's library: discovers the server, subscribes, waits for a
change, browses and searches.

Usage: async_upnp_client_session.py <own IPv4 address>
Prints one JSON line for each step.
"""

import asyncio
import json
import sys

from async_upnp_client.aiohttp import AiohttpNotifyServer, AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.profiles.dlna import DmsDevice
from async_upnp_client.search import async_search
from didl_lite import didl_lite

CRITERIA = [
    'upnp:class derivedfrom "object.item.videoItem" and @refID exists false',
    'upnp:class derivedfrom "object.item" and (dc:title contains "SINE" or dc:title contains "cover")',
    'dc:title contains "nothing like it"',
]
MEDIA_SERVER = "urn:schemas-upnp-org:device:MediaServer:1"


def tell(step, **facts):
    print(json.dumps({"step": step, **facts}), flush=True)


async def discover(address):
    found = {}

    async def heard(headers):
        found[headers["location"]] = headers["usn"]

    # A server that has just started answers when it has told the network that it is there.
    for _ in range(10):
        await async_search(heard, timeout=2, search_target=MEDIA_SERVER, source=(address, 0))
        if found:
            break
    tell("discovered", locations=sorted(found))
    return next(iter(found))


async def walk(device, object_id, path):
    """All items below a container, page by page, each also by BrowseMetadata."""
    start = 0
    while True:
        page = await device.async_browse_direct_children(
            object_id, starting_index=start, requested_count=2
        )
        for entry in page.result:
            alone = await device.async_browse_metadata(entry.id)
            assert alone.id == entry.id and alone.title == entry.title, entry.title
            if isinstance(entry, didl_lite.Container):
                await walk(device, entry.id, [*path, entry.title])
            else:
                resource = entry.resources[0]
                tell("item", path=[*path, entry.title], url=resource.uri, type=resource.protocol_info)
        start += page.number_returned
        if start >= page.total_matches or page.number_returned == 0:
            return


async def main(address):
    requester = AiohttpRequester()
    # Strict: what the descriptions do not say may not be answered.
    device = await UpnpFactory(requester).async_create_device(await discover(address))
    notify_server = AiohttpNotifyServer(requester, source=(address, 0))
    await notify_server.async_start_server()
    media_server = DmsDevice(device, notify_server.event_handler)
    changed = asyncio.Event()
    known = set()

    def on_event(_service, variables):
        values = {variable.name: variable.value for variable in variables}
        tell("event", values={name: str(value) for name, value in values.items()})
        if "SystemUpdateID" in values:
            if known:
                changed.set()
            known.add(values["SystemUpdateID"])

    media_server.on_event = on_event
    await media_server.async_subscribe_services(auto_resubscribe=True)
    await media_server.async_update()
    root = await media_server.async_browse_metadata("0")
    tell("subscribed", name=media_server.name, model=media_server.model_name, root=root.id)
    await asyncio.wait_for(changed.wait(), 30)
    await walk(media_server, "0", [])
    for criteria in CRITERIA:
        found = await media_server.async_search_directory("0", criteria, sort_criteria=["+dc:title"])
        tell("found", criteria=criteria, titles=[entry.title for entry in found.result],
             total=found.total_matches)
    tell("capabilities", search=media_server.search_capabilities, sort=media_server.sort_capabilities)
    await media_server.async_unsubscribe_services()
    await notify_server.async_stop_server()
    tell("done", protocols=len(media_server.source_protocol_info))


asyncio.run(main(sys.argv[1]))
