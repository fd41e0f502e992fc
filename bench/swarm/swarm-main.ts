/** The process that is a swarm: commands come and answers go over the IPC channel. */
import type { SharedFilm } from './peer-connection.ts'
import { SimulatedPeer } from './simulated-peer.ts'
import type { SwarmAnswer, SwarmCommand } from './swarm-message.ts'
import { TrafficCounter } from './traffic.ts'

let film: SharedFilm | null = null
let peers: SimulatedPeer[] = []

async function serve(command: SwarmCommand & { kind: 'serve' }): Promise<SwarmAnswer> {
  const { infoHash, length, pieceLength, hosts } = command
  const info = command.info === null ? null : Buffer.from(command.info)
  const shared = {
    infoHash,
    length,
    pieceLength,
    info,
    traffic: new TrafficCounter(hosts.length, length),
  }
  film = shared
  peers = command.peers.map((plan, i) => new SimulatedPeer(i, plan, shared))
  const addresses = await Promise.all(peers.map((peer, i) => peer.listen(hosts[i] ?? '127.0.0.1')))
  return { kind: 'serving', addresses }
}

/** The last peers of the plan fall silent. */
function freeze(count: number): SwarmAnswer {
  for (const peer of peers.slice(-count)) peer.freeze()
  return { kind: 'done' }
}

function reset(): SwarmAnswer {
  if (film) film.traffic = new TrafficCounter(peers.length, film.length)
  for (const peer of peers) peer.reset()
  return { kind: 'done' }
}

function traffic(): SwarmAnswer {
  if (!film) throw new Error('the swarm serves nothing yet')
  return { kind: 'traffic', traffic: film.traffic.snapshot() }
}

async function answer(command: SwarmCommand): Promise<SwarmAnswer> {
  switch (command.kind) {
    case 'serve':
      return await serve(command)
    case 'freeze':
      return freeze(command.count)
    case 'reset':
      return reset()
    case 'traffic':
      return traffic()
  }
}

process.on('message', (command: SwarmCommand) => {
  answer(command).then(
    (message) => process.send?.(message),
    (error: unknown) => {
      process.stderr.write(`swarm: ${error}\n`)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit(0))
