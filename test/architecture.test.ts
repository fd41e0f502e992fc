import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ANEW } from '../vitest.config.ts'

const SRC = fileURLToPath(new URL('../src', import.meta.url))
const BIOME = fileURLToPath(new URL('../biome.json', import.meta.url))

/** Each imports from those before it alone, types included. What a folder has inside is one place. */
const TORRENTS = [
  ...['torrent-error.ts', 'binding', 'rates', 'pieces', 'http-client', 'metainfo', 'swarm'],
  ...['scheduler', 'streams', 'store', 'state', 'download'],
  ...['extensions', 'discovery', 'uploads', 'port-mapping', 'webtorrent', 'web-seeds'],
  ...['torrent', 'session', 'surface'],
]
const LIBRARY = [
  ...['facts', 'files', 'names', 'objects', 'sorting', 'search', 'pages', 'subtitles'],
  ...['tree', 'views', 'root', 'changes', 'playback', 'probing', 'library.ts', 'pictures'],
]
const UPNP = [
  ...['xml', 'renderers', 'traffic', 'control', 'eventing', 'description', 'discovery'],
  ...['content-directory', 'services', 'media-server.ts'],
]
const HTTP = [
  ...['schemas', 'messages', 'access', 'media-files', 'upnp-endpoints', 'torrent-api'],
  ...[
    'renderer-api',
    'operations',
    'http-app.ts',
    'root-routes.ts',
    'web-page.ts',
    'http-server.ts',
  ],
]
const ORDER = [
  ...['concurrency', 'config', 'settings', 'media'],
  ...TORRENTS.map((name) => `torrents/${name}`),
  ...LIBRARY.map((name) => `library/${name}`),
  ...UPNP.map((name) => `upnp/${name}`),
  'renderers',
  ...HTTP.map((name) => `http/${name}`),
  ...['app', 'index.ts', 'app.ts', 'cli', 'cli.ts'],
]
/** Files beside the folders that are not in the order: they import nothing but each other. */
const LEAF = -1

interface Import {
  /** Both relative to src/. */
  readonly from: string
  readonly to: string
  /** As the other file calls them; none where all is imported for its effect. */
  readonly names: readonly string[]
}

const IMPORT =
  /^(?:import|export)\s+(?:type\s+)?(?:\{([^}]*)\}|\* as \w+|\w+)\s+from\s+'(\.[^']+)'|import\(?\s*'(\.[^']+)'/gm

function importsOf(file: string): Import[] {
  return [...readFileSync(join(SRC, file), 'utf8').matchAll(IMPORT)].map(
    ([, names = '', path = '', bare = '']) => ({
      from: file,
      to: relative(SRC, join(SRC, dirname(file), path || bare)),
      names: names
        .split(',')
        .map((name) =>
          name
            .trim()
            .replace(/^type /, '')
            .replace(/ as .*$/, ''),
        )
        .filter((name) => name !== ''),
    }),
  )
}

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.startsWith('web/'),
)
const IMPORTS = FILES.flatMap(importsOf)

/** The place of a file in the order; `undefined` for one in a folder that has none. */
function rankOf(file: string): number | undefined {
  const rank = ORDER.findIndex((place) => file === place || file.startsWith(`${place}/`))
  if (rank !== -1) return rank
  return file.includes('/') ? undefined : LEAF
}

/** Everything that can be reached from `start`. */
function reach(start: string, graph: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const seen = new Set<string>()
  const waiting = [start]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    for (const next of graph.get(node) ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      waiting.push(next)
    }
  }
  return seen
}

