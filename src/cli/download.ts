import { setTimeout as after } from 'node:timers/promises'
import { openDataFolder } from '../app/data-folder.ts'
import { openSession } from '../app/open-session.ts'
import { readTorrentArguments, type TorrentArgument } from '../app/torrent-arguments.ts'
import type { Config } from '../config/config.ts'
import type { Session, Torrent } from '../torrents/surface/surface.ts'
import { withoutLogin } from '../without-login.ts'
import { CliError } from './cli-error.ts'
import { Progress, type ProgressFacts, type ProgressOutput } from './progress.ts'
import type { SessionPorts } from './session-command.ts'

export interface DownloadOptions {
  readonly config: Config
  /** Indices; `null`: all. */
  readonly onlyFiles: readonly number[] | null
}

const LOOK_EVERY_MS = 250

/**
 * Downloads torrents into the data folder and resolves when all of them are there. Rejects with
 * ConfigError for what is no torrent, before anything starts; with CliError, StartError or
 * TorrentError for what stands in the way; with the signal's reason. Whatever has arrived stays.
 */
export async function download(
  { config, onlyFiles }: DownloadOptions,
  { signal, log }: SessionPorts,
  output: ProgressOutput = process.stdout,
): Promise<void> {
  const given = await readTorrentArguments(config.torrents)
  const folder = await openDataFolder(config.dir)
  const session = await openSession(config, { folder: folder.path, log })
  const progress = new Progress(output, () => performance.now())
  try {
    const torrents: Torrent[] = []
    for (const argument of given) {
      torrents.push(await add(session, argument, { config, onlyFiles, signal }))
    }
    await untilFinished(torrents, progress, signal)
    progress.clear()
    for (const { name, infoHash, outputFolder } of torrents) {
      progress.say(`${name ?? infoHash} is in ${outputFolder}`)
    }
  } finally {
    progress.clear()
    await session.close()
  }
}

async function add(
  session: Session,
  { text, source }: TorrentArgument,
  { config, onlyFiles, signal }: DownloadOptions & { readonly signal: AbortSignal },
): Promise<Torrent> {
  try {
    const { torrent } = await session.add(source, {
      ...{ initialPeers: config.peers, overwrite: true, signal },
      ...(onlyFiles === null ? {} : { onlyFiles }),
    })
    // Somebody may have paused it in an earlier run.
    if (torrent.state.kind === 'paused') await torrent.start()
    return torrent
  } catch (error) {
    signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    throw new CliError(`cannot download ${withoutLogin(text)}: ${reason}`, { cause: error })
  }
}

async function untilFinished(
  torrents: readonly Torrent[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    for (const torrent of torrents) {
      // Whoever asks for it again wants it again.
      if (torrent.filesAreGone) await torrent.start()
      requireWell(torrent)
    }
    if (torrents.every((torrent) => torrent.stats().finished)) return
    progress.show(progressOf(torrents))
    // The signal is looked at above.
    await after(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}

/** Throws CliError where a torrent, or a file of it, will not come any further. */
function requireWell(torrent: Torrent): void {
  const name = torrent.name ?? torrent.infoHash
  const { state, fileFaults } = torrent
  if (state.kind === 'error') throw new CliError(`${name}: ${state.message}`)
  if (state.kind === 'paused') throw new CliError(`${name} was stopped`)
  for (const [index, fault] of fileFaults) {
    if (torrent.isSelected(index)) throw new CliError(`${name}, file ${index}: ${fault}`)
  }
}

function progressOf(torrents: readonly Torrent[]): ProgressFacts {
  const all = torrents.map((torrent) => torrent.stats())
  const sum = (of: (stats: (typeof all)[number]) => number): number => {
    return all.reduce((total, stats) => total + of(stats), 0)
  }
  const kinds = new Set(all.map(({ state }) => state.kind))
  const isWaiting = kinds.has('resolving')
  return {
    doing: isWaiting ? 'looking for peers' : kinds.has('initializing') ? 'checking' : 'downloading',
    doneBytes: sum(({ progressBytes }) => progressBytes),
    totalBytes: isWaiting ? 0 : sum(({ totalBytes }) => totalBytes),
    bytesPerSecond: sum(({ live }) => live?.downloadBytesPerSecond ?? 0),
    peers: sum(({ live }) => live?.peers.live ?? 0),
  }
}
