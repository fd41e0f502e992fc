import type { RendererProfile } from '../../src/upnp/renderers/renderer-profile.ts'
import { profileOf } from '../../src/upnp/renderers/renderer-rule.ts'
import { RENDERER_RULES } from '../../src/upnp/renderers/renderer-table.ts'

/** Whom a rule of the table is for. */
export function rendererNamed(id: string): RendererProfile {
  const rule = RENDERER_RULES.find((one) => one.id === id)
  if (rule === undefined) throw new Error(`there is no rule ${id}`)
  return profileOf(rule)
}
