import type { Clock } from '../../clock.ts'
import type { RendererError, RendererFault } from '../wire/renderer-error.ts'
import type { RendererProblem } from './renderer-status.ts'

/** What a command complains of is no news any more. */
const COMPLAINT_MS = 60_000
/** Polls without an answer, after which a renderer is believed to be gone. */
const FAILED_POLLS = 3

/** What is wrong with a renderer: that it is silent, or what came of the last command. */
export class KnownProblem {
  readonly #name: string
  readonly #clock: Clock
  #failedPolls = 0
  #silence: RendererProblem | null = null
  #complaint: { readonly problem: RendererProblem; readonly untilMs: number } | null = null

  /** @param name that begins each sentence */
  constructor(name: string, clock: Clock) {
    this.#name = name
    this.#clock = clock
  }

  get current(): RendererProblem | null {
    if (this.#silence !== null) return this.#silence
    const complaint = this.#complaint
    return complaint !== null && this.#clock.now() < complaint.untilMs ? complaint.problem : null
  }

  get isSilent(): boolean {
    return this.#silence !== null
  }

  /** Whether the last poll was not answered. */
  get isDoubted(): boolean {
    return this.#failedPolls > 0
  }

  /** @param text what it did, without its name */
  complain(kind: RendererFault, text: string): void {
    const untilMs = this.#clock.now() + COMPLAINT_MS
    this.#complaint = { problem: this.#problem(kind, text), untilMs }
  }

  /** It has done what it was told. */
  forgive(): void {
    this.#complaint = null
  }

  /** It has answered whatever it was asked. */
  answered(): void {
    this.#failedPolls = 0
    this.#silence = null
  }

  /** A poll was not answered. @returns whether it is believed to be gone */
  failed({ kind, message }: RendererError): boolean {
    this.#failedPolls++
    if (this.#failedPolls < FAILED_POLLS) return false
    this.#silence = this.#problem(kind, message)
    return true
  }

  #problem(kind: RendererFault, text: string): RendererProblem {
    return { kind, text: `${this.#name} ${text}` }
  }
}
