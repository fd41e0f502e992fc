import { AUDIO_PLAYERS } from './families/audio-players.ts'
import { LG_RULES } from './families/lg.ts'
import { OTHER_TVS } from './families/other-tvs.ts'
import { PLAYERS } from './families/players.ts'
import { SAMSUNG } from './families/samsung.ts'
import { SONY } from './families/sony.ts'
import type { RendererRule } from './renderer-rule.ts'

/**
 * Every renderer that we know, in the order in which the rules are tried: the first that matches counts,
 * so the narrower stands before the wider.
 */
export const RENDERER_RULES: readonly RendererRule[] = [
  ...SAMSUNG,
  ...LG_RULES,
  ...SONY,
  ...OTHER_TVS,
  ...PLAYERS,
  ...AUDIO_PLAYERS,
]
