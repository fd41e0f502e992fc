import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { AddedTorrent } from '../../api/torrent-types.ts'
import { fileTree, toggled } from '../../logic/file-tree.ts'
import { routeHash } from '../../logic/routes.ts'
import { FileRows } from '../../parts/file-rows.tsx'
import { Heading } from '../../parts/heading.tsx'
import { Progress } from '../../parts/progress.tsx'
import type { AddOptions } from '../../state/adding.ts'
import { findTorrent } from '../../state/torrents.ts'
import { bytes, t } from '../../text/text.ts'

interface ChooseFilesProps {
  readonly found: AddedTorrent
  readonly onStart: (options: AddOptions) => Promise<void>
  readonly onCancel: () => void
}

/** What is in a torrent that is not added yet. */
export function ChooseFiles({ found, onStart, onCancel }: ChooseFilesProps): JSX.Element {
  const { details } = found
  const files = details.files ?? []
  const tree = useMemo(() => fileTree(files), [files])
  const [ticked, setTicked] = useState<ReadonlySet<number>>(() => includedIn(files))
  const [folder, setFolder] = useState('')
  const [overwrite, setOverwrite] = useState(false)
  const [isStarting, setStarting] = useState(false)
  const known = findTorrent(details.info_hash)
  const name = details.name ?? details.info_hash
  const chosenBytes = useMemo(
    () => [...ticked].reduce((sum, index) => sum + (files[index]?.length ?? 0), 0),
    [ticked, files],
  )
  const start = async (): Promise<void> => {
    setStarting(true)
    const isAll = files.every(({ attributes }, index) => attributes?.padding || ticked.has(index))
    const onlyFiles = [...ticked].sort((a, b) => a - b)
    await onStart({ folder, overwrite, ...(isAll ? {} : { onlyFiles }) })
    setStarting(false)
  }
  return (
    <>
      <Heading title={name} />
      {known !== undefined && (
        <p class="problem" role="status">
          {t('add.known')}{' '}
          <a href={routeHash({ kind: 'torrent', id: String(known.id) })}>{t('add.known.show')}</a>
        </p>
      )}
      <div class="add-options">
        <label class="field">
          {t('add.folder')}
          <input
            type="text"
            value={folder}
            placeholder={name}
            spellcheck={false}
            onInput={({ currentTarget }) => setFolder(currentTarget.value)}
          />
        </label>
        <label class="check">
          <input type="checkbox" checked={overwrite} onChange={() => setOverwrite(!overwrite)} />
          {t('add.overwrite')}
        </label>
      </div>
      <div class="actions sticky">
        <button
          type="button"
          class="primary"
          disabled={ticked.size === 0 || isStarting}
          onClick={() => void start()}
        >
          {t('add.start', { size: bytes(chosenBytes) })}
        </button>
        <button type="button" onClick={onCancel}>
          {t('cancel')}
        </button>
        <span class="muted">{t('add.chosen', { chosen: ticked.size, count: files.length })}</span>
        <button type="button" class="plain" onClick={() => setTicked(includedIn(files))}>
          {t('select.all')}
        </button>
        <button type="button" class="plain" onClick={() => setTicked(new Set())}>
          {t('select.none')}
        </button>
      </div>
      {isStarting && <Progress label={t('add.starting')} share={null} />}
      <FileRows
        tree={tree}
        fileCount={files.length}
        ticked={ticked}
        onToggle={(node) => setTicked(toggled(node, ticked))}
      />
    </>
  )
}

function includedIn(files: NonNullable<AddedTorrent['details']['files']>): Set<number> {
  return new Set(
    files.flatMap(({ attributes, included }, index) =>
      attributes?.padding || included === false ? [] : [index],
    ),
  )
}
