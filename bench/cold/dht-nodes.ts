import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import bencode from 'bencode'

const NODES_IN_ANSWER = 8
const PEERS_IN_ANSWER = 50

interface Node {
  readonly id: Buffer
  readonly host: string
  readonly port: number
  readonly socket: Socket
}

interface Query {
  readonly t: Uint8Array
  readonly q: Uint8Array
  readonly a: Readonly<Record<string, Uint8Array>>
}

export interface DhtPlan {
  readonly answering: number
  /** Known to the others, and gone. */
  readonly gone: number
  /** Of an answer. */
  readonly afterMs: number
}

/**
 * A DHT of our own (BEP 5) on 127.0.6.0/24. The nodes nearest to an info hash name the peers, as in
 * the real one; the others name nodes that are nearer.
 */
export class DhtNodes {
  readonly #nodes: readonly Node[]
  readonly #plan: DhtPlan

  private constructor(nodes: readonly Node[], plan: DhtPlan) {
    this.#nodes = nodes
    this.#plan = plan
  }

  /** @param peers host:port of those that have announced themselves. */
  static async open(infoHash: string, peers: readonly string[], plan: DhtPlan): Promise<DhtNodes> {
    const count = plan.answering + plan.gone
    const nodes = await Promise.all(Array.from({ length: count }, (_, i) => listen(i)))
    const dht = new DhtNodes(nodes, plan)
    const answering = nodes.slice(0, plan.answering)
    const holders = new Set(nearest(answering, Buffer.from(infoHash, 'hex')))
    for (const node of answering) dht.#serve(node, holders.has(node) ? peers : [])
    return dht
  }

  /** host:port of a few that answer. */
  get entrances(): readonly string[] {
    return this.#nodes.slice(0, 3).map(({ host, port }) => `${host}:${port}`)
  }

  close(): void {
    for (const { socket } of this.#nodes) socket.close()
  }

  #serve(node: Node, peers: readonly string[]): void {
    node.socket.on('message', (bytes, from) => {
      const query = readQuery(bytes)
      if (query === null) return
      const answer = bencode.encode({ t: query.t, y: 'r', r: this.#answer(node, peers, query) })
      setTimeout(() => {
        node.socket.send(answer, from.port, from.address, () => {})
      }, this.#plan.afterMs)
    })
  }

  #answer(node: Node, peers: readonly string[], { q, a }: Query): Record<string, unknown> {
    const method = Buffer.from(q).toString()
    const target = a.info_hash ?? a.target
    if (target === undefined || method === 'announce_peer') return { id: node.id }
    const others = this.#nodes.filter((other) => other !== node)
    const nodes = Buffer.concat(nearest(others, Buffer.from(target)).map(compactNode))
    if (method !== 'get_peers') return { id: node.id, nodes }
    const values = sample(peers).map(compactPeer)
    return { id: node.id, nodes, token: 'token', ...(values.length > 0 ? { values } : {}) }
  }
}

async function listen(index: number): Promise<Node> {
  const socket = createSocket('udp4')
  const host = `127.0.6.${index + 1}`
  socket.on('error', () => {})
  socket.bind(0, host)
  await once(socket, 'listening')
  return { id: randomBytes(20), host, port: socket.address().port, socket }
}

function nearest(nodes: readonly Node[], target: Buffer): Node[] {
  const distance = ({ id }: Node): Buffer =>
    Buffer.from(id.map((byte, i) => byte ^ (target[i] ?? 0)))
  const sorted = nodes.toSorted((one, other) => distance(one).compare(distance(other)))
  return sorted.slice(0, NODES_IN_ANSWER)
}

function readQuery(bytes: Buffer): Query | null {
  try {
    const message = bencode.decode(bytes) as Partial<Query>
    const { t, q, a } = message
    return t === undefined || q === undefined || a === undefined ? null : { t, q, a }
  } catch {
    return null
  }
}

function sample(peers: readonly string[]): readonly string[] {
  const from = Math.floor(Math.random() * peers.length)
  return [...peers.slice(from), ...peers.slice(0, from)].slice(0, PEERS_IN_ANSWER)
}

/** BEP 5: id, four bytes of address, two of port. */
function compactNode({ id, host, port }: Node): Buffer {
  return Buffer.concat([id, compactPeer(`${host}:${port}`)])
}

/** BEP 23: four bytes of address, two of port. */
export function compactPeer(peer: string): Buffer {
  const [host = '', port = '0'] = peer.split(':')
  return Buffer.from([...host.split('.').map(Number), Number(port) >> 8, Number(port) & 0xff])
}
