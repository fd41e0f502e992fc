import type { Clock } from '../../clock.ts'
import { plainAddress } from '../../ip-address.ts'
import type { Logger } from '../../log.ts'
import { DEFAULT_PROFILE, type RendererProfile } from './renderer-profile.ts'
import {
  changedProfile,
  type ProfileChanges,
  profileOf,
  type RendererRule,
  ruleOfDescription,
  ruleOfRequest,
} from './renderer-rule.ts'
import { type DescriptionSigns, type RequestHeaders, requestSigns } from './renderer-signs.ts'
import { RENDERER_RULES } from './renderer-table.ts'

/** Addresses that are remembered; the ones unheard of for longest make room. */
const MAX_ADDRESSES = 256
/** A set is switched on again at the same address; later another device may have it. */
const MEMORY_MS = 6 * 60 * 60 * 1_000
/** User-Agents of unknown renderers that were logged. */
const MAX_LOGGED = 256
const MAX_ASKED_LENGTH = 200

/** What the owner of a server has decided on one address. */
export interface RendererOverride {
  /** In its one spelling. */
  readonly address: string
  /** Of the table; without one the renderer is found as ever. */
  readonly rule?: string | undefined
  readonly set?: ProfileChanges | undefined
}

/** A request, as far as it tells who sent it. */
export interface RendererRequest {
  /** Where it came from, as a socket gives it. */
  readonly address: string
  readonly headers: RequestHeaders
  /** Method and path. */
  readonly asked: string
}

/** A renderer that was recognised. */
export interface KnownRenderer {
  readonly address: string
  readonly userAgent: string | null
  readonly rule: string
  readonly seenAt: Date
}

interface Memory {
  rule: RendererRule | null
  userAgent: string | null
  description: DescriptionSigns | null
  seenAtMs: number
}

export interface RenderersOptions {
  readonly clock: Clock
  readonly log: Logger
  readonly rules?: readonly RendererRule[]
}

/**
 * Finds the profile of whoever asks. A television fetches a film by another User-Agent than it browses
 * with: what says nothing by itself is taken for the renderer that was last recognised at its address.
 * A program that says who it is, is believed, whatever else runs there.
 */
export class Renderers {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #rules: readonly RendererRule[]
  readonly #profiles: ReadonlyMap<string, RendererProfile>
  /** By address; the one heard of last stands last. */
  readonly #memories = new Map<string, Memory>()
  readonly #logged = new Set<string>()
  #overrides: ReadonlyMap<string, RendererOverride> = new Map()

  constructor({ clock, log, rules = RENDERER_RULES }: RenderersOptions) {
    this.#clock = clock
    this.#log = log
    this.#rules = rules
    this.#profiles = new Map(rules.map((rule) => [rule.id, profileOf(rule)]))
  }

  /** Who has been recognised at which address within the last hours, the latest last. */
  get known(): readonly KnownRenderer[] {
    return [...this.#memories].flatMap(([address, { rule, userAgent, seenAtMs }]) =>
      rule === null ? [] : { address, userAgent, rule: rule.id, seenAt: new Date(seenAtMs) },
    )
  }

  profileFor({ address, headers, asked }: RendererRequest): RendererProfile {
    const plain = plainAddress(address)
    const override = this.#overrides.get(plain)
    const profile =
      this.#profiles.get(override?.rule ?? '') ?? this.#recognise(plain, headers, asked)
    return override?.set === undefined ? profile : changedProfile(profile, override.set)
  }

  /** What the renderer at an address says of itself. */
  describe(address: string, description: DescriptionSigns): void {
    this.#remember(plainAddress(address), { description })
  }

  /** In place of those that were there before. */
  override(overrides: readonly RendererOverride[]): void {
    this.#overrides = new Map(overrides.map((entry) => [entry.address, entry]))
  }

  #recognise(address: string, headers: RequestHeaders, asked: string): RendererProfile {
    const signs = requestSigns(headers)
    const memory = this.#recall(address)
    const description = memory?.description ?? undefined
    const own = ruleOfRequest(this.#rules, { ...signs, description })
    const { userAgent = null } = signs
    if (own !== null) {
      this.#remember(address, { rule: own, userAgent })
      return this.#profile(own)
    }
    const rule =
      memory?.rule ?? (description && ruleOfDescription(this.#rules, description)) ?? null
    if (rule !== null) return this.#profile(rule)
    this.#logOnce({ ...signs, address, asked: asked.slice(0, MAX_ASKED_LENGTH) })
    return DEFAULT_PROFILE
  }

  #profile({ id }: RendererRule): RendererProfile {
    return this.#profiles.get(id) ?? DEFAULT_PROFILE
  }

  #recall(address: string): Memory | null {
    const memory = this.#memories.get(address)
    if (memory === undefined) return null
    if (this.#clock.now() - memory.seenAtMs < MEMORY_MS) return memory
    this.#memories.delete(address)
    return null
  }

  #remember(address: string, news: Partial<Memory>): void {
    const memory = this.#recall(address) ?? { rule: null, userAgent: null, description: null }
    this.#memories.delete(address)
    this.#memories.set(address, { ...memory, ...news, seenAtMs: this.#clock.now() })
    const [oldest] = this.#memories.keys()
    if (this.#memories.size > MAX_ADDRESSES && oldest !== undefined) this.#memories.delete(oldest)
  }

  #logOnce(facts: Readonly<Record<string, string | undefined>>): void {
    const agent = facts.userAgent ?? facts.address ?? ''
    if (this.#logged.has(agent) || this.#logged.size >= MAX_LOGGED) return
    this.#logged.add(agent)
    this.#log.info(facts, 'unknown renderer: it gets what suits most')
  }
}
