import { AUDIO_PLAYERS } from './audio-players.ts'
import { LG_RULES } from './lg.ts'
import { OTHER_TVS } from './other-tvs.ts'
import { PANASONIC } from './panasonic.ts'
import { PLAYERS } from './players.ts'
import type { RendererRule } from './renderer-rule.ts'
import { SAMSUNG } from './samsung.ts'
import { SONY } from './sony.ts'

/**
 * Every renderer that we know, in the order in which the rules are tried: the first that matches counts,
 * so the narrower stands before the wider.
 */
export const RENDERER_RULES: readonly RendererRule[] = [
  ...SAMSUNG,
  ...LG_RULES,
  ...SONY,
  ...PANASONIC,
  ...OTHER_TVS,
  ...PLAYERS,
  ...AUDIO_PLAYERS,
]