describe('the folders of src', () => {
  it('all have a place in the order, and what has one is there', () => {
    expect(FILES.filter((file) => rankOf(file) === undefined)).toEqual([])
    const used = new Set(FILES.map(rankOf))
    expect(ORDER.filter((_, rank) => !used.has(rank))).toEqual([])
  })

  it('import from those that come before them alone', () => {
    const wrong = IMPORTS.filter(({ from, to }) => {
      const [own = LEAF, other = LEAF] = [rankOf(from), rankOf(to)]
      return other > own
    })
    expect(IMPORTS.length).toBeGreaterThan(500)
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  it('import in no circle, also those that lie within another', () => {
    const nodeOf = (file: string): string => (file.includes('/') ? dirname(file) : file)
    const graph = new Map<string, Set<string>>()
    for (const { from, to } of IMPORTS) {
      if (nodeOf(from) === nodeOf(to)) continue
      const targets = graph.get(nodeOf(from)) ?? new Set()
      graph.set(nodeOf(from), targets.add(nodeOf(to)))
    }
    expect(graph.size).toBeGreaterThan(20)
    expect([...graph.keys()].filter((node) => reach(node, graph).has(node))).toEqual([])
  })
})

interface BiomeOverride {
  readonly includes: readonly string[]
  readonly linter?: {
    readonly rules?: {
      readonly style?: {
        readonly noRestrictedImports?: {
          readonly options: { readonly patterns: readonly { readonly group: readonly string[] }[] }
        }
      }
    }
  }
}

/** Of the last override of biome.json for a folder, which is the one that counts. */
function wallsOf(folder: string): readonly string[] {
  const { overrides }: { overrides: readonly BiomeOverride[] } = JSON.parse(
    readFileSync(BIOME, 'utf8'),
  )
  const walls = overrides
    .filter(({ includes }) => includes.includes(`src/${folder}/**`))
    .flatMap(({ linter }) => linter?.rules?.style?.noRestrictedImports?.options ?? [])
    .at(-1)
  return walls?.patterns.flatMap(({ group }) => group) ?? []
}

describe('the walls in biome.json', () => {
  const folders = TORRENTS.filter((name) => !name.endsWith('.ts'))

  it.each(folders.slice(0, -1))('keep torrents/%s from what comes after it', (folder) => {
    const above = folders.slice(folders.indexOf(folder) + 1)
    const names =
      above.length > 1 ? [`**/{${above.join(',')}}/**`] : above.map((one) => `**/${one}/**`)
    expect(wallsOf(`torrents/${folder}`)).toEqual(expect.arrayContaining(names))
  })

  it.each(LIBRARY.slice(0, LIBRARY.indexOf('library.ts')))(
    'keep library/%s from what comes after it',
    (folder) => {
      const above = LIBRARY.slice(LIBRARY.indexOf(folder) + 1)
      const names = above.filter((name) => !name.endsWith('.ts'))
      const group = names.length > 1 ? `../{${names.join(',')}}/**` : `../${names[0]}/**`
      expect(wallsOf(`library/${folder}`)).toEqual(expect.arrayContaining([group, '../library.ts']))
    },
  )

  it.each(['library', 'http', 'app', 'cli'])('keep %s from the insides of torrents/', (folder) => {
    const given = IMPORTS.filter(
      ({ from, to }) => from === 'index.ts' && to.startsWith('torrents/'),
    )
    const walls = wallsOf(folder).filter((wall) => wall.includes('/torrents/'))
    expect(walls.toSorted()).toEqual(
      ['**/torrents/**', ...given.map(({ to }) => `!**/${to}`)].toSorted(),
    )
  })
})

it('library/, http/, app/ and the command line use nothing of torrents/ but what index.ts gives out', () => {
  const nameIn = (file: string) => (name: string) => `${name} of ${file}`
  const given = new Set(
    IMPORTS.filter(({ from }) => from === 'index.ts').flatMap(({ to, names }) =>
      names.map(nameIn(to)),
    ),
  )
  const used = IMPORTS.filter(
    ({ from, to }) =>
      /^(?:library|renderers|http|app|cli|upnp)\b/.test(from) && to.startsWith('torrents/'),
  )
  expect(used.length).toBeGreaterThan(20)
  expect(used.filter(({ names }) => names.length === 0)).toEqual([])
  expect(
    used.flatMap(({ to, names }) => names.map(nameIn(to))).filter((name) => !given.has(name)),
  ).toEqual([])
})

describe('the documents', () => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const known = ['src', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(
      (name) => `/${folder}/${name}`,
    ),
  )

  it.each(['architecture', 'security', 'scheduler', 'renderers', 'binding', 'limits'])(
    'name files that are there: %s.md',
    (name) => {
      const text = readFileSync(join(root, 'docs', `${name}.md`), 'utf8')
      const files = [...text.matchAll(/`([\w./-]+\.tsx?)`/g)].map(([, file]) => `/${file}`)
      expect(files.filter((file) => !known.some((path) => path.endsWith(file)))).toEqual([])
    },
  )
})

it('tests that replace modules share none with others', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  const replacing = files.filter(
    (name) =>
      name.endsWith('.test.ts') &&
      /^vi\.mock\(/m.test(readFileSync(join(import.meta.dirname, name), 'utf8')),
  )
  expect(replacing.length).toBeGreaterThan(0)
  expect(replacing.map((name) => `test/${name}`).filter((name) => !ANEW.includes(name))).toEqual([])
})
