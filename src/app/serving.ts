import type { Server } from 'node:http'
import { hostname, networkInterfaces, release, type } from 'node:os'
import { join } from 'node:path'
import { wallClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { errorCode } from '../error-code.ts'
import { AccessRules } from '../http/access/access-rules.ts'
import { CrossOrigin } from '../http/access/cors.ts'
import { namesOfMachine } from '../http/access/host-names.ts'
import { PasswordAttempts } from '../http/access/password-attempts.ts'
import { SignedPaths } from '../http/access/signed-paths.ts'
import { createHttpServer, type HttpServerOptions } from '../http/http-server.ts'
import { upnpRouter } from '../http/upnp-endpoints/upnp-routes.ts'
import type { Library } from '../library/library.ts'
import type { Logger, LogLevel } from '../log.ts'
import type { LogFeed } from '../log-feed.ts'
import { packageVersion } from '../package-version.ts'
import type { Settings } from '../settings/settings.ts'
import type { Session } from '../torrents/surface/surface.ts'
import { deviceDescription } from '../upnp/description/description.ts'
import { serverHeader, type Udn } from '../upnp/description/names.ts'
import { Discovery, type DiscoveryPorts } from '../upnp/discovery/discovery.ts'
import type { InterfaceSelection } from '../upnp/discovery/network-interfaces.ts'
import { openUdpSocket } from '../upnp/discovery/ssdp-socket.ts'
import { watchedSocket } from '../upnp/discovery/watched-socket.ts'
import { MediaServer } from '../upnp/media-server.ts'
import { httpTextFetcher } from '../upnp/renderers/fetch-text.ts'
import { RendererDescriptions } from '../upnp/renderers/renderer-descriptions.ts'
import type { RendererProfile } from '../upnp/renderers/renderer-profile.ts'
import { RENDERER_RULES } from '../upnp/renderers/renderer-table.ts'
import { Renderers } from '../upnp/renderers/renderers.ts'
import { WatchedRules } from '../upnp/renderers/watched-rules.ts'
import { Traffic } from '../upnp/traffic/traffic.ts'
import { accessOptions, accessSettings } from './access-settings.ts'
import type { CloseStack } from './close-stack.ts'
import { folderFault } from './folder-fault.ts'
import { type Listening, listen } from './listen.ts'
import { PAGE_HOST, PageAnnouncement } from './page-announcement.ts'
import { interfaceSetting, nameSetting } from './settings.ts'
import { makeControlPoint } from './start-control-point.ts'
import { StartError } from './start-error.ts'
import { startLibrary } from './start-library.ts'
import { readOrCreateStreamKey } from './stream-key.ts'
import { TrafficRecorder } from './traffic-recorder.ts'
import { lanUrls } from './urls.ts'

export interface ServingOptions {
  readonly config: Config
  readonly session: Session
  readonly settings: Settings
  readonly friendlyName: string
  readonly udn: Udn
  /** Where ids are kept; it exists. */
  readonly stateFolder: string
  /** A socket that systemd listens on; `null` for one of our own. */
  readonly descriptor: number | null
  readonly closing: CloseStack
  readonly discoveryPorts: Partial<DiscoveryPorts>
  /** Hears what `log` is told; without it nobody can read along. */
  readonly logFeed?: LogFeed | undefined
  readonly log: Logger
  /** Writes at debug whatever the level of `log` is. */
  readonly wireLog: Logger
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
  const { renderers, ruleChoice } = await startRenderers(options)
  const traffic = new Traffic({
    log: options.wireLog,
    isDebugging: config.logLevel === 'debug' || config.logLevel === 'trace',
  })
  if (config.record !== null) await startRecording(config.record, traffic, options)
  const { library, facts, subtitles, pictures } = await startLibrary(options)
  const crossOrigin = config.corsAllow === null ? null : new CrossOrigin(config.corsAllow)
  const rules = new AccessRules(
    {
      ...accessOptions(config),
      ownNames: [...namesOfMachine(hostname()), `${PAGE_HOST}.local`],
      crossOrigin,
    },
    new PasswordAttempts(() => performance.now(), log.child({ name: 'http' })),
  )
  for (const setting of accessSettings(config, rules)) await options.settings.register(setting)
  const key = await readOrCreateStreamKey(options.stateFolder, log)
  const signedPaths = new SignedPaths({ key, session, rules, now: () => Date.now() })
  const parts = { renderers, traffic, library, version, signedPaths }
  const { discoveryPorts } = options
  const play = config.dlna
    ? makeControlPoint({
        ...{ library, session, renderers, traffic, rules, signedPaths, discoveryPorts },
        ...{ userAgent: header, closing, log },
      })
    : null
  const selection = { interfaceNames: config.interfaces, host: config.host ?? '::' }
  await options.settings.register(
    interfaceSetting(config, (names) => {
      selection.interfaceNames = names
    }),
  )
  let httpPort = config.port
  const server = createHttpServer({
    session,
    addresses: () => lanUrls(networkInterfaces(), selection, httpPort),
    library,
    facts,
    pictures,
    upnp: config.dlna ? await startMediaServer(options, parts) : null,
    renderers,
    controlPoint: play?.controlPoint ?? null,
    ruleChoice,
    traffic,
    settings: options.settings,
    subtitles,
    rules,
    signedPaths,
    allowCreate: config.allowCreate,
    ...logsOf(options),
    serverHeader: header,
    version,
    findFault: () => folderFault(session.folder),
    log,
  })
  const listening = await listen(server, {
    ...{ host: config.host, port: config.port },
    descriptor: options.descriptor,
  })
  httpPort = listening.port
  selection.host = listening.host
  closing.push('http', () => closeServer(server))
  if (config.mdns) announcePage(options, { selection, httpPort })
  if (play === null) return { listening, warnings: unknownInterfaces(config.interfaces) }
  const hear: Heard['hear'] = (datagram, from) => play.controlPoint.hear(datagram, from)
  const heard = { traffic, renderers, server: header, hear }
  const discovery = await startDiscovery(options, { selection, httpPort }, heard)
  play.start({ listening, links: () => discovery.networks })
  return { listening, warnings: [...unknownInterfaces(config.interfaces), ...discovery.warnings] }
}

/** The log, for whoever reads it along over HTTP. */
function logsOf({ logFeed, settings }: ServingOptions): Pick<HttpServerOptions, 'logs'> {
  if (logFeed === undefined) return {}
  const setLevel = (level: LogLevel): Promise<void> => settings.change({ 'log-level': level })
  return { logs: { feed: logFeed, setLevel } }
}

async function startRenderers({
  stateFolder,
  closing,
  log,
}: ServingOptions): Promise<{ readonly renderers: Renderers; readonly ruleChoice: WatchedRules }> {
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
  return { renderers, ruleChoice: rules }
}

/** Throws StartError where the folder cannot be made. */
async function startRecording(
  folder: string,
  traffic: Traffic,
  { closing, log }: ServingOptions,
): Promise<void> {
  const recorder = new TrafficRecorder({ folder, traffic, clock: wallClock, log })
  try {
    await recorder.open()
  } catch (error) {
    throw new StartError(`cannot record into ${folder}: ${errorCode(error)} (--record)`, {
      cause: error,
    })
  }
  closing.push('recorder', () => recorder.close())
}

interface MediaServerParts {
  readonly renderers: Renderers
  readonly traffic: Traffic
  readonly library: Library
  readonly version: string
  readonly signedPaths: SignedPaths
}

async function startMediaServer(
  { config, settings, friendlyName, udn, closing, log }: ServingOptions,
  { renderers, traffic, library, version, signedPaths }: MediaServerParts,
): Promise<ReturnType<typeof upnpRouter>> {
  const mediaServer = new MediaServer({ library, udn, traffic, clock: wallClock, log })
  closing.push('media server', async () => mediaServer.close())
  let name = friendlyName
  await settings.register(
    nameSetting(config, friendlyName, (value) => {
      name = value
    }),
  )
  const description = (renderer: RendererProfile): string =>
    deviceDescription({ udn, friendlyName: name, version }, renderer)
  return upnpRouter({ description, mediaServer, renderers, traffic, signedPaths, log })
}

/** Where the server is announced; the selection may change while it runs. */
interface AnnouncedAt {
  readonly selection: InterfaceSelection
  readonly httpPort: number
}

/** Who hears datagrams besides discovery itself, and how we call ourselves in ours. */
interface Heard {
  readonly traffic: Traffic
  readonly renderers: Renderers
  readonly server: string
  readonly hear: (datagram: Uint8Array, from: string) => void
}

async function startDiscovery(
  { config, udn, closing, discoveryPorts, log }: ServingOptions,
  { selection, httpPort }: AnnouncedAt,
  { traffic, renderers, server, hear }: Heard,
): Promise<Discovery> {
  const { openSocket = openUdpSocket } = discoveryPorts
  const descriptions = new RendererDescriptions({
    describe: (address, description) => renderers.describe(address, description),
    fetchText: httpTextFetcher(wallClock),
    clock: wallClock,
    log: log.child({ name: 'renderers' }),
  })
  const discovery = new Discovery({
    udn,
    httpPort,
    locationPath: '/rootDesc.xml',
    server,
    selection,
    ipv6: config.ipv6Discovery,
    maxAgeSeconds: config.ssdpMaxAgeSeconds,
    intervalSeconds: config.ssdpIntervalSeconds,
    log: log.child({ name: 'ssdp' }),
    ports: {
      ...discoveryPorts,
      openSocket: (...args) => {
        const socket = watchedSocket(openSocket(...args), traffic)
        socket.on('message', (datagram, { address }) => {
          descriptions.hear(datagram, address)
          hear(datagram, address)
        })
        return socket
      },
    },
  })
  closing.push('discovery', () => discovery.close())
  await discovery.start()
  return discovery
}

function announcePage(
  { friendlyName, closing, log }: ServingOptions,
  { selection, httpPort }: AnnouncedAt,
): void {
  const announcement = new PageAnnouncement({
    ...{ friendlyName, httpPort, selection },
    log: log.child({ name: 'mdns' }),
  })
  closing.push('page announcement', () => announcement.close())
  announcement.open()
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
