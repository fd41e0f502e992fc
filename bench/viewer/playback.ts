/** In bytes: with so much a player begins. */
export const READY_BYTES: number = 2 * 1_048_576

/** In bytes: with so much a player goes on after a stall. */
const RESUME_BYTES = 262_144

/** In bytes: what a TV keeps ahead of the picture. */
const BUFFER_BYTES = 24 * 1_048_576

type PlaybackState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'playing' }
  | { readonly kind: 'stalled'; readonly since: number }

/**
 * A TV's player as arithmetic: it begins at 2 MiB, consumes `bytesPerSecond`, keeps at most 24 MiB
 * ahead, and stalls when nothing is left. The time, in ms, comes in with each call.
 */
export class Playback {
  readonly #bytesPerSecond: number
  readonly #notBefore: number
  #state: PlaybackState = { kind: 'waiting' }
  #lastAt = 0
  #received = 0
  #played = 0
  #stalls = 0
  #stalledMs = 0

  /** It begins no sooner than at `notBefore`, whatever is there. */
  constructor(bytesPerSecond: number, notBefore = 0) {
    this.#bytesPerSecond = bytesPerSecond
    this.#notBefore = notBefore
  }

  get stalls(): number {
    return this.#stalls
  }

  /** In ms; a stall that lasts counts up to the latest call. */
  get stalledMs(): number {
    const open = this.#state.kind === 'stalled' ? this.#lastAt - this.#state.since : 0
    return this.#stalledMs + open
  }

  get isFull(): boolean {
    return this.#received - this.#played >= BUFFER_BYTES
  }

  /** `bytes` more have come by `now`; call it with 0 from time to time. */
  receive(bytes: number, now: number): void {
    if (this.#state.kind === 'playing') this.#play(now)
    this.#received += bytes
    this.#lastAt = now
    const ahead = this.#received - this.#played
    const mayBegin = ahead >= READY_BYTES && now >= this.#notBefore
    if (this.#state.kind === 'waiting' && mayBegin) this.#state = { kind: 'playing' }
    if (this.#state.kind === 'stalled' && ahead >= RESUME_BYTES) {
      this.#stalledMs += now - this.#state.since
      this.#state = { kind: 'playing' }
    }
  }

  #play(now: number): void {
    const wanted = ((now - this.#lastAt) / 1_000) * this.#bytesPerSecond
    const ahead = this.#received - this.#played
    if (wanted <= ahead) {
      this.#played += wanted
      return
    }
    this.#played = this.#received
    this.#stalls += 1
    this.#state = { kind: 'stalled', since: this.#lastAt + (ahead / this.#bytesPerSecond) * 1_000 }
  }
}
