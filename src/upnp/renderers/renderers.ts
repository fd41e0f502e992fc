import type { Clock } from '../../clock.ts'
import { plainAddress } from '../../ip-address.ts'
import type { Logger } from '../../log.ts'
import { DEFAULT_PROFILE, type RendererProfile, type SpelledFormat } from './renderer-profile.ts'
import {
  changedProfile,
  type FoundRule,
  type ProfileChanges,
  profileOf,
  type RendererRule,
  ruleOfDescription,
  ruleOfRequest,
} from './renderer-rule.ts'
import {
  type DescriptionSigns,
  type RendererSigns,
  type RequestHeaders,
  requestSigns,
} from './renderer-signs.ts'
import { RENDERER_RULES } from './renderer-table.ts'

/** Addresses that are remembered; the ones unheard of for longest make room. */
const MAX_ADDRESSES = 256
/** A set is switched on again at the same address; later another device may have it. */
const MEMORY_MS = 6 * 60 * 60 * 1_000
/** User-Agents of unknown renderers that were logged. */
const MAX_LOGGED = 256
const MAX_ASKED_LENGTH = 200
/** The name of the action at the end of a SOAPACTION header; no service has one half as long. */
const ACTION = /#([^#"\s]{1,64})"?\s*$/
const ASKS_UPNP = /^\S+ \/+(?:upnp\/|rootDesc\.xml)/i

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

/** What a rule was decided by. */
export type WhyTreated = 'chosen' | 'request' | 'description' | 'unknown'

/** Somebody who browses or is a renderer, recognised or not, or of whom the owner has decided. */
export interface ControlPoint {
  readonly address: string
  readonly userAgent: string | null
  readonly friendlyName: string | null
  /** By which it is answered. */
  readonly profile: Pick<RendererProfile, 'id' | 'name'>
  readonly why: WhyTreated
  /** `null` where it was not heard of lately. */
  readonly seenAt: Date | null
  /** The rule that the owner has chosen; `null` where it is found as ever. */
  readonly chosenRule: string | null
}

interface Memory {
  rule: RendererRule | null
  userAgent: string | null
  description: DescriptionSigns | null
  /** As it says itself, other than its rule. */
  mimeTypes?: RendererProfile['mimeTypes']
  seenAtMs: number
}

/** What is logged of a renderer that no rule is for: all that rules look at, and what it wants. */
interface UnknownRenderer extends RendererSigns {
  readonly address: string
  /** Method and path. */
  readonly asked: string
  /** Of SOAP. */
  readonly action: string | undefined
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

  /** Everybody heard of within the last hours, the latest first, then those of whom only the owner speaks. */
  get controlPoints(): readonly ControlPoint[] {
    const heard = [...this.#memories.keys()].reverse().filter((address) => this.#recall(address))
    const others = [...this.#overrides.keys()].filter((address) => !this.#memories.has(address))
    return [...heard, ...others].map((address) => this.#controlPoint(address))
  }

  /** What the owner can choose from, with what each plays. */
  get choices(): readonly Pick<RendererProfile, 'id' | 'name' | 'plays'>[] {
    return [...this.#profiles.values()].map(({ id, name, plays }) => ({ id, name, plays }))
  }

  profileFor({ address, headers, asked }: RendererRequest): RendererProfile {
    const plain = plainAddress(address)
    const override = this.#overrides.get(plain)
    // Recognised in any case: the owner sees who it is, and may think better of it.
    const recognised = this.#recognise(plain, headers, asked)
    const ofRule = this.#profiles.get(override?.rule ?? '') ?? recognised
    const mimeTypes = this.#memories.get(plain)?.mimeTypes
    const profile = mimeTypes === undefined ? ofRule : changedProfile(ofRule, { mimeTypes })
    return override?.set === undefined ? profile : changedProfile(profile, override.set)
  }

  /** How the renderer at an address says that it spells a type: what it was told is what it is answered. */
  spell(address: string, format: SpelledFormat, mimeType: string): void {
    const plain = plainAddress(address)
    const { mimeTypes } = this.#recall(plain) ?? {}
    this.#remember(plain, { mimeTypes: { ...mimeTypes, [format]: mimeType } })
  }

  /** What the renderer at an address says of itself. */
  describe(address: string, description: DescriptionSigns): void {
    this.#remember(plainAddress(address), { description })
  }

  /** In place of those that were there before. */
  override(overrides: readonly RendererOverride[]): void {
    this.#overrides = new Map(overrides.map((entry) => [entry.address, entry]))
  }

  #controlPoint(address: string): ControlPoint {
    const memory = this.#memories.get(address)
    const chosenRule = this.#overrides.get(address)?.rule ?? null
    const { rule, description, userAgent = null } = memory ?? { rule: null, description: null }
    const described =
      description === null ? null : (ruleOfDescription(this.#rules, description)?.rule ?? null)
    const found = rule ?? described ?? null
    const { id, name } = this.#profiles.get(chosenRule ?? found?.id ?? '') ?? DEFAULT_PROFILE
    return {
      ...{ address, userAgent, chosenRule, profile: { id, name } },
      friendlyName: description?.friendlyName ?? null,
      why: reasonOf({ isChosen: chosenRule !== null, rule, described }),
      seenAt: memory === undefined ? null : new Date(memory.seenAtMs),
    }
  }

  #recognise(address: string, headers: RequestHeaders, asked: string): RendererProfile {
    const signs = requestSigns(headers)
    const memory = this.#recall(address)
    const description = memory?.description ?? undefined
    const own = ruleOfRequest(this.#rules, { ...signs, description })
    const { userAgent = null } = signs
    if (own !== null) {
      const rule = narrowerOf(own, memory?.rule ?? null)
      this.#remember(address, { rule, userAgent })
      return this.#profile(rule)
    }
    const rule =
      memory?.rule ?? (description && ruleOfDescription(this.#rules, description))?.rule ?? null
    if (rule !== null) return this.#profile(rule)
    // Whoever fetches a film or a page is no control point yet.
    const isBrowsing = ASKS_UPNP.test(asked)
    if (isBrowsing) this.#remember(address, { userAgent })
    if (this.#overrides.get(address)?.rule !== undefined) return DEFAULT_PROFILE
    // Browsers and players of all kinds fetch files.
    if (isBrowsing) {
      const action = actionOf(headers)
      const told = { asked: asked.slice(0, MAX_ASKED_LENGTH), action, description }
      this.#logOnce({ ...signs, address, ...told })
    }
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

  #logOnce(facts: UnknownRenderer): void {
    const agent = facts.userAgent ?? facts.address
    if (this.#logged.has(agent) || this.#logged.size >= MAX_LOGGED) return
    this.#logged.add(agent)
    this.#log.info(facts, 'unknown renderer: it gets what suits most')
  }
}

/** A set that has said what it is fetches its films by a name that many have. */
function narrowerOf({ rule, isVague }: FoundRule, known: RendererRule | null): RendererRule {
  const isRelated = rule.family !== undefined && known?.family === rule.family
  return isVague && isRelated ? known : rule
}

function actionOf(headers: RequestHeaders): string | undefined {
  return ACTION.exec(headers.soapaction?.toString() ?? '')?.[1]
}

function reasonOf({
  isChosen,
  rule,
  described,
}: {
  readonly isChosen: boolean
  readonly rule: RendererRule | null
  readonly described: RendererRule | null
}): WhyTreated {
  if (isChosen) return 'chosen'
  if (rule !== null) return 'request'
  return described === null ? 'unknown' : 'description'
}
