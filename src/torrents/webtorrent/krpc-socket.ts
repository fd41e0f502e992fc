import { randomInt } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { Resolver } from 'node:dns'
import { EventEmitter } from 'node:events'
import { isIPv4 } from 'node:net'
import { engineFaults } from '../../engine-faults.ts'
import type { Binding } from '../binding/binding.ts'
import { encodeBencode } from '../metainfo/bencode/safe-bencode.ts'
import { RateBudget, RateBudgets } from '../rates/rate-budget.ts'
import { type KrpcMessage, type KrpcQuestion, NODE_BYTES, parseKrpc } from './krpc-message.ts'

/** Queries of strangers that we answer: a node in the middle of the DHT hears about 20 a second. */
const QUERIES = { burst: 400, perSecond: 200 }
const QUERIES_PER_ADDRESS = { burst: 40, perSecond: 10 }
const ADDRESSES_REMEMBERED = 2_000
const ANSWER_TIMEOUT_MS = 2_000
/** Of one lookup: nodes that lie could send us from one to the next for ever. */
const MAX_QUERIES_PER_LOOKUP = 300
const MAX_TRANSACTION = 0xffff
/** First number of an address of many, 224 to 239, and of those that are reserved. */
const MULTICAST = 224

export interface KrpcNode {
  readonly host: string
  readonly port: number
  readonly id?: Buffer
}

/** A query as k-rpc makes it; the same object for all queries of a lookup. */
interface OwnQuery {
  readonly q: string
  readonly a: unknown
}

/** An answer as k-rpc reads it. */
interface Answer {
  readonly r: {
    readonly id: Buffer
    readonly nodes: Buffer
    readonly values?: readonly Buffer[]
    readonly token?: Buffer
  }
}

type Answered = (
  error: (Error & { code?: unknown }) | null,
  answer?: Answer | null,
  node?: KrpcNode & { readonly address: string },
  query?: OwnQuery,
) => void

interface Pending {
  readonly node: KrpcNode
  readonly query: OwnQuery
  readonly answered: Answered
  readonly timer: NodeJS.Timeout
}

/**
 * Messages of the DHT over one UDP socket, in place of k-rpc-socket: the engine is told of queries
 * that are well-formed and of answers to what it has asked, and nothing else. What comes faster
 * than is sensible is not even read.
 */
export class KrpcSocket extends EventEmitter {
  readonly #socket: Socket = createSocket('udp4')
  /** Its questions can be taken back: a process that has closed this must not wait for a name server. */
  readonly #names = new Resolver()
  readonly #pending = new Map<number, Pending>()
  readonly #asked = new WeakMap<OwnQuery, number>()
  readonly #queries: RateBudget
  readonly #queriesPerAddress: RateBudgets
  readonly #binding: Binding | null
  #isClosed = false

  /** `now` in milliseconds; `binding` is what the socket is held to. */
  constructor(now: () => number, binding: Binding | null = null) {
    super()
    this.#binding = binding
    this.#queries = new RateBudget(QUERIES, now)
    this.#queriesPerAddress = new RateBudgets(QUERIES_PER_ADDRESS, ADDRESSES_REMEMBERED, now)
    this.#socket.on('listening', () => this.#tell(() => this.emit('listening')))
    this.#socket.on('error', (error) => this.#tell(() => this.emit('error', error)))
    this.#socket.on('message', (bytes, from) => this.#tell(() => this.#hear(bytes, from)))
  }

  /** Queries without an answer yet. */
  get inflight(): number {
    return this.#pending.size
  }

