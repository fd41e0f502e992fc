import type { FactsSource } from '../../src/library/facts/facts-source.ts'
import type { LibraryTorrent } from '../../src/library/files/library-source.ts'
import { Library } from '../../src/library/library.ts'
import type { PlaybackStore } from '../../src/library/playback/playback-store.ts'
import { silentLogger } from '../../src/log.ts'
import { contentDirectory } from '../../src/upnp/content-directory/content-directory.ts'
import { type ControlAnswer, control } from '../../src/upnp/control/control.ts'
import { DEFAULT_PROFILE, type RendererProfile } from '../../src/upnp/renderers/renderer-profile.ts'
import { BROWSE, CONTENT_DIRECTORY, objectsOf, outputsOf, soapBody } from './soap-request.ts'
import { memoryStore, TorrentShelf } from './torrent-shelf.ts'

type Args = Readonly<Record<string, string>>

/** A ContentDirectory over torrents without an engine, asked as over HTTP. */
export class AskedDirectory {
  readonly shelf: TorrentShelf
  readonly library: Library
  readonly #service: ReturnType<typeof contentDirectory>

  constructor(
    torrents: readonly LibraryTorrent[],
    { playbacks, facts }: { readonly playbacks?: PlaybackStore; readonly facts?: FactsSource } = {},
  ) {
    const log = silentLogger()
    this.shelf = new TorrentShelf(torrents)
    const updateIds = memoryStore(5)
    this.library = new Library({
      source: this.shelf,
      updateIds,
      log,
      ...(playbacks === undefined ? {} : { playbacks }),
      ...(facts === undefined ? {} : { facts }),
    })
    this.#service = contentDirectory(this.library, log)
  }

  /** @param renderer - Who asks. */
  ask(
    action: string,
    args: Args = {},
    renderer: RendererProfile = DEFAULT_PROFILE,
  ): Promise<ControlAnswer> {
    const body = Buffer.from(soapBody(CONTENT_DIRECTORY, action, args))
    const baseUrl = 'http://192.168.1.2:3030'
    const serviceType = CONTENT_DIRECTORY
    const request = { serviceType, soapAction: undefined, body, baseUrl, renderer }
    return control(this.#service, request, silentLogger())
  }

  /** Children of the root, or what `args` say. */
  browse(args: Args = {}, renderer: RendererProfile = DEFAULT_PROFILE) {
    return this.#list('Browse', { ...BROWSE, ...args }, renderer)
  }

  /** In the whole library, or what `args` say. */
  search(SearchCriteria: string, args: Args = {}) {
    return this.#list('Search', { ContainerID: '0', SearchCriteria, Filter: '*', ...args })
  }

  async #list(action: string, args: Args, renderer: RendererProfile = DEFAULT_PROFILE) {
    const { xml } = await this.ask(action, args, renderer)
    const { Result = '', ...counts } = await outputsOf(xml)
    const { containers, items } = await objectsOf(Result)
    const titles = [...containers, ...items].map((object) => object['dc:title'][0])
    return { xml, didl: Result, containers, items, titles, counts }
  }
}
