import { compareNatural } from './natural-order.ts'

/** What the tree needs of a file of a torrent. */
export interface TreeFile {
  readonly components: readonly string[]
  readonly length: number
  readonly attributes?: { readonly padding: boolean }
}

export interface FileNode {
  readonly kind: 'file'
  readonly name: string
  readonly index: number
  readonly length: number
}

export interface FolderNode {
  readonly kind: 'folder'
  readonly name: string
  /** Its names from the top, joined by "/": a key. */
  readonly path: string
  readonly children: readonly TreeNode[]
  /** Of everything in it, in bytes. */
  readonly length: number
  /** Of every file in it, at any depth. */
  readonly indices: readonly number[]
}

export type TreeNode = FileNode | FolderNode

export interface TreeRow {
  readonly node: TreeNode
  /** 0 at the top. */
  readonly depth: number
  readonly isOpen: boolean
}

export type Ticked = 'all' | 'some' | 'none'

interface Draft {
  readonly name: string
  readonly path: string
  readonly folders: Map<string, Draft>
  readonly files: FileNode[]
}

/** Folders first, then files, both in natural order; padding is left out. */
export function fileTree(files: readonly TreeFile[]): readonly TreeNode[] {
  const root: Draft = { name: '', path: '', folders: new Map(), files: [] }
  for (const [index, { components, length, attributes }] of files.entries()) {
    if (attributes?.padding) continue
    let folder = root
    for (const name of components.slice(0, -1)) folder = folderIn(folder, name)
    folder.files.push({ kind: 'file', name: components.at(-1) ?? '', index, length })
  }
  return finished(root)
}

function folderIn(parent: Draft, name: string): Draft {
  const known = parent.folders.get(name)
  if (known !== undefined) return known
  const path = parent.path === '' ? name : `${parent.path}/${name}`
  const folder: Draft = { name, path, folders: new Map(), files: [] }
  parent.folders.set(name, folder)
  return folder
}

function finished({ folders, files }: Draft): readonly TreeNode[] {
  const byName = (a: { name: string }, b: { name: string }): number =>
    compareNatural(a.name, b.name)
  const below = [...folders.values()].sort(byName).map((draft): FolderNode => {
    const children = finished(draft)
    return {
      kind: 'folder',
      name: draft.name,
      path: draft.path,
      children,
      length: children.reduce((sum, child) => sum + child.length, 0),
      indices: children.flatMap(indicesOf),
    }
  })
  return [...below, ...files.sort(byName)]
}

/** The files that a row stands for. */
export function indicesOf(node: TreeNode): readonly number[] {
  return node.kind === 'file' ? [node.index] : node.indices
}

/** The rows that are seen where the folders in `open` are open. */
export function visibleRows(tree: readonly TreeNode[], open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = []
  const add = (nodes: readonly TreeNode[], depth: number): void => {
    for (const node of nodes) {
      const isOpen = node.kind === 'folder' && open.has(node.path)
      rows.push({ node, depth, isOpen })
      if (node.kind === 'folder' && isOpen) add(node.children, depth + 1)
    }
  }
  add(tree, 0)
  return rows
}

/** The folders that are open at first: the way down to where there is something to choose. */
export function initiallyOpen(tree: readonly TreeNode[], fileCount: number): Set<string> {
  const open = new Set<string>()
  const addAll = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      if (node.kind !== 'folder') continue
      open.add(node.path)
      addAll(node.children)
    }
  }
  if (fileCount <= 60) {
    addAll(tree)
    return open
  }
  let [only, another] = tree
  while (only?.kind === 'folder' && another === undefined) {
    open.add(only.path)
    ;[only, another] = only.children
  }
  return open
}

/** How many of a row's files are ticked. */
export function tickedOf(node: TreeNode, ticked: ReadonlySet<number>): Ticked {
  const indices = indicesOf(node)
  const count = indices.reduce((sum, index) => sum + Number(ticked.has(index)), 0)
  if (count === 0) return 'none'
  return count === indices.length ? 'all' : 'some'
}

/** What is ticked once a row has been clicked: all of it, or nothing of it where all was. */
export function toggled(node: TreeNode, ticked: ReadonlySet<number>): Set<number> {
  const next = new Set(ticked)
  const isOn = tickedOf(node, ticked) !== 'all'
  for (const index of indicesOf(node)) {
    if (isOn) next.add(index)
    else next.delete(index)
  }
  return next
}

/** How much of a row is there, from 0 to 1. */
export function doneOf(node: TreeNode, progress: readonly number[]): number {
  if (node.length === 0) return 1
  const done = indicesOf(node).reduce((sum, index) => sum + (progress[index] ?? 0), 0)
  return Math.min(done / node.length, 1)
}
