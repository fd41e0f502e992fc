import type { Setting, SettingValue } from '../api/server-types.ts'

/** What stands in the field of a setting. A secret is never told, so its field is empty. */
export function draftOf({ kind, value }: Pick<Setting, 'kind' | 'value'>): string {
  if (kind === 'secret' || value === null) return ''
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** What a field means; `undefined` where it means nothing. An empty field is no value at all. */
export function settingValue(kind: Setting['kind'], draft: string): SettingValue | undefined {
  const text = draft.trim()
  switch (kind) {
    case 'list':
      return text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean)
    case 'number':
      if (text === '') return null
      return Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'boolean':
      return text === 'true'
    case 'secret':
    case 'text':
    case 'choice':
      return text === '' ? null : text
  }
}