  bind(port?: number): void {
    if (this.#binding === null) {
      this.#socket.bind(port ?? 0)
      return
    }
    const address = this.#binding.source(4)
    if (address !== null) this.#socket.bind({ port: port ?? 0, address })
    else queueMicrotask(() => this.#tell(() => this.emit('error', new Error('no address'))))
  }

  address(): { readonly address: string; readonly port: number } {
    return this.#socket.address()
  }

  query(node: KrpcNode, query: OwnQuery, answered: Answered = () => {}): void {
    const asked = (this.#asked.get(query) ?? 0) + 1
    this.#asked.set(query, asked)
    if (this.#isClosed || asked > MAX_QUERIES_PER_LOOKUP) this.#fail(answered, 'no more queries')
    else if (isIPv4(node.host)) this.#ask(node, query, answered)
    else this.#resolve(node, query, answered)
  }

  response(to: RemoteInfo, query: { readonly t: Buffer }, values: object): void {
    this.#send(to.port, to.address, { t: query.t, y: 'r', r: values })
  }

  error(to: RemoteInfo, query: { readonly t: Buffer }, error: readonly unknown[]): void {
    this.#send(to.port, to.address, { t: query.t, y: 'e', e: error })
  }

  destroy(closed?: () => void): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#names.cancel()
    if (closed !== undefined) this.#socket.on('close', closed)
    this.#socket.close()
    for (const transaction of [...this.#pending.keys()]) this.#give(transaction, 'closed')
  }

  /** Nobody has listened to the socket longer than to us: whatever throws here is the engine's. */
  #tell(tell: () => void): void {
    engineFaults.guard('dht', tell, () => {})
  }

  #hear(bytes: Buffer, from: RemoteInfo): void {
    if (this.#isClosed || from.port === 0) return
    const message = parseKrpc(bytes)
    if (message === null) return
    if (message.kind === 'query') this.#hearQuery(message, from)
    else this.#hearAnswer(message, from)
  }

  #hearQuery(message: Extract<KrpcMessage, { kind: 'query' }>, from: RemoteInfo): void {
    if (!this.#queriesPerAddress.take(from.address) || !this.#queries.take()) return
    const { question, transaction, id, isReadOnly } = message
    // A node without an id is not remembered.
    const sender = isReadOnly ? {} : { id }
    const query = { t: transaction, q: question.method, a: { ...sender, ...valuesOf(question) } }
    this.emit('query', query, from)
  }

  #hearAnswer(message: Exclude<KrpcMessage, { kind: 'query' }>, from: RemoteInfo): void {
    if (message.transaction.length !== 2) return
    const transaction = message.transaction.readUInt16BE(0)
    const pending = this.#pending.get(transaction)
    // Answers to nothing would put nodes into our table.
    if (pending?.node.host !== from.address || pending.node.port !== from.port) return
    this.#forget(transaction, pending)
    const node = { ...pending.node, address: from.address }
    if (message.kind === 'error') {
      const error = Object.assign(new Error('the node refuses'), { code: message.code })
      pending.answered(error, null, node, pending.query)
      this.#update()
      return
    }
    const { id, values, token } = message
    const nodes = reachableNodes(message.nodes, from.address)
    if (pending.node.id !== undefined && !pending.node.id.equals(id)) {
      pending.answered(
        Object.assign(new Error('another id'), { code: 'EUNEXPECTEDNODE' }),
        null,
        node,
      )
      this.#update()
      return
    }
    const answer: Answer = {
      r: {
        ...{ id, nodes },
        ...(values.length > 0 ? { values } : {}),
        ...(token === null ? {} : { token }),
      },
    }
    pending.answered(null, answer, node, pending.query)
    this.#update()
    this.emit('response', answer, from)
  }

  #ask(node: KrpcNode, query: OwnQuery, answered: Answered): void {
    const transaction = this.#freeTransaction()
    const timer = setTimeout(() => this.#give(transaction, 'ETIMEDOUT'), ANSWER_TIMEOUT_MS)
    this.#pending.set(transaction, { node, query, answered, timer })
    const t = Buffer.from([transaction >> 8, transaction & 0xff])
    this.#send(node.port, node.host, { t, y: 'q', q: query.q, a: query.a })
  }

  /** Not to be guessed, or strangers could answer. */
  #freeTransaction(): number {
    let transaction = randomInt(MAX_TRANSACTION)
    while (this.#pending.has(transaction)) transaction = (transaction + 1) % MAX_TRANSACTION
    return transaction
  }

  #give(transaction: number, code: string): void {
    const pending = this.#pending.get(transaction)
    if (pending === undefined) return
    this.#forget(transaction, pending)
    const node = { ...pending.node, address: pending.node.host }
    this.#tell(() => {
      pending.answered(Object.assign(new Error('no answer'), { code }), null, node)
      this.#update()
    })
  }

  #forget(transaction: number, pending: Pending): void {
    clearTimeout(pending.timer)
    this.#pending.delete(transaction)
  }

  #fail(answered: Answered, reason: string): void {
    queueMicrotask(() => this.#tell(() => answered(new Error(reason), null)))
  }

  #resolve(node: KrpcNode, query: OwnQuery, answered: Answered): void {
    const resolved = (host: string | undefined): void => {
      if (host === undefined || this.#isClosed) this.#fail(answered, 'the name cannot be resolved')
      else this.#tell(() => this.#ask({ host, port: node.port }, query, answered))
    }
    if (this.#binding === null) {
      this.#names.resolve4(node.host, (error, [host] = []) => resolved(error ? undefined : host))
      return
    }
    this.#binding.lookUp(node.host).then(
      (found) => resolved(found.find(({ family }) => family === 4)?.address),
      () => resolved(undefined),
    )
  }

  #update(): void {
    this.emit('update')
    this.emit('postupdate')
  }

  #send(port: number, host: string, message: object): void {
    if (this.#isClosed || port < 1 || port > 65_535) return
    const bytes = Buffer.from(encodeBencode(message))
    if (this.#binding === null) {
      // What cannot be sent is as lost as what gets lost on its way.
      this.#socket.send(bytes, port, host, () => {})
      return
    }
    this.#binding.sourceTo(host).then(
      () => {
        if (!this.#isClosed) this.#socket.send(bytes, port, host, () => {})
      },
      () => {},
    )
  }
}

/** Without nodes at addresses where nobody is, and at this machine where another one names it. */
function reachableNodes(nodes: Buffer, sender: string): Buffer {
  const reachable: Buffer[] = []
  for (let at = 0; at < nodes.length; at += NODE_BYTES) {
    const node = nodes.subarray(at, at + NODE_BYTES)
    const network = node[NODE_BYTES - 6] ?? 0
    const isLoopback = network === 127 && !sender.startsWith('127.')
    if (network !== 0 && network < MULTICAST && !isLoopback) reachable.push(node)
  }
  return Buffer.concat(reachable)
}

/** As bittorrent-dht reads them. */
function valuesOf(question: KrpcQuestion): object {
  switch (question.method) {
    case 'ping':
      return {}
    case 'find_node':
      return { target: question.target }
    case 'get_peers':
      return { info_hash: question.infoHash }
    case 'announce_peer': {
      const { infoHash, token, port } = question
      const where = port === null ? { implied_port: 1 } : { port }
      return { info_hash: infoHash, token, ...where }
    }
  }
}
