import { hostname } from 'node:os'
import type { Config } from '../config/config.ts'
import { AccessRules } from '../http/access/access-rules.ts'
import { CrossOrigin } from '../http/access/cors.ts'
import { namesOfMachine } from '../http/access/host-names.ts'
import { PasswordAttempts } from '../http/access/password-attempts.ts'
import { SignedPaths } from '../http/access/signed-paths.ts'
import type { Logger } from '../log.ts'
import type { Settings } from '../settings/settings.ts'
import type { Session } from '../torrents/surface/surface.ts'
import { accessOptions, accessSettings } from './access-settings.ts'
import { PAGE_HOST } from './page-announcement.ts'
import { readOrCreateStreamKey } from './stream-key.ts'

export interface AccessParts {
  readonly config: Config
  readonly session: Session
  readonly settings: Settings
  /** Where the key of signed URLs is kept; it exists. */
  readonly stateFolder: string
  readonly log: Logger
}

export interface Access {
  /** In force; those that may change are settings. */
  readonly rules: AccessRules
  readonly signedPaths: SignedPaths
}

/** Who may read and change, and the paths that are read without a password. */
export async function startAccess(parts: AccessParts): Promise<Access> {
  const { config, session, settings, stateFolder, log } = parts
  const rules = new AccessRules(
    {
      ...accessOptions(config),
      ownNames: [...namesOfMachine(hostname()), `${PAGE_HOST}.local`],
      crossOrigin: config.corsAllow === null ? null : new CrossOrigin(config.corsAllow),
    },
    new PasswordAttempts(() => performance.now(), log.child({ name: 'http' })),
  )
  for (const setting of accessSettings(config, rules)) await settings.register(setting)
  const key = await readOrCreateStreamKey(stateFolder, log)
  return { rules, signedPaths: new SignedPaths({ key, session, rules, now: () => Date.now() }) }
}
