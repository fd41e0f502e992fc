import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { SessionStats } from '../../torrents/session/session-stats.ts'
import type { StallReason, StreamRecords } from '../media-files/open-streams.ts'

/** How often the event loop is looked at; ms. */
const LOOP_RESOLUTION_MS = 50
const NANOS_PER_SECOND = 1e9
const FIRST_BYTE_BUCKETS_S = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export interface MetricsSources {
  readonly stats: () => SessionStats
  readonly streams: () => number
  /** By their states. */
  readonly torrents: () => ReadonlyMap<string, number>
}

/** What GET /metrics tells: rqbit's names, and ours, which begin with `tributary_`. */
export class Metrics implements StreamRecords {
  readonly #registry = new Registry()
  readonly #loopDelay: IntervalHistogram
  #stats: SessionStats | null = null
  readonly #firstByte: Histogram
  readonly #stalls: Counter<'reason'>
  readonly #stalledSeconds: Counter<'reason'>
  readonly #upnpRequests: Counter<'kind' | 'status'>

  constructor(sources: MetricsSources) {
    const registers = [this.#registry]
    this.#loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
    this.#loopDelay.enable()
    this.#session(sources.stats)
    this.#process()
    this.#gauge('tributary_streams_open', 'Streams that are being sent', sources.streams)
    const torrents = new Gauge({
      name: 'tributary_torrents',
      help: 'Torrents by their state',
      labelNames: ['state'],
      registers,
      collect: () => {
        torrents.reset()
        for (const [state, count] of sources.torrents()) torrents.set({ state }, count)
      },
    })
    this.#firstByte = new Histogram({
      name: 'tributary_time_to_first_byte_seconds',
      help: 'From the request for a stream to its first byte',
      buckets: FIRST_BYTE_BUCKETS_S,
      registers,
    })
    this.#stalls = new Counter({
      name: 'tributary_stream_stalls_total',
      help: 'Times that a stream had begun and waited for bytes, by reason',
      labelNames: ['reason'],
      registers,
    })
    this.#stalledSeconds = new Counter({
      name: 'tributary_stream_stalled_seconds_total',
      help: 'How long those were',
      labelNames: ['reason'],
      registers,
    })
    this.#upnpRequests = new Counter({
      name: 'tributary_upnp_requests_total',
      help: 'UPnP requests by kind (control, event, description) and status',
      labelNames: ['kind', 'status'],
      registers,
    })
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  async text(): Promise<string> {
    this.#stats = null
    return await this.#registry.metrics()
  }

  /** The peers of ten thousand torrents are counted once for all that is told of them. */
  #statsNow(stats: () => SessionStats): SessionStats {
    this.#stats ??= stats()
    return this.#stats
  }

  firstByte(ms: number): void {
    this.#firstByte.observe(ms / 1_000)
  }

  stalled(reason: StallReason, ms: number): void {
    this.#stalls.inc({ reason })
    this.#stalledSeconds.inc({ reason }, ms / 1_000)
  }

  upnpRequest(kind: string, status: number): void {
    this.#upnpRequests.inc({ kind, status: String(status) })
  }

  close(): void {
    this.#loopDelay.disable()
    this.#registry.clear()
  }

  #session(stats: () => SessionStats): void {
    const traffic = (): SessionStats['traffic'] => this.#statsNow(stats).traffic
    const peers = (): SessionStats['peers'] => this.#statsNow(stats).peers
    this.#counter('rqbit_fetched_bytes', 'Piece data from peers', () => traffic().fetchedBytes)
    this.#counter('rqbit_uploaded_bytes', 'Piece data to peers', () => traffic().uploadedBytes)
    this.#counter('rqbit_blocked_incoming', 'Refused', () => traffic().blockedIncoming)
    this.#counter('rqbit_blocked_outgoing', 'Not dialled', () => traffic().blockedOutgoing)
    this.#gauge('rqbit_download_speed_bytes', 'Per second', () => {
      return Math.round(traffic().downloadBytesPerSecond)
    })
    this.#gauge('rqbit_upload_speed_bytes', 'Per second', () => {
      return Math.round(traffic().uploadBytesPerSecond)
    })
    this.#gauge('rqbit_uptime_seconds', 'Of the server', () => {
      return Math.floor(this.#statsNow(stats).uptimeSeconds)
    })
    this.#gauge('rqbit_peers_connecting', 'Being dialled', () => peers().connecting)
    const live = new Gauge({
      name: 'rqbit_peers_live',
      help: 'Connected, by transport',
      labelNames: ['kind'],
      registers: [this.#registry],
      collect: () => {
        const { liveTcp, liveUtp } = peers()
        live.set({ kind: 'tcp' }, liveTcp)
        live.set({ kind: 'utp' }, liveUtp)
        live.set({ kind: 'socks' }, 0)
      },
    })
    this.#gauge('rqbit_peers_dead', 'Given up', () => peers().dead)
    this.#gauge('rqbit_peers_not_needed', 'Put aside', () => 0)
    this.#gauge('rqbit_peers_queued', 'To be dialled', () => peers().queued)
    this.#gauge('rqbit_peers_seen', 'Met', () => peers().seen)
    this.#gauge('rqbit_peers_steals', 'Pieces taken from slow peers', () => 0)
  }

  #process(): void {
    const loop = this.#loopDelay
    const seconds = (nanos: number): number => {
      return Number.isFinite(nanos) ? Math.max(0, nanos / NANOS_PER_SECOND) : 0
    }
    const lag = new Gauge({
      name: 'nodejs_eventloop_lag_seconds',
      help: 'How late the event loop is, since the last time it was asked for',
      labelNames: ['percentile'],
      registers: [this.#registry],
      collect: () => {
        const expected = LOOP_RESOLUTION_MS * 1e6
        // A label `quantile` is for summaries alone.
        for (const percentile of [50, 90, 99]) {
          const nanos = loop.percentile(percentile) - expected
          lag.set({ percentile: String(percentile) }, seconds(nanos))
        }
        lag.set({ percentile: '100' }, seconds(loop.max - expected))
        loop.reset()
      },
    })
    this.#gauge('process_resident_memory_bytes', 'Resident memory', () => {
      return process.memoryUsage.rss()
    })
    this.#counter('process_cpu_seconds_total', 'User and system time', () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1e6
    })
    this.#gauge('process_start_time_seconds', 'Since 1970', () => {
      return Math.round(Date.now() / 1_000 - process.uptime())
    })
  }

  #gauge(name: string, help: string, value: () => number): void {
    const gauge: Gauge = new Gauge({
      ...{ name, help, registers: [this.#registry] },
      collect: () => gauge.set(value()),
    })
  }

  #counter(name: string, help: string, value: () => number): void {
    const counter: Counter = new Counter({
      ...{ name, help, registers: [this.#registry] },
      collect: () => {
        counter.reset()
        counter.inc(value())
      },
    })
  }
}
