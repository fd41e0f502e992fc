import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

/** Where a file beside folders is none of them, and stands for itself: the way in, or a leaf. */
const ROOTS = [SRC, join(SRC, 'torrents')]
/** Rows of the table beside it, of which it is a part. */
const ROWS = join(SRC, 'upnp/renderers/families')

/** What each folder imports from, types included. */
function arrows(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const nodeOf = (file: string): string => {
    const folder = dirname(file)
    if (ROOTS.includes(folder)) return file
    return folder === ROWS ? dirname(folder) : folder
  }
  for (const name of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue
    const file = join(SRC, name)
    const node = nodeOf(file)
    const targets = found.get(node) ?? new Set<string>()
    found.set(node, targets)
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(
      /(?:from|import) '(\.[^']+)'/g,
    )) {
      const target = nodeOf(join(dirname(file), path))
      if (target !== node) targets.add(target)
    }
  }
  return found
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

it('no folder imports from one that imports from it, by whatever way', () => {
  const graph = arrows()
  expect(graph.size).toBeGreaterThan(20)
  expect([...graph.keys()].filter((node) => reach(node, graph).has(node))).toEqual([])
})
