import {
  type CaptionForms,
  DEFAULT_PROFILE,
  type Playable,
  type RendererProfile,
} from './renderer-profile.ts'
import type { DescriptionSigns, RendererSigns, RequestSigns } from './renderer-signs.ts'

/** Patterns of which every one that is given has to be found. */
export type Match = {
  readonly [Sign in keyof RequestSigns]?: RegExp
} & {
  readonly description?: { readonly [Sign in keyof DescriptionSigns]?: RegExp }
  /**
   * Whose it is, for certain, but not which: the same is sent by others of the rule's family, and what the renderer
   * says of itself counts for more.
   */
  readonly isVague?: true
}

/** The fields of a profile that differ from those it is based on. */
export type ProfileChanges = Partial<
  Omit<RendererProfile, 'id' | 'name' | 'plays' | 'captions'>
> & {
  readonly plays?: Partial<Playable>
  readonly captions?: Partial<CaptionForms>
}

/** One row of the table. */
export interface RendererRule {
  /** Unique; also the name of its fixture. Small letters, digits and hyphens. */
  readonly id: string
  readonly name: string
  /** Rules that a vague match of this one may stand for; any rule when absent. */
  readonly family?: string
  /** It is this renderer if one of them matches. */
  readonly matches: readonly Match[]
  readonly changes: ProfileChanges
}

/** A profile with some of its fields changed; `plays`, `captions` and `mimeTypes` field by field. */
export function changedProfile(profile: RendererProfile, changes: ProfileChanges): RendererProfile {
  return {
    ...profile,
    ...changes,
    plays: { ...profile.plays, ...changes.plays },
    captions: { ...profile.captions, ...changes.captions },
    mimeTypes: { ...profile.mimeTypes, ...changes.mimeTypes },
  }
}

/** The default profile with what the rule changes in it. */
export function profileOf({ id, name, changes }: RendererRule): RendererProfile {
  return { ...changedProfile(DEFAULT_PROFILE, changes), id, name }
}

/** A rule, and whether it is only the widest of its family. */
export interface FoundRule {
  readonly rule: RendererRule
  readonly isVague: boolean
}

/**
 * The first rule that a request matches by its own headers, if need be together with the description
 * of its renderer; `null` if it says nothing that a rule knows. Where the match is a vague one, the rule of the same
 * family that the description matches.
 */
export function ruleOfRequest(
  rules: readonly RendererRule[],
  signs: RendererSigns,
): FoundRule | null {
  const found = firstRule(rules, (match) => needsRequest(match) && matches(match, signs))
  const { description } = signs
  if (found === null || !found.isVague || description === undefined) return found
  const { family } = found.rule
  const related = family === undefined ? rules : rules.filter((rule) => rule.family === family)
  const described = ruleOfDescription(related, description)
  return described === null || described.isVague ? found : described
}

/** The first rule that the description of a renderer matches alone. */
export function ruleOfDescription(
  rules: readonly RendererRule[],
  description: DescriptionSigns,
): FoundRule | null {
  return firstRule(rules, (match) => !needsRequest(match) && matches(match, { description }))
}

function firstRule(
  rules: readonly RendererRule[],
  isFound: (match: Match) => boolean,
): FoundRule | null {
  for (const rule of rules) {
    const match = rule.matches.find(isFound)
    if (match !== undefined) return { rule, isVague: match.isVague === true }
  }
  return null
}

function needsRequest({ description: _, isVague: __, ...patterns }: Match): boolean {
  return Object.keys(patterns).length > 0
}

function matches({ description, isVague: _, ...request }: Match, signs: RendererSigns): boolean {
  return found(request, signs) && found(description ?? {}, signs.description ?? {})
}

function found<Signs extends object>(
  patterns: { readonly [Sign in keyof Signs]?: RegExp },
  signs: { readonly [Sign in keyof Signs]?: unknown },
): boolean {
  return Object.entries(patterns).every(([sign, pattern]) => {
    const value: unknown = Reflect.get(signs, sign)
    return typeof value === 'string' && pattern instanceof RegExp && pattern.test(value)
  })
}
