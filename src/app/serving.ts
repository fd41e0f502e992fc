import type { Server } from 'node:http'
import { hostname, networkInterfaces, release, type } from 'node:os'
import { join } from 'node:path'
import { wallClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { namesOfMachine } from '../http/host-names.ts'
import { createHttpServer } from '../http/http-server.ts'
import { upnpRouter } from '../http/upnp-routes.ts'
import { Library } from '../library/library.ts'
import { PlaybackStore } from '../library/playback-store.ts'
import { fileUpdateIdStore } from '../library/update-id.ts'
import type { Logger } from '../log.ts'
import { packageVersion } from '../package-version.ts'
import { AtomicFile } from '../torrents/state/atomic-file.ts'
import type { Session } from '../torrents/torrents.ts'
import { deviceDescription } from '../upnp/description/description.ts'
import { serverHeader, type Udn } from '../upnp/description/names.ts'
import { Discovery, type DiscoveryPorts } from '../upnp/discovery/discovery.ts'
import { MediaServer } from '../upnp/media-server.ts'
import type { RendererProfile } from '../upnp/renderers/renderer-profile.ts'
import { RENDERER_RULES } from '../upnp/renderers/renderer-table.ts'
import { Renderers } from '../upnp/renderers/renderers.ts'
import { WatchedRules } from '../upnp/renderers/watched-rules.ts'
import type { CloseStack } from './close-stack.ts'
import { type Listening, listen } from './listen.ts'

export interface ServingOptions {
  readonly config: Config
  readonly session: Session
  readonly friendlyName: string
  readonly udn: Udn
  /** Where ids are kept; it exists. */
  readonly stateFolder: string
  readonly closing: CloseStack
  readonly discoveryPorts: Partial<DiscoveryPorts>
  readonly log: Logger
}

export interface Serving {
  readonly listening: Listening
  /** Why TVs may not find the server. */
  readonly warnings: readonly string[]
}

/** HTTP, and without --no-dlna the library and UPnP: everything between the session and the LAN. */
export async function startServing(options: ServingOptions): Promise<Serving> {
  const { config, session, closing, log } = options
  const version = packageVersion()
  const header = serverHeader({ system: type(), release: release(), version })
  const renderers = await startRenderers(options)
  const server = createHttpServer({
    session,
    upnp: config.dlna ? await startMediaServer(options, renderers, version) : null,
    renderers,
    auth: config.auth,
    trustProxy: config.trustProxy,
    trustLoopback: config.trustLoopback,
    ownNames: namesOfMachine(hostname()),
    serverHeader: header,
    version,
    log,
  })
  const listening = await listen(server, config)
  closing.push('http', () => closeServer(server))
  const warnings = config.dlna ? await startDiscovery(options, listening, header) : []
  return { listening, warnings: [...unknownInterfaces(config.interfaces), ...warnings] }
}

async function startRenderers({ stateFolder, closing, log }: ServingOptions): Promise<Renderers> {
  const rendererLog = log.child({ name: 'renderers' })
  const renderers = new Renderers({ clock: wallClock, log: rendererLog })
  const rules = new WatchedRules({
    path: join(stateFolder, 'renderers.json'),
    renderers,
    ruleIds: new Set(RENDERER_RULES.map(({ id }) => id)),
    clock: wallClock,
    log: rendererLog,
  })
  closing.push('renderer rules', async () => rules.close())
  await rules.start()
  return renderers
}

async function startMediaServer(
  options: ServingOptions,
  renderers: Renderers,
  version: string,
): Promise<ReturnType<typeof upnpRouter>> {
  const { session, friendlyName, udn, stateFolder, closing, log } = options
  const updateIds = fileUpdateIdStore(join(stateFolder, 'update-id'))
  const libraryLog = log.child({ name: 'library' })
  const watched = new AtomicFile(join(stateFolder, 'watched.json'))
  const playbacks = await PlaybackStore.open(watched, libraryLog)
  closing.push('what was watched', () => playbacks.close())
  const library = new Library({ source: session, updateIds, playbacks, log: libraryLog })
  closing.push('library', async () => library.close())
  const mediaServer = new MediaServer({ library, clock: wallClock, log })
  closing.push('media server', async () => mediaServer.close())
  const facts = { udn, friendlyName, version }
  const description = (renderer: RendererProfile): string => deviceDescription(facts, renderer)
  return upnpRouter({ description, mediaServer, renderers, log })
}

async function startDiscovery(
  { config, udn, closing, discoveryPorts, log }: ServingOptions,
  { host, port }: Listening,
  server: string,
): Promise<readonly string[]> {
  const discovery = new Discovery({
    udn,
    httpPort: port,
    locationPath: '/rootDesc.xml',
    server,
    selection: { interfaceNames: config.interfaces, host },
    log: log.child({ name: 'ssdp' }),
    ports: discoveryPorts,
  })
  closing.push('discovery', () => discovery.close())
  await discovery.start()
  return discovery.warnings
}

/** Streams end here: whoever watches is cut off. */
async function closeServer(server: Server): Promise<void> {
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
}

function unknownInterfaces(names: readonly string[]): string[] {
  const known = networkInterfaces()
  return names
    .filter((name) => known[name] === undefined)
    .map((name) => `this machine has no interface ${name} now (--interface)`)
}
