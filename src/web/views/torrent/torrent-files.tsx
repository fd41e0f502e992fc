import type { JSX } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { sendJson } from '../../api/request.ts'
import type { FileDetails, TorrentDetails, TorrentItem } from '../../api/torrent-types.ts'
import { doneOf, fileTree, type TreeNode, toggled } from '../../logic/file-tree.ts'
import { mediaKindOf } from '../../logic/media-names.ts'
import { FileRows } from '../../parts/file-rows.tsx'
import { MediaButtons } from '../../parts/media-buttons.tsx'
import { Progress } from '../../parts/progress.tsx'
import { refreshAfterChange } from '../../state/live.ts'
import { mediaFileIn } from '../../state/media-file.ts'
import { attempt } from '../../state/notices.ts'
import { percent, t } from '../../text/text.ts'

interface TorrentFilesProps {
  readonly item: TorrentItem
  readonly details: TorrentDetails | null
  readonly onSelected: () => void
}

/** The files of a torrent: which are wanted, how far each is, what can be played. */
export function TorrentFiles({ item, details, onSelected }: TorrentFilesProps): JSX.Element {
  const files = details?.files ?? NO_FILES
  const tree = useMemo(() => fileTree(files), [files])
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set<number>())
  useEffect(() => setTicked(includedIn(files)), [files])
  if (files.length === 0) {
    const isResolving = item.stats.resolving === true || item.resolving === true
    return <Progress label={t(isResolving ? 'status.resolving' : 'loading')} share={null} />
  }
  const select = async (next: ReadonlySet<number>): Promise<void> => {
    setTicked(next)
    const isDone = await attempt(async () => {
      const onlyFiles = [...next].sort((a, b) => a - b)
      await sendJson('POST', `torrents/${item.id}/update_only_files`, { only_files: onlyFiles })
      await refreshAfterChange()
    })
    if (isDone) onSelected()
    else setTicked(includedIn(files))
  }
  const progress = item.stats.file_progress
  const stateOf = (node: TreeNode): JSX.Element | null => {
    if (node.kind === 'file') {
      const fault = files[node.index]?.error
      if (fault !== undefined) return <span class="fault">{fault}</span>
    }
    if (progress.length === 0) return null
    return <span class="file-done">{percent(doneOf(node, progress))}</span>
  }
  return (
    <FileRows
      key={item.info_hash}
      tree={tree}
      fileCount={files.length}
      ticked={ticked}
      onToggle={(node) => void select(toggled(node, ticked))}
      renderState={stateOf}
      renderActions={({ index, name }) =>
        mediaKindOf(name) === null ? null : (
          <MediaButtons
            media={mediaFileIn(item.info_hash, index, files[index]?.components ?? [name])}
          />
        )
      }
    />
  )
}

const NO_FILES: readonly FileDetails[] = []

function includedIn(files: readonly FileDetails[]): Set<number> {
  return new Set(files.flatMap(({ included }, index) => (included ? [index] : [])))
}
