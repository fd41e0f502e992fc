import { compareNatural } from '../../media/natural-order.ts'
import type { FilmEntry } from './catalogue.ts'

/** Releases of one film stand together, the smaller picture first. */
export function byFilm(a: FilmEntry, b: FilmEntry): number {
  return (
    compareNatural(a.key, b.key) ||
    compareNatural(a.film.title, b.film.title) ||
    compareNatural(a.film.version.join(' '), b.film.version.join(' '))
  )
}

/**
 * The same films, in the order of `byFilm`, with titles that a person in front of a TV can tell apart: as much of
 * what their names say of the release as it takes, `River (2021) [1080p]`, and where that is not enough a number.
 */
export function toldApart(films: readonly FilmEntry[]): readonly FilmEntry[] {
  const told: FilmEntry[] = []
  for (let start = 0; start < films.length; ) {
    let end = start + 1
    while (end < films.length && films[end]?.film.title === films[start]?.film.title) end++
    for (const film of withVersions(films.slice(start, end))) told.push(film)
    start = end
  }
  return told
}

function withVersions(releases: readonly FilmEntry[]): readonly FilmEntry[] {
  const [only] = releases
  if (only !== undefined && releases.length === 1) return [titledAs(only, only.film.title)]
  const most = releases.reduce((sum, { film }) => Math.max(sum, film.version.length), 0)
  let titles: readonly string[] = []
  for (let parts = 1; parts <= most && new Set(titles).size < releases.length; parts++) {
    titles = releases.map(({ film }) => versionTitle(film, parts))
  }
  const seen = new Map<string, number>()
  return releases.map((release, place) => {
    const title = titles[place] ?? release.film.title
    const times = (seen.get(title) ?? 0) + 1
    seen.set(title, times)
    return titledAs(release, times === 1 ? title : `${title} [${times}]`)
  })
}

function versionTitle({ title, version }: FilmEntry['film'], parts: number): string {
  const told = version.slice(0, parts).join(' ')
  return told === '' ? title : `${title} [${told}]`
}

function titledAs(entry: FilmEntry, title: string): FilmEntry {
  return entry.title === title ? entry : { ...entry, title }
}
