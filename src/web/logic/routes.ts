/** Where in the page somebody is: what stands behind the # of its address. */
export type Route =
  | { readonly kind: 'library' }
  | { readonly kind: 'title'; readonly id: string }
  | { readonly kind: 'play'; readonly infoHash: string; readonly fileIndex: number }
  | { readonly kind: 'add'; readonly source: string | null }
  | { readonly kind: 'torrents' }
  | { readonly kind: 'torrent'; readonly id: string }
  | { readonly kind: 'streams' }
  | { readonly kind: 'tvs' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'log' }
  | { readonly kind: 'more' }

const PLAIN = ['library', 'torrents', 'streams', 'tvs', 'settings', 'log', 'more'] as const

/** The library where nothing, or nothing known, is named. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?')
  const [name = '', ...rest] = path.split('/').map(decoded)
  const plain = PLAIN.find((kind) => kind === name)
  if (plain !== undefined) return { kind: plain }
  const [first, second] = rest
  if (name === 'add') return { kind: 'add', source: new URLSearchParams(query).get('source') }
  if (name === 'title' && first) return { kind: 'title', id: first }
  if (name === 'torrent' && first) return { kind: 'torrent', id: first }
  if (name === 'play' && first && second && /^\d+$/.test(second)) {
    return { kind: 'play', infoHash: first, fileIndex: Number(second) }
  }
  return { kind: 'library' }
}

export function routeHash(route: Route): string {
  switch (route.kind) {
    case 'title':
    case 'torrent':
      return `#/${route.kind}/${encodeURIComponent(route.id)}`
    case 'play':
      return `#/play/${route.infoHash}/${route.fileIndex}`
    case 'add':
      return route.source === null ? '#/add' : `#/add?source=${encodeURIComponent(route.source)}`
    case 'library':
    case 'torrents':
    case 'streams':
    case 'tvs':
    case 'settings':
    case 'log':
    case 'more':
      return `#/${route.kind}`
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
