import type { TransportState } from '../control/transport-text.ts'
import type { RendererFault } from '../wire/renderer-error.ts'

/** What is told of a renderer to people. */
export interface RendererStatus {
  /** Its UDN. */
  readonly id: string
  readonly name: string
  readonly model: string | null
  readonly manufacturer: string | null
  readonly address: string
  readonly hasIcon: boolean
  readonly lastSeen: Date
  /** What is wrong with it; `null` where nothing is. */
  readonly problem: RendererProblem | null
  readonly playback: PlaybackStatus
}

export interface RendererProblem {
  readonly kind: RendererFault
  /** A sentence that begins with its name, or what follows that. */
  readonly text: string
}

export interface PlaybackStatus {
  readonly state: TransportState
  /** `null` where it plays nothing of ours. */
  readonly playing: PlayedFile | null
  readonly positionMs: number | null
  readonly durationMs: number | null
  /** 0 to 100. */
  readonly volume: number | null
  readonly muted: boolean | null
  readonly next: PlayedFile | null
}

export interface PlayedFile {
  readonly infoHash: string
  readonly fileIndex: number
  readonly title: string
}
