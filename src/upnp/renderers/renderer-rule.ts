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

export function profileOf({ id, name, changes }: RendererRule): RendererProfile {
  return { ...changedProfile(DEFAULT_PROFILE, changes), id, name }
}

/**
 * The first rule that a request matches by its own headers, if need be together with the description
 * of its renderer; `null` if it says nothing that a rule knows.
 */
export function ruleOfRequest(
  rules: readonly RendererRule[],
  signs: RendererSigns,
): RendererRule | null {
  const isMatched = (match: Match): boolean => needsRequest(match) && matches(match, signs)
  return rules.find((rule) => rule.matches.some(isMatched)) ?? null
}

/** The first rule that the description of a renderer matches alone. */
export function ruleOfDescription(
  rules: readonly RendererRule[],
  description: DescriptionSigns,
): RendererRule | null {
  const isMatched = (match: Match): boolean =>
    !needsRequest(match) && matches(match, { description })
  return rules.find((rule) => rule.matches.some(isMatched)) ?? null
}

function needsRequest({ description: _, ...patterns }: Match): boolean {
  return Object.keys(patterns).length > 0
}

function matches({ description, ...request }: Match, signs: RendererSigns): boolean {
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
