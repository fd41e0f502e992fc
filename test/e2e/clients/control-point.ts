import type { Host } from '../lab/lab.ts'
import { invoke, unescapeText } from '../lab/soap.ts'

const CONTENT_DIRECTORY = 'urn:schemas-upnp-org:service:ContentDirectory:1'

export interface FoundItem {
  readonly url: string
  /** The DIDL-Lite document that holds this item alone. */
  readonly metadata: string
}

/** Browse of all direct children: the DIDL-Lite inside the answer. */
export async function browseChildren(
  host: Host,
  controlUrl: string,
  objectId: string,
): Promise<string> {
  const answer = await invoke(host, controlUrl, [CONTENT_DIRECTORY, 'Browse'], {
    ObjectID: objectId,
    BrowseFlag: 'BrowseDirectChildren',
    Filter: '*',
    StartingIndex: '0',
    RequestedCount: '0',
    SortCriteria: '',
  })
  return unescapeText(answer.match(/<Result>([\s\S]*?)<\/Result>/)?.[1] ?? '')
}

/** The first item, depth first from the root, whose MIME type is this one. */
export async function findItem(
  host: Host,
  controlUrl: string,
  mimeType: string,
): Promise<FoundItem> {
  const item = await findItemBelow(host, controlUrl, mimeType, '0')
  if (!item) throw new Error(`no item of type ${mimeType}`)
  return item
}

async function findItemBelow(
  host: Host,
  controlUrl: string,
  mimeType: string,
  containerId: string,
): Promise<FoundItem | undefined> {
  const didl = await browseChildren(host, controlUrl, containerId)
  const [root = ''] = didl.match(/<DIDL-Lite[^>]*>/) ?? []
  for (const [item] of didl.matchAll(/<item [\s\S]*?<\/item>/g)) {
    const [, protocol = '', url = ''] =
      item.match(/<res [^>]*protocolInfo="([^"]*)"[^>]*>([^<]*)</) ?? []
    if (protocol.split(':')[2] === mimeType) {
      return { url: unescapeText(url), metadata: `${root}${item}</DIDL-Lite>` }
    }
  }
  for (const [, id = ''] of didl.matchAll(/<container id="([^"]*)"/g)) {
    const found = await findItemBelow(host, controlUrl, mimeType, unescapeText(id))
    if (found) return found
  }
  return undefined
}

/** Of the ContentDirectory that the device description at `location` names. */
export async function contentDirectoryUrl(host: Host, location: string): Promise<string> {
  const { stdout } = await host.run(['curl', '-s', '--fail', location])
  const [, path] =
    stdout.match(/service:ContentDirectory:1<[\s\S]*?<controlURL>([^<]+)<\/controlURL>/) ?? []
  if (path === undefined) throw new Error(`no ContentDirectory in ${stdout}`)
  return new URL(path, location).href
}
