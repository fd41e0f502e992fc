import { EN, type TextKey } from './en.ts'
import { t } from './text.ts'

/** What a message of the server begins with that the page says itself. */
const SAID_ALREADY = /^error adding torrent: /

/**
 * What went wrong, in the page's language, with the server's own words behind it where they say more;
 * those words alone where the page does not know the code.
 */
export function errorText(code: string | null, message: string): string {
  const detail = message.replace(SAID_ALREADY, '')
  const key = `error.${code}`
  return isKey(key) ? t(key, { detail }) : detail
}

function isKey(key: string): key is TextKey {
  return Object.hasOwn(EN, key)
}
