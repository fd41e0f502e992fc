/** `user:pass@` of a URL; in a magnet URLs stand percent-encoded. */
const LOGIN = /([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/gi
const ENCODED_LOGIN = /(%3a%2f%2f)(?:(?!%2f|%3f|%23)[^\s&])*%40/gi

/** Text for people with URLs in it, without what is to be kept secret of them. */
export function withoutLogin(text: string): string {
  return text.replace(LOGIN, '$1').replace(ENCODED_LOGIN, '$1')
}
