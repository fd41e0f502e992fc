import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { openSession } from '../app/open-session.ts'
import type { Config } from '../config/config.ts'
import { type CreatedTorrent, createTorrent } from '../torrents/metainfo/creation/create-torrent.ts'
import type { Torrent } from '../torrents/surface/surface.ts'
import { CliError } from './cli-error.ts'
import { Progress, type ProgressOutput } from './progress.ts'
import { Interrupted, type SessionPorts } from './session-command.ts'
import { sizeText } from './size-text.ts'

export interface ShareOptions {
  readonly config: Config
  readonly path: string
  readonly trackers: readonly string[]
  readonly webSeeds: readonly string[]
  readonly isPrivate: boolean
  /** Where the torrent file is written; `null`: nowhere. */
  readonly output: string | null
}

/** Where the magnet goes, and all else. */
export interface ShareOutput {
  readonly magnet: { write(text: string): unknown }
  readonly progress: ProgressOutput
}

const LOOK_EVERY_MS = 250

/**
 * Makes a torrent of a path and shares it until the signal; resolves then. Rejects with TorrentError
 * `invalid-torrent` for what cannot be shared, with CliError where it has changed meanwhile.
 */
export async function share(
  options: ShareOptions,
  { signal, log }: SessionPorts,
  output: ShareOutput = { magnet: process.stdout, progress: process.stderr },
): Promise<void> {
  const { config, trackers, webSeeds, isPrivate } = options
  const progress = new Progress(output.progress, () => performance.now())
  const path = await realpath(options.path).catch(() => options.path)
  const startedAt = performance.now()
  const created = await createTorrent(path, {
    ...{ trackers, webSeeds, isPrivate, signal },
    onProgress: (doneBytes, totalBytes) => {
      const bytesPerSecond = (doneBytes / (performance.now() - startedAt)) * 1_000
      progress.show({ doing: 'hashing', doneBytes, totalBytes, bytesPerSecond, peers: null })
    },
  }).finally(() => progress.clear())
  if (options.output !== null) await writeFile(options.output, created.torrentFile)
  // Nothing of ours is written beside what is shared, which may not be writable at all.
  const stateFolder = await mkdtemp(join(tmpdir(), 'tributary-share-'))
  try {
    const session = await openSession(config, { folder: dirname(path), stateFolder, log })
    try {
      const { torrent } = await session.add(created.torrentFile, { overwrite: true })
      await untilChecked(torrent, progress, signal)
      tell(created, session.peerPort, output, progress)
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true })
        if (signal.aborted) resolve(undefined)
      })
      if (!(signal.reason instanceof Interrupted)) throw signal.reason
    } finally {
      await session.close()
    }
  } finally {
    await rm(stateFolder, { recursive: true, force: true })
  }
}

async function untilChecked(
  torrent: Torrent,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    const { state, finished, progressBytes, totalBytes } = torrent.stats()
    if (state.kind === 'error') throw new CliError(state.message)
    if (finished) break
    if (state.kind === 'live') throw new CliError('it changed while it was read: share it again')
    const facts = { doneBytes: progressBytes, totalBytes, bytesPerSecond: 0, peers: null }
    progress.show({ doing: 'checking', ...facts })
    await after(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
  progress.clear()
}

function tell(
  { name, length, fileCount, magnet }: CreatedTorrent,
  peerPort: number,
  output: ShareOutput,
  progress: Progress,
): void {
  const files = fileCount === 1 ? '1 file' : `${fileCount} files`
  progress.say(
    `Sharing ${name} (${files}, ${sizeText(length)}) on port ${peerPort}; Ctrl-C ends it.`,
  )
  output.magnet.write(`${magnet}\n`)
}
