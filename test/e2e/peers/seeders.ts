import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Host } from '../lab/lab.ts'
import type { Torrent } from '../lab/media.ts'
import type { Program } from '../lab/program.ts'
import { DEBIAN_PYTHON } from '../lab/tools.ts'
import { waitFor } from '../lab/wait-for.ts'

const LIBTORRENT_SEEDER = fileURLToPath(new URL('seeder.py', import.meta.url))

// Each lab has its own network, so a port can be taken only by us.
const TRANSMISSION_PEER_PORT = 51_413
const TRANSMISSION_RPC_PORT = 9_091
const ARIA2_PORT = 6_881

/** They check the files first. */
const SEEDING = { timeoutMs: 60_000 }

export interface Seeder {
  /** ip:port */
  readonly address: string
  readonly program: Program
}

export interface LibtorrentOptions {
  /** Bytes a second; default no limit. */
  readonly uploadLimit?: number
  /** Refuse peers that do not encrypt with RC4. */
  readonly encryptedOnly?: boolean
  /** Where it listens; default the loopback of its host. */
  readonly listen?: string
}

export async function startLibtorrent(
  host: Host,
  torrent: Torrent,
  { uploadLimit = 0, encryptedOnly = false, listen = '127.0.0.1' }: LibtorrentOptions = {},
): Promise<Seeder> {
  const program = host.start([
    DEBIAN_PYTHON,
    LIBTORRENT_SEEDER,
    torrent.path,
    torrent.parent,
    `--limit=${uploadLimit}`,
    `--listen=${listen}`,
    ...(encryptedOnly ? ['--encrypted-only'] : []),
  ])
  const [, port] = await program.waitForOutput(/^listening (\d+)\n/m)
  return { address: `${listen}:${port}`, program }
}

/** Bytes a second; 0 for no limit. */
export function setUploadLimit({ program }: Seeder, uploadLimit: number): void {
  program.writeLine(`${uploadLimit}`)
}

/** Somebody who downloads from us. */
export interface Leech {
  /** Of pieces, that have come so far. */
  bytes(): Promise<number> | number
  /** ip:port where it waits to be called; `null` where it calls. */
  readonly address: string | null
}

export async function startTransmission(host: Host, torrent: Torrent): Promise<Seeder> {
  const { program, rpc } = await openTransmission(host, torrent.parent)
  await rpc.call('torrent-add', { filename: torrent.path, 'download-dir': torrent.parent })
  // It checks the files first; status 6 is "seeding".
  await waitFor(
    'transmission to seed',
    async () => {
      const answer = await rpc.call('torrent-get', { fields: ['status', 'percentDone'] })
      return answer.includes('"status":6') && answer.includes('"percentDone":1')
    },
    SEEDING,
  )
  return { address: `127.0.0.1:${TRANSMISSION_PEER_PORT}`, program }
}

/** Downloads into `folder`, from whoever calls it. */
export async function startTransmissionLeech(
  host: Host,
  torrent: Torrent,
  folder: string,
): Promise<Leech> {
  const { rpc } = await openTransmission(host, folder)
  await rpc.call('torrent-add', { filename: torrent.path, 'download-dir': folder })
  return {
    address: `127.0.0.1:${TRANSMISSION_PEER_PORT}`,
    bytes: async () => {
      const answer = await rpc.call('torrent-get', { fields: ['downloadedEver'] })
      return Number(answer.match(/"downloadedEver":(\d+)/)?.[1] ?? 0)
    },
  }
}

async function openTransmission(
  host: Host,
  parent: string,
): Promise<{ program: Program; rpc: TransmissionRpc }> {
  const folder = join(parent, '.transmission')
  await mkdir(folder)
  const settings = {
    'bind-address-ipv4': '127.0.0.1',
    'dht-enabled': false,
    'download-dir': parent,
    'incomplete-dir-enabled': false,
    'lpd-enabled': false,
    'peer-port': TRANSMISSION_PEER_PORT,
    'port-forwarding-enabled': false,
    'ratio-limit-enabled': false,
    'rpc-enabled': true,
    'rpc-port': TRANSMISSION_RPC_PORT,
    'rpc-whitelist-enabled': false,
    'utp-enabled': false,
  }
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings))
  const program = host.start(['transmission-daemon', '--foreground', '--config-dir', folder])
  const rpc = await waitFor('the RPC of transmission', () => TransmissionRpc.connect(host))
  return { program, rpc }
}

class TransmissionRpc {
  #host: Host
  #sessionId: string

  private constructor(host: Host, sessionId: string) {
    this.#host = host
    this.#sessionId = sessionId
  }

  /** The first answer is a refusal that carries the session's id. */
  static async connect(host: Host): Promise<TransmissionRpc | undefined> {
    const { stdout } = await host.run(['curl', '-s', '-i', URL_OF_RPC])
    const id = stdout.match(/^X-Transmission-Session-Id: (\S+)/m)?.[1]
    return id === undefined ? undefined : new TransmissionRpc(host, id)
  }

  async call(method: string, parameters: Readonly<Record<string, unknown>>): Promise<string> {
    const body = JSON.stringify({ method, arguments: parameters })
    const session = `X-Transmission-Session-Id: ${this.#sessionId}`
    const { stdout } = await this.#host.run(
      ['curl', '-s', '-H', session, '--data-binary', '@-', URL_OF_RPC],
      { input: body },
    )
    return stdout
  }
}

const URL_OF_RPC = `http://127.0.0.1:${TRANSMISSION_RPC_PORT}/transmission/rpc`

export async function startAria2(host: Host, torrent: Torrent): Promise<Seeder> {
  const program = host.start([
    'aria2c',
    '--no-conf',
    '--enable-dht=false',
    '--enable-dht6=false',
    '--bt-enable-lpd=false',
    '--enable-peer-exchange=false',
    '--seed-ratio=0',
    '--check-integrity=true',
    '--summary-interval=1',
    `--listen-port=${ARIA2_PORT}`,
    `--dir=${torrent.parent}`,
    torrent.path,
  ])
  await program.waitForOutput(/SEED/, SEEDING)
  return { address: `127.0.0.1:${ARIA2_PORT}`, program }
}
