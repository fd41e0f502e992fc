import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { browseChildren } from './clients/control-point.ts'
import { MINIDLNA_CONTROL_URL, startMinidlna } from './clients/minidlna.ts'
import { Lab } from './lab/lab.ts'
import { makeShowTorrent, SHOW } from './lab/media.ts'
import { ask, unescapeText } from './lab/soap.ts'
import { describeWithTools } from './lab/tools.ts'
import { REPOSITORY, Tributary } from './lab/tributary.ts'
import { waitFor } from './lab/wait-for.ts'
import { startLibtorrent } from './peers/seeders.ts'

const CONTENT_DIRECTORY = 'urn:schemas-upnp-org:service:ContentDirectory:1'
const DIFFERENCES = join(REPOSITORY, 'docs/minidlna-differences.md')

/** Ids of the same objects on one of the two servers. */
interface Ids {
  /** Of what holds the show. */
  readonly show: string
  readonly season: string
  readonly item: string
}

type Args = Readonly<Record<string, string>>

/** A request with a name, made of the ids that a server knows. */
type Case = readonly [name: string, action: string, args: (ids: Ids) => Args]

const browse = (name: string, args: (ids: Ids) => Args): Case => [
  name,
  'Browse',
  (ids) => ({
    ObjectID: ids.show,
    BrowseFlag: 'BrowseDirectChildren',
    Filter: '*',
    StartingIndex: '0',
    RequestedCount: '0',
    SortCriteria: '',
    ...args(ids),
  }),
]

const search = (SearchCriteria: string, args: (ids: Ids) => Args = () => ({})): Case => [
  `search ${SearchCriteria}${JSON.stringify(args({ show: 's', season: 't', item: 'i' })).slice(1, -1)}`,
  'Search',
  (ids) => ({
    ContainerID: ids.show,
    SearchCriteria,
    Filter: '*',
    StartingIndex: '0',
    RequestedCount: '0',
    SortCriteria: '+dc:title',
    ...args(ids),
  }),
]

const without = (name: string, missing: string): Case => {
  const [, action, args] =
    name === 'browse' ? browse('', () => ({})) : search('upnp:class derivedfrom "object.item"')
  return [
    `${name} without ${missing}`,
    action,
    (ids) => Object.fromEntries(Object.entries(args(ids)).filter(([key]) => key !== missing)),
  ]
}

const CASES: readonly Case[] = [
  browse('browse a folder', () => ({})),
  browse('browse a folder of episodes', ({ season }) => ({ ObjectID: season })),
  browse('browse the second of a folder', () => ({ StartingIndex: '1', RequestedCount: '1' })),
  browse('browse past the end', () => ({ StartingIndex: '9', RequestedCount: '5' })),
  browse('browse an item', ({ item }) => ({ ObjectID: item })),
  browse('browse nothing', () => ({ ObjectID: 'nothing' })),
  browse('browse by ContainerID', ({ show }) => ({ ObjectID: '', ContainerID: show })),
  browse('browse from -1', () => ({ StartingIndex: '-1' })),
  browse('browse -1', () => ({ RequestedCount: '-1' })),
  browse('browse from no number', () => ({ StartingIndex: 'first' })),
  browse('metadata of an item', ({ item }) => ({ ObjectID: item, BrowseFlag: 'BrowseMetadata' })),
  browse('metadata of nothing', () => ({ ObjectID: 'x', BrowseFlag: 'BrowseMetadata' })),
  browse('metadata with nonsense for SortCriteria', ({ item }) => ({
    ObjectID: item,
    BrowseFlag: 'BrowseMetadata',
    SortCriteria: 'nonsense',
  })),
  browse('another BrowseFlag', () => ({ BrowseFlag: 'BrowseAll' })),
  ...['+dc:title', '-dc:title', 'dc:title', '+dc:title,', 'nonsense', '+upnp:artist', '+'].map(
    (SortCriteria) =>
      browse(`sorted by ${SortCriteria}`, ({ season }) => ({ ObjectID: season, SortCriteria })),
  ),
  ...['ObjectID', 'BrowseFlag', 'Filter', 'StartingIndex', 'RequestedCount', 'SortCriteria'].map(
    (name) => without('browse', name),
  ),
  ...['ContainerID', 'SearchCriteria', 'Filter', 'StartingIndex', 'SortCriteria'].map((name) =>
    without('search', name),
  ),
  search('*'),
  search('upnp:class derivedfrom "object.item.videoItem"'),
  search('upnp:class derivedfrom "object.item.videoItem" and @refID exists false'),
  search('(upnp:class = "object.item.audioItem.musicTrack")'),
  search('upnp:class derivedfrom "object.item" and dc:title contains "PART"'),
  search('dc:title contains "\u00fc"'),
  search('upnp:class derivedfrom "object.item.imageItem" or dc:title contains "sine"'),
  search('upnp:class derivedfrom "object.item" and dc:title doesNotContain "part"'),
  search(
    'upnp:class derivedfrom "object.item" and (dc:title contains "x" or dc:title contains "10")',
  ),
  search('upnp:class derivedfrom "object.container"'),
  search('dc:title contains "\\"quoted\\""'),
  search('upnp:class\tderivedfrom\n"object.item.audioItem"'),
  search('nonsense'),
  search('dc:title contains'),
  search('upnp:class derivedfrom "object.item.videoItem"', () => ({ SortCriteria: '-dc:title' })),
  search('upnp:class derivedfrom "object.item.videoItem"', () => ({ SortCriteria: 'nonsense' })),
  search('upnp:class derivedfrom "object.item.videoItem"', () => ({ ContainerID: 'nothing' })),
  search('upnp:class derivedfrom "object.item.videoItem"', () => ({
    StartingIndex: '1',
    RequestedCount: '1',
  })),
]

