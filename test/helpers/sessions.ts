import { onTestFinished } from 'vitest'
import { Session } from '../../src/torrents/session/session.ts'
import type { SessionOptions, SessionPorts } from '../../src/torrents/session/session-options.ts'
import type { Torrent } from '../../src/torrents/torrent/torrent.ts'
import { type Fixture, storeFixture } from './make-torrent.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { inTime } from './within.ts'

/** A session that meets only the peers it is told about; closed when the test ends. */
export async function openSession(
  options: Partial<SessionOptions & SessionPorts> = {},
): Promise<Session> {
  const session = await Session.open({
    folder: options.folder ?? (await temporaryFolder()),
    dht: false,
    lsd: false,
    trackers: false,
    ...options,
  })
  onTestFinished(() => session.close())
  return session
}

/** A session that has all of the fixture; `address` is where to find it. */
export async function openSeeder(
  fixture: Fixture,
  options: Partial<SessionOptions & SessionPorts> = {},
): Promise<{ session: Session; torrent: Torrent; address: string }> {
  const folder = await temporaryFolder()
  await storeFixture(folder, fixture)
  const session = await openSession({ ...options, folder })
  const source = { kind: 'torrent-file', bytes: fixture.torrentFile } as const
  const { torrent } = await session.add(source, { overwrite: true })
  await until(session, () => torrent.state.kind === 'live')
  return { session, torrent, address: `127.0.0.1:${session.peerPort}` }
}

/** A session takes over fixtures that are stored in `folder`, is finished with them, and ends. */
export async function takeOver(folder: string, ...fixtures: readonly Fixture[]): Promise<void> {
  const session = await openSession({ folder })
  for (const { torrentFile } of fixtures) {
    const { torrent } = await session.add(torrentFile, { overwrite: true })
    await until(session, () => torrent.stats().finished)
  }
  await session.close()
}

/** Resolves when `isTrue` after a change of the session. */
export async function until(session: Session, isTrue: () => boolean): Promise<void> {
  if (isTrue()) return
  let look = (): void => {}
  const isSo = new Promise<void>((resolve) => {
    look = () => {
      if (isTrue()) resolve()
    }
    session.on('changed', look)
  })
  try {
    await inTime(`${isTrue}`, isSo)
  } finally {
    session.off('changed', look)
  }
}
