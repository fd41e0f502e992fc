import { expect, test } from 'vitest'
import {
  doneOf,
  fileTree,
  initiallyOpen,
  type TreeNode,
  tickedOf,
  toggled,
  visibleRows,
} from '../../../src/web/logic/file-tree.ts'

const FILES = [
  'Show/Season 2/E1.mkv',
  'Show/Season 10/E1.mkv',
  'Show/Season 1/E10.mkv',
  'Show/Season 1/E2.mkv',
  'Show/Season 1/E1.mkv',
  'Show/readme.txt',
  'Show/.pad/12',
].map((path, index) => ({
  components: path.split('/'),
  length: (index + 1) * 100,
  attributes: { padding: path.includes('.pad') },
}))

function find(tree: readonly TreeNode[], name: string): TreeNode {
  for (const node of tree) {
    if (node.name === name) return node
    const found = node.kind === 'folder' ? findIn(node.children, name) : undefined
    if (found !== undefined) return found
  }
  throw new Error(name)
}

function findIn(tree: readonly TreeNode[], name: string): TreeNode | undefined {
  try {
    return find(tree, name)
  } catch {
    return undefined
  }
}

test('folders come first, everything in natural order, padding nowhere', () => {
  const tree = fileTree(FILES)
  const rows = visibleRows(tree, initiallyOpen(tree, FILES.length))
  expect(rows.map(({ node, depth }) => `${'-'.repeat(depth)}${node.name}`)).toEqual([
    ...['Show', '-Season 1', '--E1.mkv', '--E2.mkv', '--E10.mkv'],
    ...['-Season 2', '--E1.mkv', '-Season 10', '--E1.mkv', '-readme.txt'],
  ])
})

test('of very many files only the way to the first choice is open', () => {
  const tree = fileTree(FILES)
  expect(visibleRows(tree, initiallyOpen(tree, 20_000)).map(({ node }) => node.name)).toEqual([
    ...['Show', 'Season 1', 'Season 2', 'Season 10', 'readme.txt'],
  ])
})

test('a folder has the size and the files of all that is in it', () => {
  const folder = find(fileTree(FILES), 'Season 1')
  expect(folder).toMatchObject({ length: 300 + 400 + 500, indices: [4, 3, 2] })
})

test('ticking a folder ticks what is in it, and again unticks it', () => {
  const folder = find(fileTree(FILES), 'Season 1')
  const some = new Set([2, 5])
  expect(tickedOf(folder, some)).toBe('some')
  const all = toggled(folder, some)
  expect([tickedOf(folder, all), [...all].toSorted()]).toEqual(['all', [2, 3, 4, 5]])
  expect([...toggled(folder, all)]).toEqual([5])
})

test('a folder is as far as its files together', () => {
  const tree = fileTree(FILES)
  const progress = [0, 0, 300, 300, 0, 600]
  expect(doneOf(find(tree, 'Season 1'), progress)).toBe(0.5)
  expect(doneOf(find(tree, 'readme.txt'), progress)).toBe(1)
})