/** What is asked of a film's URL, each as a header or as the method alone. */
const MEDIA_REQUESTS: readonly (readonly [name: string, ...curl: string[]])[] = [
  ['GET'],
  ['HEAD', '-I'],
  ...[
    'Range: bytes=0-',
    'Range: bytes=10-19',
    'Range: bytes=-500',
    'Range: bytes=10-99999999999',
    'Range: bytes=99999999999-',
    'Range: bytes=20-10',
    'Range: bytes=0-1,4-5',
    'getcontentFeatures.dlna.org: 1',
    'getcontentFeatures.dlna.org: 2',
    'transferMode.dlna.org: Streaming',
    'transferMode.dlna.org: Interactive',
    'transferMode.dlna.org: Background',
    'TimeSeekRange.dlna.org: npt=10-',
    'PlaySpeed.dlna.org: speed=2',
    'getAvailableSeekRange.dlna.org: 1',
    'realTimeInfo.dlna.org: DLNA.ORG_TLAG=*',
  ].map((header) => [`GET with ${header}`, '-H', header] as const),
]

/** Of an answer with media, what a television looks at. */
const MEDIA_HEADERS = [
  'content-type',
  'content-length',
  'content-range',
  'transfermode.dlna.org',
  'contentfeatures.dlna.org',
]

describeWithTools(['minidlnad'], 'MiniDLNA over the same files', () => {
  it('answers the same but for what is written down', async () => {
    const lab = await Lab.open()
    const torrent = await makeShowTorrent(lab.folder)
    await startMinidlna(lab, join(lab.folder, SHOW.name))
    const seeder = await startLibtorrent(lab.server, torrent)
    const server = await Tributary.start(lab, {
      torrents: [torrent.path],
      peers: [seeder.address],
    })
    const [ours, theirs] = [
      new Answers(lab, server.controlUrl),
      new Answers(lab, MINIDLNA_CONTROL_URL),
    ]
    const ourIds = await ours.ids(torrent.infoHash)
    const theirIds = await theirs.ids('0')
    const differences: string[] = []
    for (const [name, action, args] of CASES) {
      const [our, their] = await Promise.all([
        ours.ask(action, args(ourIds)),
        theirs.ask(action, args(theirIds)),
      ])
      if (our !== their) differences.push(row(name, our, their))
    }
    const [ourFiles, theirFiles] = [await ours.files(ourIds), await theirs.files(theirIds)]
    for (const [title, file] of ourFiles) {
      const [our, their] = [file.description, theirFiles.get(title)?.description ?? 'none']
      if (our !== their) differences.push(row(`res of ${title}`, our, their))
    }
    const film = 'part 10 #final'
    for (const [name, ...request] of MEDIA_REQUESTS) {
      const [our = [], their = []] = await Promise.all(
        [ourFiles, theirFiles].map((files) => headOf(lab, files.get(film)?.url ?? '', request)),
      )
      if (our.join() === their.join()) continue
      differences.push(row(name, inShort(our, their), inShort(their, our)))
    }
    const written = (await readFile(DIFFERENCES, 'utf8')).split('\n')
    const rows = written.filter((line) => line.startsWith('| `'))
    expect(rows.map((line) => line.split(' | ').slice(0, 3).join(' | '))).toEqual(differences)
  })
})

function row(name: string, our: string, their: string): string {
  return `| \`${name.replace(/\s+/g, ' ')}\` | ${our} | ${their}`
}

class Answers {
  readonly #lab: Lab
  readonly #url: string

  constructor(lab: Lab, url: string) {
    this.#lab = lab
    this.#url = url
  }

