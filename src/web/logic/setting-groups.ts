import type { Setting } from '../api/server-types.ts'

/** In the order that they are shown in; what the page does not know comes last. */
const GROUPS = {
  server: ['name', 'interface'],
  access: ['auth', 'auth-reading', 'allow-address', 'allow-host'],
  traffic: [
    'download-limit',
    'upload-limit',
    'alt-limits',
    'max-connections',
    'max-connections-per-torrent',
    'seed-ratio',
    'seed-minutes',
    'blocklist',
  ],
  disk: ['quota', 'reserve'],
} as const satisfies Readonly<Record<string, readonly string[]>>

const NAMES = ['server', 'access', 'traffic', 'disk'] as const

export interface SettingGroup {
  readonly name: (typeof NAMES)[number] | 'other'
  readonly settings: readonly Setting[]
}

/** Settings by subject, without groups that have none. */
export function settingGroups(settings: readonly Setting[]): readonly SettingGroup[] {
  const known: ReadonlySet<string> = new Set(Object.values(GROUPS).flat())
  const groups: readonly SettingGroup[] = [
    ...NAMES.map((name) => ({
      name,
      settings: GROUPS[name].flatMap((wanted) => settings.filter((one) => one.name === wanted)),
    })),
    { name: 'other', settings: settings.filter(({ name }) => !known.has(name)) },
  ]
  return groups.filter((group) => group.settings.length > 0)
}
