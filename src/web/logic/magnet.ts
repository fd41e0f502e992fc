/** The magnet URI of a torrent (BEP 9), with the trackers that are known. */
export function magnetUri(
  infoHash: string,
  name: string | null,
  trackers: readonly string[],
): string {
  const parts = [`xt=urn:btih:${infoHash}`]
  if (name !== null) parts.push(`dn=${encodeURIComponent(name)}`)
  for (const tracker of trackers) parts.push(`tr=${encodeURIComponent(tracker)}`)
  return `magnet:?${parts.join('&')}`
}
