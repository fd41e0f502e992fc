import { encodeObjectId, ROOT_ID, type View } from '../../library/objects/object-id.ts'
import type { RendererProfile } from '../renderers/renderer-profile.ts'
import { element, type Xml } from '../xml/xml.ts'

const NAMESPACES = {
  xmlns: 'urn:schemas-upnp-org:av:avs',
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  'xsi:schemaLocation': 'urn:schemas-upnp-org:av:avs http://www.upnp.org/schemas/av/avs.xsd',
}

/** Which view shows what type. */
const VIEWS: readonly (readonly [View, string])[] = [
  ['audio', 'object.item.audioItem'],
  ['video', 'object.item.videoItem'],
  ['images', 'object.item.imageItem'],
]

/**
 * The answer to Samsung's X_GetFeatureList: where audio, video and images are. Its TVs browse whatever
 * container is named, and show what fits the type.
 */
export function featureList(folders: RendererProfile['featureFolders']): Xml {
  const containers = VIEWS.map(([view, type]) => {
    const id = folders === 'root' ? ROOT_ID : encodeObjectId({ kind: 'view', view })
    return element('container', { id, type })
  })
  const feature = element('Feature', { name: 'samsung.com_BASICVIEW', version: 1 }, containers)
  return element('Features', NAMESPACES, feature)
}
