import { hostname, networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { CloseStack } from './app/close-stack.ts'
import { openDataFolder } from './app/data-folder.ts'
import { DemoPeer } from './app/demo.ts'
import { blocklistSetting, dailyLimitsSetting, limitSettings } from './app/limit-settings.ts'
import { openSession } from './app/open-session.ts'
import { removeRunningServer, writeRunningServer } from './app/running-server.ts'
import { startServing } from './app/serving.ts'
import {
  connectionSettings,
  logLevelSetting,
  quotaSetting,
  reserveSetting,
} from './app/settings.ts'
import { keepHeapSmall } from './app/small-heap.ts'
import {
  addTorrentArguments,
  readTorrentArguments,
  type TorrentArgument,
} from './app/torrent-arguments.ts'
import { lanUrls, localUrl } from './app/urls.ts'
import { WatchFolder } from './app/watch-folder.ts'
import { AtomicFile } from './atomic-file.ts'
import { wallClock } from './clock.ts'
import type { Config } from './config/config.ts'
import type { Logger, LogLevel } from './log.ts'
import type { LogFeed } from './log-feed.ts'
import { Settings } from './settings/settings.ts'
import type { Session } from './torrents/surface/surface.ts'
import { readOrCreateUdn } from './upnp/description/udn-file.ts'
import type { DiscoveryPorts } from './upnp/discovery/discovery.ts'

/** The world outside; what is left out is this machine's. */
export interface AppPorts {
  readonly log: Logger
  /** Writes at debug whatever the level of `log` is; `log` itself when absent. */
  readonly wireLog?: Logger
  /** Changes the level of `log`; without it the level stays. */
  readonly setLogLevel?: (level: LogLevel) => void
  /** A socket that listens already, for HTTP; one of our own when absent. */
  readonly descriptor?: number | null
  /** Hears what `log` is told; without it nobody can read along. */
  readonly logFeed?: LogFeed
  /** Aborted where the start is to be given up; all that has begun is closed then. */
  readonly ending?: AbortSignal
  readonly discovery?: Partial<DiscoveryPorts>
}

/** What a person is told when the server is up. */
export interface AppFacts {
  /** Friendly name. */
  readonly name: string
  /** Where others on the LAN find the server. */
  readonly urls: readonly string[]
  /** Where this machine finds it: the one that may change something without a password. */
  readonly localUrl: string
  readonly peerPort: number
  /** Absolute path of the data folder. */
  readonly folder: string
  readonly isDemo: boolean
  readonly warnings: readonly string[]
}

export interface App {
  readonly facts: AppFacts
  /** Says byebye, then ends everything that was started, in reverse. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts session, library, HTTP and SSDP, in this order. Rejects with ConfigError for a torrent that
 * is none, before anything is started; with StartError or TorrentError for what stands in the way,
 * after everything has been closed again; with the reason of `ending` once that is aborted.
 */
export async function startApp(config: Config, ports: AppPorts): Promise<App> {
  const { log, ending } = ports
  ending?.throwIfAborted()
  const torrents = await readTorrentArguments(config.torrents)
  const closing = new CloseStack(log, ending)
  try {
    const facts = await start(config, torrents, ports, closing)
    return { facts, close: () => closing.close() }
  } catch (error) {
    await closing.close()
    throw error
  }
}

async function start(
  config: Config,
  torrents: readonly TorrentArgument[],
  {
    log,
    wireLog = log,
    descriptor = null,
    setLogLevel = () => {},
    logFeed,
    discovery = {},
  }: AppPorts,
  closing: CloseStack,
): Promise<AppFacts> {
  const folder = await openDataFolder(config.dir)
  closing.push('folder', folder.dispose)
  const stateFolder = join(folder.path, '.tributary')
  const session = await openSession(config, { folder: folder.path, log })
  closing.push('session', () => session.close())
  keepHeapSmall(session.torrents.length)
  // The session has locked the folder: nobody else writes into it.
  const settings = await Settings.open(
    new AtomicFile(join(stateFolder, 'settings.json'), { holds: 'the settings' }),
    log,
  )
  await settings.register(logLevelSetting(config, setLogLevel))
  for (const setting of connectionSettings(config, session)) await settings.register(setting)
  await settings.register(quotaSetting(config, session))
  await settings.register(reserveSetting(config, session))
  const [download, upload, ratio, minutes] = limitSettings(config, session)
  for (const rate of [download, upload]) await settings.register(rate)
  await settings.register(dailyLimitsSetting(config, session))
  await settings.register(blocklistSetting(config, session))
  for (const goal of [ratio, minutes]) await settings.register(goal)
  // Whoever asks first finds what was given. A URL may take its time, or never answer: see below.
  const isUrl = ({ source }: TorrentArgument): boolean => source.kind === 'url'
  const given = torrents.filter((torrent) => !isUrl(torrent))
  await addTorrentArguments(session, given, config.peers, log)
  if (config.demo) {
    const peer = await DemoPeer.open(log.child({ name: 'demo' }))
    closing.push('demo peer', () => peer.close())
    await peer.shareWith(session)
  }
  const name = config.name ?? `Tributary (${hostname()})`
  const { listening, warnings } = await startServing({
    config,
    session,
    settings,
    friendlyName: name,
    udn: await readOrCreateUdn(stateFolder),
    stateFolder,
    descriptor,
    closing,
    discoveryPorts: discovery,
    log,
    wireLog,
    logFeed,
  })
  const url = localUrl(listening)
  closing.push('where it runs', () => removeRunningServer(stateFolder))
  await writeRunningServer(stateFolder, { pid: process.pid, url }).catch((error: unknown) =>
    // On a full disk it serves all the same; commands then need --server.
    log.warn({ err: error }, 'other programs of this machine will not find the server'),
  )
  void addTorrentArguments(session, torrents.filter(isUrl), config.peers, log)
  startWatching(config, session, closing, log)
  const selection = { interfaceNames: config.interfaces, host: listening.host }
  return {
    name,
    urls: lanUrls(networkInterfaces(), selection, listening.port),
    localUrl: url,
    peerPort: session.peerPort,
    folder: folder.path,
    isDemo: config.demo,
    warnings,
  }
}

function startWatching(config: Config, session: Session, closing: CloseStack, log: Logger): void {
  if (config.watch === null) return
  const folder = resolve(config.watch)
  const watched = new WatchFolder({
    ...{ folder, session, clock: wallClock },
    log: log.child({ name: 'watch' }),
  })
  closing.push('watch folder', () => watched.close())
  watched.start()
}
