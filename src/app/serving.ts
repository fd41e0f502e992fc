import { networkInterfaces, release, type } from 'node:os'
import type { Config } from '../config/config.ts'
import { createHttpServer, type HttpServerOptions } from '../http/http-server.ts'
import type { Logger, LogLevel } from '../log.ts'
import type { LogFeed } from '../log-feed.ts'
import { packageVersion } from '../package-version.ts'
import type { Settings } from '../settings/settings.ts'
import type { Session } from '../torrents/surface/surface.ts'
import { serverHeader, type Udn } from '../upnp/description/names.ts'
import type { DiscoveryPorts } from '../upnp/discovery/discovery.ts'
import type { CloseStack } from './close-stack.ts'
import { folderFault } from './folder-fault.ts'
import { type Listening, openHttp } from './listen.ts'
import { PageAnnouncement } from './page-announcement.ts'
import { interfaceSetting } from './settings.ts'
import { startAccess } from './start-access.ts'
import { makeControlPoint } from './start-control-point.ts'
import { startDiscovery } from './start-discovery.ts'
import { startLibrary } from './start-library.ts'
import { startMediaServer } from './start-media-server.ts'
import { startRenderers } from './start-renderers.ts'
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
  /** Owns what is started here, whether the rest of it can be started or not. */
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
  const { config, session, settings, descriptor, closing, log } = options
  const version = packageVersion()
  const header = serverHeader({ system: type(), release: release(), version })
  const { renderers, ruleChoice, traffic } = await startRenderers(options)
  const { library, facts, subtitles, pictures } = await startLibrary(options)
  const { rules, signedPaths } = await startAccess(options)
  const shared = { ...options, renderers, traffic, library, signedPaths }
  const play = config.dlna ? makeControlPoint({ ...shared, rules, userAgent: header }) : null
  const selection = { interfaceNames: config.interfaces, host: config.host ?? '::' }
  await settings.register(
    interfaceSetting(config, (names) => {
      selection.interfaceNames = names
    }),
  )
  let httpPort = config.port
  const server = createHttpServer({
    ...{ session, library, facts, pictures, subtitles, renderers, ruleChoice, traffic, settings },
    ...{ rules, signedPaths, version, log },
    addresses: () => lanUrls(networkInterfaces(), selection, httpPort),
    upnp: config.dlna ? await startMediaServer({ ...shared, version }) : null,
    controlPoint: play?.controlPoint ?? null,
    allowCreate: config.allowCreate,
    ...logsOf(options),
    serverHeader: header,
    findFault: () => folderFault(session.folder),
  })
  const { host, port } = config
  const listening = await openHttp(server, { host, port, descriptor }, closing)
  httpPort = listening.port
  selection.host = listening.host
  if (config.mdns) announcePage(options, { selection, httpPort })
  if (play === null) return { listening, warnings: unknownInterfaces(config.interfaces) }
  const discovery = await startDiscovery({
    ...{ ...shared, selection, httpPort, server: header },
    hear: (datagram, from) => play.controlPoint.hear(datagram, from),
  })
  play.start({ listening, links: () => discovery.networks })
  return { listening, warnings: [...unknownInterfaces(config.interfaces), ...discovery.warnings] }
}

/** The log, for whoever reads it along over HTTP. */
function logsOf({ logFeed, settings }: ServingOptions): Pick<HttpServerOptions, 'logs'> {
  if (logFeed === undefined) return {}
  const setLevel = (level: LogLevel): Promise<void> => settings.change({ 'log-level': level })
  return { logs: { feed: logFeed, setLevel } }
}

function announcePage(
  { friendlyName, closing, log }: ServingOptions,
  where: Pick<ConstructorParameters<typeof PageAnnouncement>[0], 'selection' | 'httpPort'>,
): void {
  const announcement = new PageAnnouncement({
    ...{ ...where, friendlyName },
    log: log.child({ name: 'mdns' }),
  })
  closing.push('page announcement', () => announcement.close())
  announcement.open()
}

function unknownInterfaces(names: readonly string[]): string[] {
  const known = networkInterfaces()
  return names
    .filter((name) => known[name] === undefined)
    .map((name) => `this machine has no interface ${name} now (--interface)`)
}
