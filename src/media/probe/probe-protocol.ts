import type { MediaFacts } from './media-facts.ts'

/** What the main thread tells the probe worker. `job` is any number. */
export type ProbeRequest =
  /** Look at a file of `length` bytes; at most `maxBytes` of it are given. */
  | {
      readonly kind: 'probe'
      readonly job: number
      readonly length: number
      readonly maxBytes: number
    }
  /** The answer to `read`; empty: no more is given. */
  | { readonly kind: 'bytes'; readonly data: Uint8Array }
  /** Nobody wants the facts any more, while bytes are waited for. */
  | { readonly kind: 'abandon' }

/** What it answers: any number of `read`, one after another, then how it ended. */
export type ProbeReply =
  /** It has loaded what it needs. */
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'read'
      readonly job: number
      readonly position: number
      readonly length: number
    }
  /** `null`: the file is no medium that is known. */
  | {
      readonly kind: 'facts'
      readonly job: number
      readonly facts: MediaFacts | null
    }
  /** The parser broke down; the worker is of no more use. */
  | { readonly kind: 'broken'; readonly job: number; readonly message: string }
