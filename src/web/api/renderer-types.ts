// What is answered of TVs: of those that browse, and of those that are played to. As far as the page reads it.

export interface RendererRule {
  readonly id: string
  readonly name: string
}

export interface ControlPoint {
  readonly address: string
  readonly user_agent: string | null
  readonly friendly_name: string | null
  readonly rule: RendererRule
  readonly why: string
  readonly why_code: 'chosen' | 'request' | 'description' | 'unknown'
  readonly last_seen: number | string | null
  readonly override: string | null
}

export interface Playback {
  readonly state: 'stopped' | 'playing' | 'paused' | 'transitioning' | 'unknown'
  readonly info_hash: string | null
  readonly file_idx: number | null
  readonly title: string | null
  readonly position_s: number | null
  readonly duration_s: number | null
  /** From 0 to 100. */
  readonly volume: number | null
  readonly muted: boolean | null
  readonly next: {
    readonly info_hash: string
    readonly file_idx: number
    readonly title: string
  } | null
}

export interface Renderer {
  readonly id: string
  readonly name: string
  readonly model: string | null
  readonly manufacturer: string | null
  readonly address: string
  readonly icon: string | null
  readonly last_seen: number | string
  readonly problem: string | null
  /** One of the codes of an API error; `null` where there is no problem. */
  readonly problem_code: string | null
  readonly playback: Playback
}
