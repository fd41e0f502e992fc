import type { ComponentChildren, JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import {
  type FileNode,
  initiallyOpen,
  type TreeNode,
  type TreeRow,
  tickedOf,
  visibleRows,
} from '../logic/file-tree.ts'
import { bytes, t } from '../text/text.ts'
import { Icon } from './icon.tsx'
import { VirtualList } from './virtual-list.tsx'

export interface FileRowsProps {
  readonly tree: readonly TreeNode[]
  readonly fileCount: number
  readonly ticked: ReadonlySet<number>
  readonly onToggle: (node: TreeNode) => void
  readonly isDisabled?: boolean
  /** What stands under a row's name. */
  readonly renderState?: (node: TreeNode) => ComponentChildren
  /** What can be done with a file. */
  readonly renderActions?: (file: FileNode) => ComponentChildren
}

const ROW_HEIGHT = 64

/** The files of a torrent as a tree, with a box to tick for each. */
export function FileRows(props: FileRowsProps): JSX.Element {
  const { tree, fileCount } = props
  const [open, setOpen] = useState(() => initiallyOpen(tree, fileCount))
  const rows = useMemo(() => visibleRows(tree, open), [tree, open])
  const flip = (path: string): void => {
    const next = new Set(open)
    if (!next.delete(path)) next.add(path)
    setOpen(next)
  }
  return (
    <VirtualList
      label={t('files')}
      count={rows.length}
      rowHeight={ROW_HEIGHT}
      keyOf={(index) => keyOf(rows[index])}
      render={(index) => {
        const row = rows[index]
        return row === undefined ? null : <FileRow {...props} row={row} onFlip={flip} />
      }}
    />
  )
}

function keyOf(row: TreeRow | undefined): string {
  if (row === undefined) return ''
  return row.node.kind === 'file' ? `f${row.node.index}` : `d${row.node.path}`
}

interface FileRowProps extends FileRowsProps {
  readonly row: TreeRow
  readonly onFlip: (path: string) => void
}

function FileRow({ row, onFlip, ...props }: FileRowProps): JSX.Element {
  const { node, depth, isOpen } = row
  const state = tickedOf(node, props.ticked)
  return (
    <div class="file-row" style={{ paddingInlineStart: `${Math.min(depth, 8) * 18}px` }}>
      <input
        type="checkbox"
        aria-label={t('file.select', { name: node.name })}
        checked={state === 'all'}
        ref={(box) => {
          if (box !== null) box.indeterminate = state === 'some'
        }}
        disabled={props.isDisabled}
        onChange={() => props.onToggle(node)}
      />
      {node.kind === 'folder' ? (
        <button
          type="button"
          class="folder-button"
          aria-expanded={isOpen}
          onClick={() => onFlip(node.path)}
        >
          <span class={isOpen ? 'twist open' : 'twist'}>
            <Icon name="open" size={16} />
          </span>
          <Icon name="folder" size={18} />
          <span class="file-name">{node.name}</span>
        </button>
      ) : (
        <span class="file-label">
          <Icon name="file" size={18} />
          <span class="file-name" title={node.name}>
            {node.name}
          </span>
        </span>
      )}
      <span class="file-side">
        {props.renderState?.(node)}
        <span class="file-size">{bytes(node.length)}</span>
      </span>
      {node.kind === 'file' && props.renderActions?.(node)}
    </div>
  )
}
