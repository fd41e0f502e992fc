/** An announce in the local network (BEP 14). */
export interface LsdMessage {
  /** 40 hex digits in lower case, each once. */
  readonly infoHashes: readonly string[]
  readonly port: number
  /** Of the sender, so that it knows its own; `null` where it has none. */
  readonly cookie: string | null
}

/** Including what BEP 14 wants: one packet on an Ethernet. */
export const MAX_LSD_BYTES = 1_400
/** So many fit. */
export const MAX_INFO_HASHES = 20
const MAX_COOKIE_CHARACTERS = 64
const FIRST_LINE = /^BT-SEARCH \* HTTP\/1\.[01]$/i

/**
 * An announcement for the LAN (BEP 14); info hashes that do not fit in one message are left out.
 */
export function encodeLsdMessage(
  { infoHashes, port, cookie }: LsdMessage,
  host: string,
): Uint8Array {
  const lines = [
    'BT-SEARCH * HTTP/1.1',
    `Host: ${host}`,
    `Port: ${port}`,
    ...infoHashes.slice(0, MAX_INFO_HASHES).map((infoHash) => `Infohash: ${infoHash}`),
    ...(cookie === null ? [] : [`cookie: ${cookie}`]),
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n\r\n`)
}

/** `null` for whatever lacks an info hash or a port, has two ports, or is no announce at all. */
export function parseLsdMessage(datagram: Uint8Array): LsdMessage | null {
  if (datagram.length > MAX_LSD_BYTES) return null
  const [first = '', ...lines] = Buffer.from(datagram).toString('latin1').split(/\r?\n/)
  if (!FIRST_LINE.test(first)) return null
  const infoHashes = new Set<string>()
  const ports = new Set<number>()
  let cookie: string | null = null
  for (const line of lines) {
    const [, name = '', value = ''] = /^([a-z-]+)[ \t]*:[ \t]*(.*?)[ \t]*$/i.exec(line) ?? []
    switch (name.toLowerCase()) {
      case 'infohash':
        if (/^[0-9a-f]{40}$/i.test(value)) infoHashes.add(value.toLowerCase())
        break
      case 'port':
        ports.add(/^\d{1,5}$/.test(value) ? Number(value) : 0)
        break
      case 'cookie':
        cookie ??= value.slice(0, MAX_COOKIE_CHARACTERS)
        break
    }
  }
  const [port = 0] = ports
  if (infoHashes.size === 0 || ports.size !== 1 || port < 1 || port > 65_535) return null
  return { infoHashes: [...infoHashes].slice(0, MAX_INFO_HASHES), port, cookie }
}
