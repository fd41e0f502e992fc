/**
 * `user:pass@` of a URL, also where a password has what ends a host and makes it none. What follows
 * a port is a path. The limits keep long texts from taking long.
 */
const LOGIN = /(:\/\/)(?:[^/?#\s]{0,2048}|[^/?#\s:]{0,2048}:(?!\d{1,5}[/?#])[^\s@]{0,2048})@/g
/** In a magnet URLs stand percent-encoded. */
const ENCODED_LOGIN = /(%3a%2f%2f)(?:(?!%2f|%3f|%23)[^\s&]){0,2048}%40/gi

/** Text for people with URLs in it, without what is to be kept secret of them. */
export function withoutLogin(text: string): string {
  return text.replace(LOGIN, '$1').replace(ENCODED_LOGIN, '$1')
}
