import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { serverUrl } from '../api/request.ts'
import { Icon, type IconName } from './icon.tsx'

export interface CoverProps {
  readonly title: string
  readonly poster: string | null
  readonly icon: IconName
}

/** A poster over a drawn cover, which is seen until it is there, or where there is none; its colour comes from the title. It says nothing by itself. */
export function Cover({ title, poster, icon }: CoverProps): JSX.Element {
  const [isBroken, setBroken] = useState(false)
  const hue = hueOf(title)
  const background = `linear-gradient(160deg, hsl(${hue} 45% 34%), hsl(${(hue + 40) % 360} 55% 18%))`
  return (
    <span class="cover" style={{ background }} aria-hidden="true">
      <Icon name={icon} size={36} />
      <span class="cover-title">{title}</span>
      {poster !== null && !isBroken && (
        <img
          src={serverUrl(poster)}
          alt=""
          onLoad={({ currentTarget: image }) => {
            const { naturalWidth: width, naturalHeight: height } = image
            image.classList.toggle('upright', height * 1.2 > width)
          }}
          loading="lazy"
          decoding="async"
          onError={() => setBroken(true)}
        />
      )}
    </span>
  )
}

function hueOf(text: string): number {
  let hash = 7
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 3_600
  return hash % 360
}
