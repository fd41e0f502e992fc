import type { Clock } from '../../clock.ts'
import type { RendererError, RendererFault } from '../wire/renderer-error.ts'
import type { RendererProblem } from './renderer-status.ts'

/** What a command complains of is no news any more. */
const COMPLAINT_MS = 60_000
/** Polls without an answer, after which it is believed to be gone. */
const FAILED_POLLS = 3

/** What is known of a renderer's health: when it was heard of, whether it answers, what went wrong lately. */
export class RendererHealth {
  readonly #clock: Clock
  #seenAtMs: number
  #failedPolls = 0
  #silence: RendererProblem | null = null
  #complaint: { readonly problem: RendererProblem; readonly atMs: number } | null = null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#seenAtMs = clock.now()
  }

  get seenAt(): Date {
    return new Date(this.#seenAtMs)
  }

  /** Whether it answers. */
  get isThere(): boolean {
    return this.#silence === null
  }

  /** Whether the last poll was in vain. */
  get isDoubtful(): boolean {
    return this.#failedPolls > 0
  }

  /** A phrase for people that follows the renderer's name, or `null`. */
  get problem(): RendererProblem | null {
    if (this.#silence !== null) return this.#silence
    const complaint = this.#complaint
    const isNews = complaint !== null && this.#clock.now() - complaint.atMs < COMPLAINT_MS
    return isNews ? complaint.problem : null
  }

  /** It has been heard of. */
  seen(): void {
    this.#seenAtMs = this.#clock.now()
  }

  answered(): void {
    this.#failedPolls = 0
    this.#silence = null
    this.seen()
  }

  /** A poll was in vain. */
  failed({ kind, message: text }: RendererError): void {
    this.#failedPolls++
    if (this.#failedPolls >= FAILED_POLLS) this.#silence = { kind, text }
  }

  /** @param text - follows the renderer's name. */
  complain(kind: RendererFault, text: string): void {
    this.#complaint = { problem: { kind, text }, atMs: this.#clock.now() }
  }

  /** A command was done: what the one before complained of is over. */
  calm(): void {
    this.#complaint = null
  }
}
