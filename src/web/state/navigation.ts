import { signal } from '@preact/signals'
import { parseRoute, type Route, routeHash } from '../logic/routes.ts'

export const route = signal<Route>(parseRoute(location.hash))

export function startNavigation(): void {
  takeGivenSource()
  addEventListener('hashchange', () => {
    route.value = parseRoute(location.hash)
  })
}

export function go(to: Route): void {
  location.hash = routeHash(to)
}

/** A magnet that the browser, or another app of the phone, opened the page with. */
function takeGivenSource(): void {
  const query = new URLSearchParams(location.search)
  const source = query.get('add') ?? query.get('add_url')
  if (source === null) return
  const hash = routeHash({ kind: 'add', source })
  history.replaceState(null, '', `${location.pathname}${hash}`)
  route.value = parseRoute(hash)
}
