import { element } from '../xml/xml.ts'

const NAMESPACES = {
  xmlns: 'urn:schemas-upnp-org:av:avs',
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  'xsi:schemaLocation': 'urn:schemas-upnp-org:av:avs http://www.upnp.org/schemas/av/avs.xsd',
}

/** The root: Samsung's TVs browse whatever container is named here, and show what fits the type. */
const CONTAINER_ID = '0'

const ITEM_TYPES = ['object.item.audioItem', 'object.item.videoItem', 'object.item.imageItem']

/** The answer to Samsung's X_GetFeatureList: where audio, video and images are. */
export const FEATURE_LIST = element(
  'Features',
  NAMESPACES,
  element(
    'Feature',
    { name: 'samsung.com_BASICVIEW', version: 1 },
    ITEM_TYPES.map((type) => element('container', { id: CONTAINER_ID, type })),
  ),
)
