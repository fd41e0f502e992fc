import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '../log.ts'
import type { SessionOptions } from '../torrents/session/session-options.ts'
import { Session } from '../torrents/surface/surface.ts'

const DEMO_FOLDER = new URL('../../demo/', import.meta.url)
const TORRENT_FILES = ['River.torrent', 'Delta.torrent', 'Spring.torrent']

/** Of the peer that has the clips: a few times what they take to play, so they can be seen to arrive. */
const UPLOAD_BYTES_PER_SECOND = 512 * 1024

/** No one but the two sessions of this process. */
export const ALONE = {
  dht: false,
  lsd: false,
  trackers: false,
  portForward: false,
} as const satisfies Partial<SessionOptions>

/** A new folder for a demo that was given none; its owner removes it. */
export function makeDemoFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'tributary-demo-'))
}

/** The second peer: it has the bundled clips and gives them to whoever asks. */
export class DemoPeer {
  readonly #session: Session
  readonly #folder: string

  private constructor(session: Session, folder: string) {
    this.#session = session
    this.#folder = folder
  }

  /** Works on a copy of the clips, because a session writes beside its files. Leaves nothing behind where it rejects. */
  static async open(log: Logger): Promise<DemoPeer> {
    const folder = await makeDemoFolder()
    try {
      await cp(fileURLToPath(new URL('clips/', DEMO_FOLDER)), folder, { recursive: true })
      return await DemoPeer.#openIn(folder, log)
    } catch (error) {
      await removeFolder(folder)
      throw error
    }
  }

  static async #openIn(folder: string, log: Logger): Promise<DemoPeer> {
    const session = await Session.open({
      ...ALONE,
      folder,
      verification: 'always',
      uploadBytesPerSecond: UPLOAD_BYTES_PER_SECOND,
      log,
    })
    try {
      await addClips(session, [])
    } catch (error) {
      await session.close()
      throw error
    }
    return new DemoPeer(session, folder)
  }

  /** Adds the clips to a session that will fetch them from this peer. */
  async shareWith(session: Session): Promise<void> {
    await addClips(session, [`127.0.0.1:${this.#session.peerPort}`])
  }

  async close(): Promise<void> {
    await this.#session.close()
    await removeFolder(this.#folder)
  }
}

async function addClips(session: Session, initialPeers: readonly string[]): Promise<void> {
  for (const name of TORRENT_FILES) {
    const bytes = await readFile(new URL(name, DEMO_FOLDER))
    await session.add(bytes, { initialPeers, overwrite: true })
  }
}

function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true })
}
