import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import type { AttackPlan } from './hostile/attack-plan.ts'
import { TRACKER_KINDS, TRACKER_PORT } from './hostile/hostile-trackers.ts'
import { Lab } from './lab/lab.ts'
import { makeSingleFileTorrent, sha256OfFile } from './lab/media.ts'
import { ipBatch } from './lab/namespaces.ts'
import type { Program } from './lab/program.ts'
import { describeWithTools } from './lab/tools.ts'
import { REPOSITORY, Tributary } from './lab/tributary.ts'
import { startLibtorrent } from './peers/seeders.ts'

const ATTACK_MS = 30_000
const ATTACKING_CONNECTIONS = 1_000
const PEER_PORT = 4_240
const LSD_PORT = 6_771
const SSDP_PORT = 1_900
/** Addresses that the attacker calls from. */
const SOURCES = Array.from({ length: 40 }, (_, i) => `10.78.1.${100 + i}`)

/** Bytes per second: what the film is watched at, and what its seeders may send. */
const FILM_RATE = 600_000
const SEEDER_RATE = 900_000

const MEMORY_LIMIT_MB = 400
const ANSWER_LIMIT_MS = 1_000

const script = (name: string): readonly string[] => [
  process.execPath,
  '--import',
  'tsx',
  fileURLToPath(new URL(`hostile/${name}.ts`, import.meta.url)),
]

describeWithTools([], 'a thousand hostile connections', () => {
  it('cost no viewer a stall, no client a second, and little memory', async () => {
    const lab = await Lab.open()
    await ipBatch(
      SOURCES.map((address) => `address add ${address}/24 dev e0`),
      lab.first.namespace,
    )
    const film = await makeSingleFileTorrent(lab.folder, 'Film.mkv')
    const seeders = await Promise.all(
      [1, 2].map(() => startLibtorrent(lab.server, film, { uploadLimit: SEEDER_RATE })),
    )
    const server = await Tributary.start(lab, {
      torrents: [film.path],
      peers: seeders.map(({ address }) => address),
      args: ['--dht', '--lsd', '--trackers', '--on-demand'],
    })
    const memory = new MemoryWatch(server.program)
    const url = server.streamUrl(lab.serverAddresses[1], film.infoHash, 0)
    const viewer = lab.second.start(
      [...script('viewer'), url, `${FILM_RATE}`, `${ATTACK_MS + 5_000}`],
      { cwd: REPOSITORY },
    )
    await viewer.waitForOutput(/^watching$/m)
    const attacker = lab.first.start(
      [...script('attacker'), JSON.stringify(await planOf(lab, film.infoHash))],
      {
        cwd: REPOSITORY,
      },
    )
    await attacker.waitForOutput(/^attacking$/m)
    const trackers = TRACKER_KINDS.map(
      (kind) => `&tr=http%3A%2F%2F${SOURCES[0]}%3A${TRACKER_PORT}%2Fannounce%2F${kind}`,
    )
    const magnet = `magnet:?xt=urn:btih:${'ab'.repeat(20)}${trackers.join('')}`
    await server
      .call('/torrents?wait=false&timeout_ms=100', { method: 'POST', body: magnet })
      .catch(() => {})
    const answers = await answerTimes(server, ATTACK_MS)
    await attacker.waitForOutput(/^done .*\n/m, { timeoutMs: 60_000 })
    const [watched = ''] = await viewer.waitForOutput(/^\{.*\}\n/m, { timeoutMs: 60_000 })

    const { received, ...watching } = JSON.parse(watched)
    expect(watching).toMatchObject({ status: 200, stalls: 0, error: null })
    expect(received).toBeGreaterThan((FILM_RATE * ATTACK_MS) / 1_000)
    expect(server.program.isRunning).toBe(true)
    expect(Math.max(...answers)).toBeLessThan(ANSWER_LIMIT_MS)
    expect(memory.highestMb).toBeGreaterThan(0)
    expect(memory.highestMb).toBeLessThan(MEMORY_LIMIT_MB)
    const whole = await server.stream(film.infoHash, 0)
    expect(whole.sha256).toBe(await sha256OfFile(film.files[0] ?? ''))
    server.program.signal('SIGTERM')
    expect(await server.program.ended()).toEqual({ code: 0, signal: null })
  })
})

async function planOf(lab: Lab, infoHash: string): Promise<AttackPlan> {
  return {
    host: lab.serverAddresses[0],
    httpPort: 3_030,
    peerPort: PEER_PORT,
    udpPorts: [...new Set([LSD_PORT, SSDP_PORT, PEER_PORT, ...(await boundUdpPorts(lab))])],
    infoHash,
    sources: SOURCES,
    connections: ATTACKING_CONNECTIONS,
    durationMs: ATTACK_MS,
  }
}

/** Whatever the server's machine listens on: the DHT's port is any free one. */
async function boundUdpPorts(lab: Lab): Promise<readonly number[]> {
  const { stdout } = await lab.server.run(['cat', '/proc/net/udp', '/proc/net/udp6'])
  const ports = [...stdout.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) /gm)]
  return ports.map(([, port = '0']) => Number.parseInt(port, 16))
}

/** Milliseconds that the list of torrents takes, asked for again and again. */
async function answerTimes(server: Tributary, durationMs: number): Promise<readonly number[]> {
  const times: number[] = []
  const endsAt = performance.now() + durationMs
  while (performance.now() < endsAt) {
    const { status, firstByteMs } = await server.request('/torrents', { timeoutMs: 10_000 })
    times.push(status === 200 ? firstByteMs : Number.POSITIVE_INFINITY)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  return times
}

/** Resident memory of a process, looked at twice a second. A server beyond 3 GB is stopped: it would take the machine along. */
class MemoryWatch {
  highestMb = 0

  constructor(program: Program) {
    const timer = setInterval(async () => {
      try {
        const status = await readFile(`/proc/${program.pid}/status`, 'utf8')
        const mb = Number(status.match(/^VmRSS:\s+(\d+) kB/m)?.[1] ?? 0) / 1_024
        this.highestMb = Math.max(this.highestMb, mb)
        if (mb > 3_000) program.signal('SIGKILL')
      } catch {
        clearInterval(timer)
      }
    }, 500)
    onTestFinished(() => clearInterval(timer))
  }
}