  async ids(show: string): Promise<Ids> {
    const season = await this.#idOf(show, 'Season 1')
    return { show, season, item: await this.#idOf(season, 'part 10 #final') }
  }

  /** The code of a fault, or the titles of what was found; the extension, which MiniDLNA drops, is left out. */
  async ask(action: string, args: Args): Promise<string> {
    const answer = await this.#invoke(action, args)
    const code = /<errorCode>(\d+)</.exec(answer)?.[1]
    if (code !== undefined) return `fault ${code}`
    const total = /<TotalMatches>(\d+)</.exec(answer)?.[1]
    const titles = objectsIn(answer).map(
      ({ title, kind, size }) => `${title}${kind === 'item' ? ` (${size})` : '/'}`,
    )
    return `${titles.join(', ')} of ${total}`
  }

  /** What the show and its season hold, by title, once it was looked into. */
  async files({ show, season }: Ids): Promise<ReadonlyMap<string, ListedFile>> {
    return await waitFor(`all files to be known on ${this.#url}`, async () => {
      const didl = await Promise.all([show, season].map((ObjectID) => this.#children(ObjectID)))
      const files = new Map(didl.flatMap((text) => [...filesIn(text)]))
      const areKnown = [...files.values()].every(({ description }) => !description.includes('? x'))
      return files.size > 0 && areKnown && files
    })
  }

  #children(ObjectID: string): Promise<string> {
    return browseChildren(this.#lab.server, this.#url, ObjectID)
  }

  async #idOf(parent: string, title: string): Promise<string> {
    return await waitFor(`${title} on ${this.#url}`, async () => {
      const answer = await this.#invoke('Browse', {
        ObjectID: parent,
        BrowseFlag: 'BrowseDirectChildren',
        Filter: '*',
        StartingIndex: '0',
        RequestedCount: '0',
        SortCriteria: '',
      })
      return objectsIn(answer).find((object) => object.title === title)?.id
    })
  }

  #invoke(action: string, args: Args): Promise<string> {
    return ask(this.#lab.server, this.#url, [CONTENT_DIRECTORY, action], args)
  }
}

interface ListedFile {
  readonly url: string
  /** Class, type, fourth field, and what is known of the file. */
  readonly description: string
}

function* filesIn(didl: string): Generator<readonly [title: string, file: ListedFile]> {
  for (const [item] of didl.matchAll(/<item [\s\S]*?<\/item>/g)) {
    const [, attributes = '', url = ''] = /<res ([^>]*)>([^<]*)</.exec(item) ?? []
    const attribute = (name: string): string =>
      new RegExp(`${name}="([^"]*)"`).exec(attributes)?.[1] ?? ''
    const features = attribute('protocolInfo').split(':').slice(2).join(' ')
    const [duration = ''] = attribute('duration').split('.')
    const facts = ['resolution', 'sampleFrequency', 'nrAudioChannels'].map(attribute)
    const description = [
      /<upnp:class>([^<]*)</.exec(item)?.[1],
      features.replace(/DLNA\.ORG_/g, '').replace(/0{24}/, ''),
      ...[duration, ...facts].map((fact) => fact || '-'),
    ].join(' ')
    yield [titleIn(item), { url: unescapeText(url), description }]
  }
}

/** Status and headers of an answer; of its body nothing is read. */
async function headOf(
  { server }: Lab,
  url: string,
  request: readonly string[],
): Promise<readonly string[]> {
  const { stdout } = await server.run([
    ...['curl', '-s', '--max-filesize', '100000000', '-o', '/dev/null', '-D', '-'],
    ...[...request, url],
  ])
  const [status = '', ...lines] = stdout.trim().toLowerCase().split(/\r?\n/)
  const shown = MEDIA_HEADERS.map((name) => lines.find((line) => line.startsWith(`${name}: `)))
  // The profile's name is compared in the folder.
  const known = shown
    .flatMap((line) => line ?? [])
    .map((line) => line.replace(/0{24}|dlna\.org_pn=\w+;/g, ''))
  const code = status.split(' ')[1] ?? ''
  // Of refusals the body is each server's own.
  return code < '300' ? [code, ...known] : [code]
}

/** The status, and which part of the file it is; of two answers with media also what else is not the same. */
function inShort([code = '', ...headers]: readonly string[], other: readonly string[]): string {
  const shown = headers.filter(
    (header) => header.startsWith('content-range') || (other.length > 1 && !other.includes(header)),
  )
  return [code, ...shown].join(', ')
}

interface FoundObject {
  readonly kind: string
  readonly id: string
  readonly title: string
  readonly size: string
}

function objectsIn(answer: string): readonly FoundObject[] {
  const didl = unescapeText(/<Result>([\s\S]*?)<\/Result>/.exec(answer)?.[1] ?? '')
  return [...didl.matchAll(/<(container|item) id="([^"]*)"[\s\S]*?<\/\1>/g)].map(
    ([object, kind = '', id = '']) => ({
      kind,
      id: unescapeText(id),
      title: titleIn(object),
      size: /<res [^>]*?\bsize="(\d+)"/.exec(object)?.[1] ?? '',
    }),
  )
}

/** Without the extension, which MiniDLNA drops. */
function titleIn(object: string): string {
  const title = unescapeText(/<dc:title>([^<]*)</.exec(object)?.[1] ?? '')
  return title.replace(/\.(?:mkv|mp4|mp3|jpg)$/, '')
}
