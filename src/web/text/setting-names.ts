import type { Setting } from '../api/server-types.ts'
import { EN, type TextKey } from './en.ts'
import { t } from './text.ts'

export interface SettingNames {
  readonly label: string
  readonly effect: string
  readonly unit: string | null
}

/** What a setting is called here, in the page's language; in the server's own words where the page does not know it. */
export function settingNames({ name, effect, unit }: Setting): SettingNames {
  return {
    label: known(`setting.${name}`) ?? name,
    effect: known(`effect.${name}`) ?? effect,
    unit: unit === null ? null : (known(`unit.${unit}`) ?? unit),
  }
}

function known(key: string): string | undefined {
  return isKey(key) ? t(key) : undefined
}

function isKey(key: string): key is TextKey {
  return Object.hasOwn(EN, key)
}
